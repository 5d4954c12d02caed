"""A job that needs the whole machine gets it when its turn comes.

Snakemake starts whatever fits. A clock needs all processors, and there is always a smaller job
that fits into the one that has just become free, so that the first lesson's clock would wait for
the last lesson's trainings. Here smaller jobs of lower priority wait for it instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

CORES = "_cores"


def in_turn(jobs: Sequence[Any], available: Mapping[str, Any]) -> list[Any]:
    """Return the jobs that may start: none that comes after one that waits for processors."""
    free = available[CORES]
    waiting = [job for job in jobs if job.scheduler_resources.get(CORES, 1) > free]
    bar = max((job.priority for job in waiting), default=float("-inf"))
    return [job for job in jobs if job.priority >= bar]


def keep_turns(scheduler: type[Any]) -> None:
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
        jobs = in_turn(list(selectable_jobs), available_resources)
        chosen: Sequence[Any] = select(
            self, jobs, remaining_jobs, available_resources, input_sizes
        )
        return chosen

    select_in_turn.in_turn = True  # type: ignore[attr-defined]
    scheduler.select_jobs = select_in_turn
