"""A job that needs the whole machine gets it when its turn comes, and nothing stands still for it.

Snakemake starts whatever fits. A clock needs all processors, and there is always a smaller job
that fits into the one that has just become free, so that the first lesson's clock would wait for
the last lesson's trainings. Here smaller jobs of lower priority wait for it instead, but for those
that end before the jobs that run: it cannot begin earlier (backfilling, Lifka 1995). It also
counts as waiting when all that it still needs is running.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Protocol

CORES = "_cores"


class Expectations(Protocol):
    """What is known of jobs in advance."""

    def fits(self, job: Any) -> bool:
        """Say whether a job will have ended when those that run have."""
        ...

    def is_near(self, job: Any) -> bool:
        """Say whether all that a job still needs is running."""
        ...


class Unknown:
    """Nothing is known: nothing fits, nothing is near."""

    def fits(self, job: Any) -> bool:
        """Say no: nobody knows how long anything takes."""
        return False

    def is_near(self, job: Any) -> bool:
        """Say no, for the same reason."""
        return False


def in_turn(
    jobs: Sequence[Any],
    available: Mapping[str, Any],
    remaining: Sequence[Any] = (),
    expected: Expectations | None = None,
) -> list[Any]:
    """Return the jobs that may start: none that would delay one that waits for processors.

    Args:
        jobs: Those whose inputs are there; `remaining` are all that have not run.
    """
    known, free = expected or Unknown(), available[CORES]
    waiting = [job for job in jobs if _cores(job) > free]
    waiting += [job for job in remaining if _cores(job) > 1 and known.is_near(job)]
    bar = max((job.priority for job in waiting), default=float("-inf"))
    return [job for job in jobs if job.priority >= bar or known.fits(job)]


def _cores(job: Any) -> int:
    return int(job.scheduler_resources.get(CORES, 1))


def keep_turns(scheduler: type[Any], expected: Callable[[], Expectations]) -> None:
    """Let a scheduler of Snakemake's offer jobs in turn. Doing it twice does nothing."""
    select: Callable[..., Any] = scheduler.select_jobs
    if getattr(select, "in_turn", False):
        return

    @wraps(select)
    def select_in_turn(
        self: Any,
        selectable_jobs: Sequence[Any],
        remaining_jobs: Sequence[Any],
        available_resources: Mapping[str, Any],
        input_sizes: Any,
    ) -> Sequence[Any]:
        jobs = in_turn(
            list(selectable_jobs), available_resources, list(remaining_jobs), expected()
        )
        chosen: Sequence[Any] = select(
            self, jobs, remaining_jobs, available_resources, input_sizes
        )
        return chosen

    select_in_turn.in_turn = True  # type: ignore[attr-defined]
    scheduler.select_jobs = select_in_turn
