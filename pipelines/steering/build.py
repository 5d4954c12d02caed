"""A build as its rules see it: what the lessons ask for, who needs what first, where files lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.module.build_catalog import BuildCatalog
from pipelines.module.shares import Share, heirs, ranks, shares
from pipelines.steering.settings import Settings

TIMING_SUFFIX = ".timing.json"  # beside what was trained or sampled: how long it took, and where


@dataclass(frozen=True)
class Build:
    """One build.

    Attributes:
        code: Returns the digest of modules and of all that they import.
    """

    settings: Settings
    catalog: BuildCatalog
    code: Callable[..., str]

    @cached_property
    def shares(self) -> dict[str, Share]:
        """What each lesson shows, in the order in which lessons are finished."""
        return shares(self.catalog)

    @cached_property
    def ranks(self) -> dict[str, int]:
        """The number of the first lesson that needs each network."""
        return ranks(self.catalog, self.shares)

    @cached_property
    def heirs(self) -> dict[str, int]:
        """How many experiments wait for each, directly or not."""
        return heirs(self.catalog)

    @cached_property
    def published(self) -> frozenset[str]:
        """Experiments whose results the module publishes, so that a build need not train them."""
        if self.settings.remeasure:
            return frozenset()
        names = self.catalog.latent
        return frozenset(n for n in names if Path(self.settings.published_results(n)).is_file())

    def is_trained(self, name: str) -> bool:
        """Say whether a build trains an experiment: not published weights, not combinations."""
        return bool(self.catalog.measured[name].train)

    # --- where products lie ----------------------------------------------------------------------

    def model(self, name: str, suffix: str = "") -> str:
        """Return the folder of a latent model; with a suffix, the file of a network or beside."""
        return f"{self.settings.build}/models/{name}{suffix}"

    def weights(self, name: str) -> str:
        """Return the file of all replicas of a network."""
        return self.model(name, ".safetensors")

    def base_part(self, part: str, suffix: str = ".safetensors") -> str:
        """The weights of a part of the base, or what lies beside them."""
        return self.model(f"base-parts/{part}", suffix)

    def samples(self, name: str, suffix: str = ".safetensors") -> str:
        """The samples of an experiment, or what lies beside them."""
        return f"{self.settings.build}/samples/{name}{suffix}"

    def measurements(self, name: str) -> str:
        """The measured rows of an experiment."""
        return f"{self.settings.build}/measurements/{name}.json"

    def plane_clock(self, owner: str) -> str:
        """The timings that a lesson is the first to quote, in the plane."""
        return f"{self.settings.build}/timings/plane/{owner}.json"

    def picture_clock(self, owner: str) -> str:
        """The same of pictures."""
        return f"{self.settings.build}/timings/pictures/{owner}.json"

    def draft(self, file: str) -> str:
        """Return where something of the site lies before it is published."""
        return f"{self.settings.build}/draft/{file}"
