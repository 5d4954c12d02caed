"""How long a build still takes: from what its jobs took before, scaled by how this one goes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.manifest import record_file

_KNOWN = 0.8  # the share of the open jobs that must be known, or nothing is said
_TRUSTED = 20.0  # seconds of finished jobs before their pace counts


@dataclass(frozen=True)
class PlannedJob:
    """A job to come, known by `output`, its first product, relative to the build."""

    id: int
    rule: str
    output: str
    threads: int = 1
    lesson: str = ""


def seconds_of_record(file: Path) -> float | None:
    """Return how long the job behind one of Snakemake's records took."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return float(record["endtime"]) - float(record["starttime"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def earlier_seconds(jobs: Iterable[PlannedJob], build: Path, records: Path) -> dict[int, float]:
    """Return what the same jobs took in an earlier build here."""
    found = {job.id: seconds_of_record(record_file(build / job.output, records)) for job in jobs}
    return {number: seconds for number, seconds in found.items() if seconds is not None}


def shipped_seconds(jobs: Iterable[PlannedJob], file: Path) -> dict[int, float]:
    """Return what the same jobs took where the module was made; jobs of a rule are alike."""
    try:
        seconds = json.loads(file.read_text(encoding="utf-8"))["seconds"]
    except (OSError, ValueError, KeyError):
        return {}
    return {job.id: seconds[job.output] for job in jobs if job.output in seconds}


@dataclass
class Clockwork:
    """The jobs of a build, those that run, and those that are done.

    Attributes:
        expected: Seconds a job takes, by id, as far as known.
        began: When each running job began.
        took: Seconds of each finished job.
    """

    jobs: Mapping[int, PlannedJob]
    cores: int
    expected: dict[int, float]
    began: dict[int, float] = field(default_factory=dict)
    took: dict[int, float] = field(default_factory=dict)

    def start(self, job: int, now: float) -> None:
        """Note when a job began."""
        self.began[job] = now

    def finish(self, job: int, now: float) -> float:
        """Return how long it ran."""
        self.took[job] = now - self.began.pop(job, now)
        return self.took[job]

    def drop(self, job: int) -> None:
        """Forget a job that has failed."""
        self.began.pop(job, None)

    def left(self, now: float) -> float | None:
        """Return the seconds that remain, or None where too little is known to say."""
        open_jobs = [job for number, job in self.jobs.items() if number not in self.took]
        known = self._by_rule()
        guesses = {job.id: self.expected.get(job.id, known.get(job.rule)) for job in open_jobs}
        guessed = {number: seconds for number, seconds in guesses.items() if seconds is not None}
        if not open_jobs or len(guessed) < _KNOWN * len(open_jobs):
            return None
        pace = self._pace()
        rest = {
            number: max(0.0, seconds * pace - (now - self.began.get(number, now)))
            for number, seconds in guessed.items()
        }
        work = sum(rest[n] * min(self.jobs[n].threads, self.cores) for n in rest)
        return max(work / self.cores, *rest.values())

    def seconds_of(self, job: int) -> float | None:
        """Return how long a job will take at today's pace, or None where nothing is known."""
        expected = self.expected.get(job)
        return None if expected is None else expected * self._pace()

    def until_idle(self, now: float) -> float:
        """Return the seconds until all that runs has ended; of a job not known, nothing."""
        ends = [(self.seconds_of(job) or 0.0) - (now - since) for job, since in self.began.items()]
        return max((0.0, *ends))

    def _by_rule(self) -> dict[str, float]:
        """Return the mean seconds of the jobs of a rule, for those of which nothing is known."""
        sums: dict[str, list[float]] = {}
        for number, job in self.jobs.items():
            seconds = self.took.get(number, self.expected.get(number))
            if seconds is not None:
                sums.setdefault(job.rule, []).append(seconds)
        return {rule: sum(one) / len(one) for rule, one in sums.items()}

    def _pace(self) -> float:
        """Return how much longer jobs take than expected, once enough of them are done."""
        both = [(self.took[n], self.expected[n]) for n in self.took if n in self.expected]
        took, expected = (math.fsum(pair[i] for pair in both) for i in (0, 1))
        return took / expected if took > _TRUSTED and expected > 0 else 1.0
