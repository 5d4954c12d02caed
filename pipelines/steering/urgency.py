"""The order of the jobs: by the lesson that first needs them.

Within a lesson, what ends it comes before what begins it. Its clock comes first of all, as soon as
its networks are there: later it would have to wait for a long training of the next lesson that has
slipped in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.graph import input_functions, unswallowed
from pipelines.steering.build import Build

NETWORK, MEASUREMENT, DOCUMENT, CLOCK = 10, 30, 50, 60
_BASE = "base"  # the tiny Stable Diffusion, of which there are parts and cached latents


@input_functions
class Urgency:
    """Priorities of jobs, as functions of their wildcards."""

    def __init__(self, build: Build) -> None:
        self.build = build

    def of_lesson(self, kind: int) -> Callable[[Any], int]:
        """Return the priority of a job that is made for one lesson."""
        order = list(self.build.shares)

        @unswallowed
        def priority(wildcards: Any) -> int:
            slug = wildcards.get("lesson") or wildcards.get("owner")
            return self._of(order.index(slug) if slug in order else len(order), kind)

        return priority

    @property
    def of_whole(self) -> int:
        """The priority of a document of the whole build."""
        return self._of(len(self.build.shares), DOCUMENT)

    def training(self, wildcards: Any) -> int:
        """Among the networks of a lesson, those first that many wait for."""
        name = wildcards.get("experiment", _BASE)
        heirs = min(self.build.heirs.get(name, 0), 9)
        return self._of(self.build.ranks.get(name, 0), NETWORK + heirs)

    def measuring(self, wildcards: Any) -> int:
        """The priority of sampling and measuring an experiment."""
        return self._of(self.build.ranks[wildcards.experiment], MEASUREMENT)

    def _of(self, rank: int, kind: int) -> int:
        return 100 * (len(self.build.shares) + 1 - rank) + kind
