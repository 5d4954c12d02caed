"""The only rooms that touch files: argv → load → call → save, one verb a module."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

from pipelines.contracts.problems import InputProblems


def reported(main: Callable[[], None]) -> Callable[[], None]:
    """Let a stage print the problems of its input, each with line and remedy, and exit with 1."""

    @functools.wraps(main)
    def run() -> None:
        try:
            main()
        except InputProblems as problems:
            sys.exit(str(problems))

    return run
