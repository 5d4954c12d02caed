"""How long a graph of jobs takes on so many workers: list scheduling in the build's own order."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from math import fsum

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
    ready = [_Ready(job, wide if job.alone else 1) for job in jobs.values() if not job.needs]
    running, free, now = list[tuple[float, int, int]](), workers, 0.0
    while ready or running:
        while chosen := _next(ready, free):
            ready.remove(chosen)
            free -= chosen.workers
            heapq.heappush(running, (now + chosen.work.seconds, chosen.work.id, chosen.workers))
        now, ended, freed = heapq.heappop(running)
        free += freed
        for number, needs in waits.items():
            if ended in needs:
                needs.discard(ended)
                if not needs:
                    job = jobs[number]
                    ready.append(_Ready(job, wide if job.alone else 1))
    return now


def _next(ready: list[_Ready], free: int) -> _Ready | None:
    """Return the job that starts: of those in turn that fit, the one of the highest priority."""
    fitting = [job for job in in_turn(ready, {CORES: free}) if job.workers <= free]
    return max(fitting, key=lambda job: (job.priority, -job.work.id), default=None)
