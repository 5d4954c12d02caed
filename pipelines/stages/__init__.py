"""The only rooms that touch files: argv → load → call → save, one verb a module."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from pipelines.contracts.problems import InputProblems


def reported(main: Callable[[], None]) -> Callable[[], None]:
    """Let a stage print the problems of its input, each with line and remedy, and exit with 1.

    What it cost ends its log, imports included: `grep -h CPU-seconds build/logs -r` lists a build.
    """

    @functools.wraps(main)
    def run() -> None:
        try:
            main()
        except InputProblems as problems:
            sys.exit(str(problems))
        print(f"in all {time.process_time():.1f} CPU-seconds", file=sys.stderr)

    return run


def named_paths(flags: Iterable[str]) -> dict[str, Path]:
    """Read `role=path` flags."""
    return {role: Path(path) for role, _, path in (flag.partition("=") for flag in flags)}
