"""What a build may expect of jobs that have not run: from how long they took before."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pipelines.steering.estimates import Clockwork

PATIENCE = 60.0  # seconds that a processor may be kept for a job that needs all of them


class Plan:
    """Jobs of a build as their durations in earlier builds let expect them."""

    def __init__(self, works: Clockwork, dag: Any, clock: Callable[[], float] = time.time) -> None:
        self.works, self.dag, self.clock = works, dag, clock

    def fits(self, job: Any) -> bool:
        """Say whether a job will have ended when those that run have."""
        seconds = self.works.seconds_of(self.dag.jobid(job))
        return seconds is not None and seconds <= self.works.until_idle(self.clock())

    def is_near(self, job: Any) -> bool:
        """Say whether all that a job still needs is running, and will soon have ended."""
        if self.works.until_idle(self.clock()) > PATIENCE:
            return False
        needed = [self.dag.jobid(one) for one in self.dag.dependencies[job]]
        jobs, running = self.works.jobs, self.works.began
        open_ones = [one for one in needed if one in jobs and one not in self.works.took]
        return bool(open_ones) and all(one in running for one in open_ones)
