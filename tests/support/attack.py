"""Runs the command on hostile input in a process of its own, which may not take much.

The process is forked, so that nothing is imported again, and bounded in processor time and memory:
whatever a case does, it ends. What it says and how it ends is all that a test asks about.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import time
import traceback
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from checkout import ROOT

from pipelines.cli import main, parser

SECONDS = 5  # of the processor; what a bounded input takes is far below
MEMORY = 1_000_000_000  # bytes of addresses, beside those that the tests had before
FRAMES = 1000  # of Python, as a fresh process has them
PATIENCE = 120  # seconds by the clock without any of the processor: it waits for ever


@dataclass(frozen=True)
class Outcome:
    """How a run ended: a negative status is a signal."""

    status: int
    told: str

    @property
    def refused(self) -> bool:
        """A person is told what is wrong, and where."""
        return self.status in (1, 2) and self.sound

    @property
    def sound(self) -> bool:
        """It ended by itself, without a word that is meant for programmers."""
        return self.status in (0, 1, 2) and "Traceback" not in self.told


def attacked(*words: object, log: Path) -> Outcome:
    """Run `measured-lessons` with some words; what it says goes to `log`."""
    _warmed()
    child = os.fork()
    if not child:
        os._exit(_bounded([str(word) for word in words], log))
    spent, since = "", time.monotonic()
    ended, status = os.waitpid(child, os.WNOHANG)
    while not ended and time.monotonic() - since < PATIENCE:
        time.sleep(0.02)
        if (now := _spent(child)) != spent:
            spent, since = now, time.monotonic()
        ended, status = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return Outcome(os.waitstatus_to_exitcode(status), log.read_text(errors="replace"))


def _spent(child: int) -> str:
    """Return what a process has had of the processor, and whether it waits for it."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return time.ctime() if fields[0] == "R" else " ".join(fields[11:13])


def _addresses() -> int:
    """Return how many bytes of addresses this process has: other tests may have imported much."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _bounded(words: list[str], log: Path) -> int:
    for kind, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY + _addresses()),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    sys.setrecursionlimit(FRAMES)  # libraries that other tests import have raised it
    out = os.open(log, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(out, stream)
    sys.stdout, sys.stderr = _written(1), _written(2)
    try:
        status = main(words)
    except SystemExit as end:
        status = 0 if end.code is None else 2
    except BaseException:
        traceback.print_exc()
        status = 99
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _written(stream: int) -> TextIO:
    return os.fdopen(stream, "w", encoding="utf-8", errors="replace", closefd=False)


@cache
def _warmed() -> None:
    """Do once, before forking, what every run would else do again: imports and templates."""
    for name in ("format", "repair", "parse", "claims", "verify"):
        parser(name)
    for name in ("verification.comparison", "verification.reports", "publishing.recorded"):
        importlib.import_module(f"pipelines.{name}")
    plan = str(ROOT / "tests/data/tiny-module/probe/plan.md")
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        assert main(["lint", plan]) == 0
        assert main(["render", plan, "--out", folder, "--build", folder]) == 0
