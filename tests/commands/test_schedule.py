"""The simulated schedule, against what is known in closed form."""

from __future__ import annotations

import random

import pytest

from pipelines.commands.schedule import schedule_lines
from pipelines.steering.simulating import Work, critical_path, lower_bound, makespan, total

Graph = dict[int, Work]


def graph(*jobs: tuple[float, set[int]], alone: frozenset[int] = frozenset()) -> Graph:
    """Return jobs of seconds and needs, numbered from 0."""
    return {
        i: Work(i, f"job {i}", seconds, frozenset(needs), alone=i in alone)
        for i, (seconds, needs) in enumerate(jobs)
    }


def names(path: list[Work]) -> list[int]:
    return [job.id for job in path]


@pytest.mark.parametrize("workers", [1, 2, 64])
def test_a_chain_gains_nothing(workers: int) -> None:
    chain = graph((3, set()), (4, {0}), (5, {1}))
    assert makespan(chain, workers) == 12
    assert names(critical_path(chain)) == [0, 1, 2]


@pytest.mark.parametrize(("workers", "seconds"), [(1, 60), (4, 15), (16, 6), (64, 3)])
def test_equal_jobs_take_as_many_rounds_as_they_need(workers: int, seconds: float) -> None:
    assert makespan(graph(*[(3.0, set())] * 20), workers) == seconds


def test_a_fork_and_its_join() -> None:
    jobs = graph((1, set()), *[(10.0, {0})] * 4, (2, {1, 2, 3, 4}))
    assert [makespan(jobs, workers) for workers in (1, 2, 4, 64)] == [43, 23, 13, 13]
    assert len(critical_path(jobs)) == 3


def test_a_job_that_is_alone_takes_the_machine_and_of_a_cluster_one() -> None:
    jobs = graph((10, set()), (10, set()), (10, set()), alone=frozenset({2}))
    assert makespan(jobs, 2) == 20
    assert makespan(jobs, 64) == 20
    assert makespan(jobs, 64, one_machine=False) == 10
    assert lower_bound(jobs, 2) == 20


@pytest.mark.parametrize(("seconds", "wanted"), [(10, 16), (4, 6), (3, 6)])
def test_what_would_hold_up_a_job_that_is_alone_waits_for_it(
    seconds: float, wanted: float
) -> None:
    jobs = {
        0: Work(0, "first", 4, priority=9),
        1: Work(1, "clock", 2, priority=5, needs=frozenset(), alone=True),
        2: Work(2, "later", seconds, priority=1),
    }
    assert makespan(jobs, 2) == wanted  # beside the first, or after the clock


def test_a_job_that_is_alone_is_waited_for_before_its_needs_have_ended() -> None:
    jobs = {
        0: Work(0, "first", 4, priority=9),
        1: Work(1, "clock", 2, priority=5, needs=frozenset({0}), alone=True),
        2: Work(2, "later", 10, priority=1),
    }
    assert makespan(jobs, 2) == 16


def test_priority_decides_who_starts() -> None:
    jobs = {
        0: Work(0, "short", 1, priority=0),
        1: Work(1, "short", 1, priority=0),
        2: Work(2, "long", 9, priority=1),
    }
    assert makespan(jobs, 2) == 9
    assert makespan({n: Work(n, j.name, j.seconds) for n, j in jobs.items()}, 2) == 10


def random_graph(seed: int) -> Graph:
    draw = random.Random(seed)
    return {
        i: Work(
            i,
            "",
            draw.uniform(0.1, 9),
            frozenset(draw.sample(range(i), min(i, draw.randrange(4)))),
            draw.randrange(5),
        )
        for i in range(40)
    }


@pytest.mark.parametrize("seed", range(20))
def test_no_schedule_beats_its_bounds_or_misses_grahams(seed: int) -> None:
    jobs = random_graph(seed)
    path = sum(job.seconds for job in critical_path(jobs))
    assert makespan(jobs, 1) == pytest.approx(total(jobs))
    for workers in (2, 4, 16):
        took = makespan(jobs, workers)
        assert lower_bound(jobs, workers) <= took + 1e-9
        assert took <= total(jobs) / workers + (1 - 1 / workers) * path + 1e-9


def test_an_empty_graph_takes_no_time() -> None:
    assert makespan({}, 4) == 0
    assert critical_path({}) == []


def test_what_is_printed() -> None:
    lines = "\n".join(
        schedule_lines(graph((3, set()), (4, {0}), (9, set()), alone=frozenset({1})), [1, 2])
    )
    assert "3 jobs, 16 s one after another; 4 s of them take a machine for themselves." in lines
    assert "| job 2 | 9.0 |" in lines
    assert "| 2 | 13 | 1.23 | 10 |" in lines
    assert "| 2 | 9 | 1.78 | 9 |" in lines
