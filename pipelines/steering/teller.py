"""What a person sees of a build: a line for what has ended, and one for the whole.

Snakemake tells its log handlers of jobs by events. Its own handler keeps what it says of anything
else; all of its words are in `.snakemake/log/`, and on the terminal with `--verbose`.
"""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from pipelines.publishing.states import in_words
from pipelines.steering.estimates import Clockwork, PlannedJob
from pipelines.steering.reports import report_of

EVENTS = frozenset(
    [
        "job_info",
        "job_error",
        "job_finished",
        "job_started",
        "group_info",
        "group_error",
        "shellcmd",
        "progress",
        "run_info",
        "resources_info",
        "workflow_started",
    ]
)
CHATTER = (
    "Building DAG",
    "Using shell",
    "Assuming unrestricted",
    "Provided ",
    "Select jobs",
    "Execute ",
    "Finished jobid",
    "Complete log",
    "Storing output",
    "Removing output files of failed job",
    "Workflow finished",
    "Elapsed time",
    "Config file ",
    "Conda environments: ignored",
)
_REPEATED = (  # in errors: what our own report of the failed job says better
    "CalledProcessError in file",
    "Exiting because a job execution failed",
    "At least one job did not complete successfully",
)
_EVERY = 30.0  # seconds between lines for the whole where they cannot be overwritten


def hushed(record: logging.LogRecord) -> bool:
    """Tell whether Snakemake's own handler may say this."""
    if str(getattr(record, "event", "")) in EVENTS:
        return False
    text = str(record.msg or "")
    if any(words in text for words in _REPEATED):
        return False
    return record.levelno >= logging.WARNING or not text.startswith(CHATTER)


class Teller(logging.Handler):
    """Tells of jobs as they end. Where `out` is a terminal, its last line is overwritten."""

    def __init__(self, out: TextIO | None = None, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.out, self.clock = out or sys.stderr, clock
        self.names: dict[int, str] = {}
        self.works: Clockwork | None = None
        self.reported = 0.0
        self.failed = 0

    def begin(self, jobs: dict[int, PlannedJob], expected: dict[int, float], cores: int) -> None:
        """Take the plan of a build that is about to run."""
        self.works = Clockwork(jobs, cores, expected)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell what a record of Snakemake means; a fault here must not end a build."""
        try:
            self._emit(record)
        except Exception:
            self.handleError(record)

    def lets(self, record: logging.LogRecord) -> bool:
        """Filter what Snakemake's own handler says, and clear the line for it."""
        if not hushed(record):
            return False
        self.end()
        return True

    def _emit(self, record: logging.LogRecord) -> None:
        event = str(getattr(record, "event", ""))
        if self.works is None:
            return
        if event == "job_info":
            number = int(record.__dict__["jobid"])
            if number not in self.works.jobs:  # the job that ends the build speaks for itself
                self.end()
                return
            message = record.__dict__.get("rule_msg") or record.__dict__.get("rule_name") or ""
            self.names[number] = str(message)
            self.works.start(number, self.clock())
            self._whole()
        elif event == "job_finished":
            number = int(record.__dict__["job_id"])
            if number in self.works.jobs:
                seconds = self.works.finish(number, self.clock())
                self._line(f"{self._count()} {self.names.get(number, '')} ({in_words(seconds)})")
        elif event == "job_error":
            self._error(record)

    def _error(self, record: logging.LogRecord) -> None:
        assert self.works
        number = int(record.__dict__["jobid"])
        self.works.drop(number)
        if number not in self.works.jobs:
            return
        self.failed += 1
        logs = [Path(name.partition(" (")[0]) for name in record.__dict__.get("log") or ()]
        name = self.names.get(number) or record.__dict__.get("rule_name")
        self._line(f"FAILED  {name}")
        for log in logs:
            self._line(report_of(log))

    def _count(self) -> str:
        assert self.works
        total = len(self.works.jobs)
        return f"[{len(self.works.took):>{len(str(total))}} of {total}]"

    def _line(self, text: str) -> None:
        start = "\r\x1b[K" if self.out.isatty() else ""
        self.out.write(f"{start}{text}\n")
        self.out.flush()
        self._whole()

    def _whole(self) -> None:
        """Say how far the whole is: at once where the line is overwritten, else now and then."""
        now = self.clock()
        assert self.works
        if self.out.isatty():
            self.out.write(f"\r\x1b[K{self.status_line(now)[: _columns()]}")
        elif now - self.reported >= _EVERY and self.works.took:
            self.reported = now
            self.out.write(f"    {self.status_line(now)}\n")
        self.out.flush()

    def status_line(self, now: float) -> str:
        """Return the line for the whole: what is done, what runs, what is left."""
        assert self.works
        left = self.works.left(now)
        running = [self.names.get(number, "") for number in self.works.began]
        parts = [f"{len(self.works.took)} of {len(self.works.jobs)} done"]
        parts += [f"about {in_words(left)} left"] if left and left > 5 else []
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"now {', '.join(filter(None, running))}"] if any(running) else []
        return " · ".join(parts)

    def end(self) -> None:
        """Leave the terminal's line to what comes next."""
        if self.out.isatty():
            self.out.write("\r\x1b[K")
            self.out.flush()


def _columns() -> int:
    return max(20, shutil.get_terminal_size().columns - 1)
