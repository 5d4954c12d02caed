"""`schedule`: how long a build takes on how many workers, by simulation from measured job times.

Run it where the Snakefile is. The graph is the build's own, its jobs are started in its own order.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from math import fsum
from pathlib import Path

from pipelines.steering.simulating import Work, critical_path, lower_bound, makespan, total

WORKERS = (1, 2, 4, 16, 64)


def add(parser: argparse.ArgumentParser) -> None:
    """Name the numbers of workers and the times of jobs."""
    parser.add_argument("--workers", type=_positive, nargs="+", default=WORKERS, metavar="N")
    parser.add_argument(
        "--config", nargs="*", default=[], metavar="KEY=VALUE", help="of the build"
    )
    parser.add_argument("--durations", type=Path, help="job times; by default the module's own")


def run(args: argparse.Namespace) -> int:
    """Print how long the build takes on each number of workers."""
    from pipelines.steering.reading import whole_graph

    jobs = whole_graph(dict(word.split("=", 1) for word in args.config), args.durations)
    print(*schedule_lines(jobs, args.workers), sep="\n")
    return 0


def schedule_lines(jobs: Mapping[int, Work], workers: Sequence[int]) -> list[str]:
    """Return the lines that are printed, in Markdown."""
    path = critical_path(jobs)
    longest = fsum(job.seconds for job in path)
    alone = fsum(job.seconds for job in jobs.values() if job.alone)
    return [
        f"{len(jobs)} jobs, {total(jobs):.0f} s one after another; {alone:.0f} s of them take a"
        " machine for themselves.",
        "",
        f"The longest chain takes {longest:.0f} s; no number of workers is faster:",
        "",
        "| job | s |",
        "|---|---:|",
        *(f"| {job.name} | {job.seconds:.1f} |" for job in path),
        "",
        *_table("Processors of one machine", jobs, workers, one_machine=True),
        "",
        *_table("Machines of a cluster, one job at a time on each", jobs, workers, False),
    ]


def _table(
    title: str, jobs: Mapping[int, Work], workers: Sequence[int], one_machine: bool
) -> list[str]:
    lines = [f"| {title} | s | speed-up | at least s |", "|---:|---:|---:|---:|"]
    for count in workers:
        took = makespan(jobs, count, one_machine)
        gain = total(jobs) / took if took else 1.0
        least = lower_bound(jobs, count, one_machine)
        lines.append(f"| {count} | {took:.0f} | {gain:.2f} | {least:.0f} |")
    return lines


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least one")
    return number
