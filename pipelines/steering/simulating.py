"""How long a graph of jobs takes on so many workers: list scheduling in the build's own order."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from math import fsum

from pipelines.steering.expecting import PATIENCE
from pipelines.steering.order import CORES, in_turn


@dataclass(frozen=True)
class Work:
    """A job of a graph.

    Attributes:
        needs: The jobs that must have ended before it starts.
        alone: It measures the machine and takes all of it, however large.
    """

    id: int
    name: str
    seconds: float
    needs: frozenset[int] = frozenset()
    priority: float = 0
    alone: bool = False


@dataclass(frozen=True)
class _Ready:
    """A job whose turn may come, as `in_turn` looks at it."""

    work: Work
    workers: int

    @property
    def priority(self) -> float:
        return self.work.priority

    @property
    def scheduler_resources(self) -> dict[str, int]:
        return {CORES: self.workers}


def total(jobs: Mapping[int, Work]) -> float:
    """Return the seconds of all jobs, one after another."""
    return fsum(job.seconds for job in jobs.values())


def critical_path(jobs: Mapping[int, Work]) -> list[Work]:
    """Return the longest chain of jobs that wait for each other: no machine is faster."""
    ends, before = dict[int, float](), dict[int, int | None]()
    for number in TopologicalSorter({n: job.needs for n, job in jobs.items()}).static_order():
        last = max(jobs[number].needs, key=ends.__getitem__, default=None)
        before[number] = last
        ends[number] = jobs[number].seconds + (ends[last] if last is not None else 0.0)
    at = max(ends, key=ends.__getitem__, default=None)
    path = list[Work]()
    while at is not None:
        path.append(jobs[at])
        at = before[at]
    return path[::-1]


def lower_bound(jobs: Mapping[int, Work], workers: int, one_machine: bool = True) -> float:
    """Return what no order of the jobs can beat."""
    alone = fsum(job.seconds for job in jobs.values() if job.alone) if one_machine else 0.0
    path = fsum(job.seconds for job in critical_path(jobs))
    return max(path, alone + (total(jobs) - alone) / workers)


def makespan(jobs: Mapping[int, Work], workers: int, one_machine: bool = True) -> float:
    """Return when the last job ends.

    Args:
        one_machine: The workers are the processors of one machine, and a job that is alone takes
            all of them. Otherwise each is a machine, and it takes one.
    """
    wide = workers if one_machine else 1
    waits = {number: set(job.needs) for number, job in jobs.items()}
    open_ones = {number: _Ready(job, wide if job.alone else 1) for number, job in jobs.items()}
    running, free, now = list[tuple[float, int, int]](), workers, 0.0
    while open_ones or running:
        seen = _Foreseen(now, {number: end for end, number, _ in running}, waits)
        while chosen := _next(open_ones, free, seen):
            del open_ones[chosen.work.id]
            free -= chosen.workers
            end = now + chosen.work.seconds
            seen.ends[chosen.work.id] = end
            heapq.heappush(running, (end, chosen.work.id, chosen.workers))
        now, ended, freed = heapq.heappop(running)
        free += freed
        for needs in waits.values():
            needs.discard(ended)
    return now


@dataclass(frozen=True)
class _Foreseen:
    """What a build expects: here every job takes as long as it is said to."""

    now: float
    ends: dict[int, float]  # of what runs
    waits: Mapping[int, set[int]]

    def fits(self, job: _Ready) -> bool:
        return job.work.seconds <= self._left()

    def is_near(self, job: _Ready) -> bool:
        needs = self.waits[job.work.id]
        return bool(needs) and needs <= self.ends.keys() and self._left() <= PATIENCE

    def _left(self) -> float:
        return max(self.ends.values(), default=self.now) - self.now


def _next(open_ones: Mapping[int, _Ready], free: int, seen: _Foreseen) -> _Ready | None:
    """Return the job that starts: of those in turn that fit, the one of the highest priority."""
    ready = [job for number, job in open_ones.items() if not seen.waits[number]]
    alone = [job for job in open_ones.values() if job.workers > 1]
    in_order = in_turn(ready, {CORES: free}, alone, seen)
    fitting = [job for job in in_order if job.workers <= free]
    return max(fitting, key=lambda job: (job.priority, -job.work.id), default=None)
