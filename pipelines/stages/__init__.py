"""The only rooms that touch files: argv → load → call → save, one verb a module."""

from __future__ import annotations

import errno
import functools
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from pipelines.contracts.problems import InputProblems

_AGAIN = "and build again; what is finished stays"
_UNWRITABLE = {
    errno.ENOSPC: f"free some space, {_AGAIN}",
    errno.EDQUOT: f"free some space of your quota, {_AGAIN}",
    errno.EROFS: f"let this folder be written, or name another with `--config build=…`, {_AGAIN}",
    errno.EACCES: f"let this folder be written, {_AGAIN}",
}


def reported(main: Callable[[], None]) -> Callable[[], None]:
    """Let a stage print the problems of its input, each with line and remedy, and exit with 1.

    So does a disk that is full or may not be written; a stage writes aside, so nothing is lost.
    What it cost ends its log, imports included: `grep -h CPU-seconds build/logs -r` lists a build.
    """

    @functools.wraps(main)
    def run() -> None:
        try:
            main()
        except InputProblems as problems:
            sys.exit(str(problems))
        except OSError as error:
            if remedy := _UNWRITABLE.get(error.errno or 0):
                place = error.filename or "the build"
                sys.exit(f"{place}: error: {error.strerror}\n    remedy: {remedy}")
            raise
        print(f"in all {time.process_time():.1f} CPU-seconds", file=sys.stderr)

    return run


def named_paths(flags: Iterable[str]) -> dict[str, Path]:
    """Read `role=path` flags."""
    return {role: Path(path) for role, _, path in (flag.partition("=") for flag in flags)}
