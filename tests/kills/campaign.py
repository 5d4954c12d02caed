"""Builds of the tiny module that are killed at random times, and what must be there afterwards.

A round changes the module, starts a build, kills it, mostly changes the module again, and starts
the next at once, while what the killed one has left may still run. The last of a round is let be:
it must end well, and its folder must be that of a build that nobody disturbed.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import psutil
from tiny_module import TinyProject
from warm import shared

from pipelines.cli import main

LOCAL = ("--cores", "1")
AGAIN = 0.7  # how likely a build is that is killed after one that was killed
ANEW = 0.15  # how likely a round is that begins with nothing
TIMED = {"logs", "benchmarks"}
SENTENCES = ("Off: ", "Off now: ")
STEPS = ("steps: 500", "steps: 400")


@dataclass(frozen=True)
class Kind:
    """What is killed, and whether the builds before it differ in trainings or in words alone."""

    victims: Callable[[Build, random.Random], list[psutil.Process]]
    trains: bool = True
    after: str = ""  # the stage that must have begun


class Build:
    """A build in a process of its own; its trainings and clocks begin warm."""

    def __init__(self, project: TinyProject, words: tuple[str, ...]) -> None:
        self.folder, self.log = project.folder, project.folder / "told.txt"
        settings = [f"{key}={value}" for key, value in project.config.items()]
        with self.log.open("w") as told:
            self.driver = subprocess.Popen(
                [sys.executable, "-m", "snakemake", *words, "--config", *settings],
                cwd=self.folder,
                env=shared().environment(self.folder) | {"SNAKEMAKE_OUTPUT_CACHE": ""},
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                start_new_session=True,
            )

    @property
    def lives(self) -> bool:
        return self.driver.poll() is None

    def jobs(self) -> list[psutil.Process]:
        """Return the processes that work in the folder, but the driver; also those of Slurm."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                own = process.pid != self.driver.pid and process.cwd() == str(self.folder)
                if own and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def stages(self) -> list[str]:
        """Return the stages that are at work."""
        words = [word for process in self.jobs() for word in commanded(process)]
        begin = "pipelines.stages."
        return sorted({word.removeprefix(begin) for word in words if word.startswith(begin)})


def commanded(process: psutil.Process) -> list[str]:
    """Return the words that a process was begun with; none if it is gone."""
    with suppress(psutil.Error):
        return process.cmdline()
    return []


def driver(build: Build, chance: random.Random) -> list[psutil.Process]:
    return [psutil.Process(build.driver.pid)]


def job(build: Build, chance: random.Random) -> list[psutil.Process]:
    jobs = build.jobs()
    return [chance.choice(jobs)] if jobs else []


def everything(build: Build, chance: random.Random) -> list[psutil.Process]:
    return driver(build, chance) + build.jobs()


def any_of(build: Build, chance: random.Random) -> list[psutil.Process]:
    return chance.choice([driver, job, everything])(build, chance)


KINDS = {
    "driver": Kind(driver),
    "job": Kind(job),
    "everything": Kind(everything),
    "any": Kind(any_of),
    "publishing": Kind(any_of, trains=False, after="publish_lesson"),
}


@dataclass
class Result:
    """What became of a campaign: kills by what was at work, and what was not as it must be."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    faults: list[str] = field(default_factory=list)


class Campaign:
    """Rounds of one kind in a folder. What they do is decided by the seed, but for time."""

    def __init__(self, folder: Path, kind: str, seed: int, words: tuple[str, ...] = LOCAL) -> None:
        self.kind, self.chance, self.words = KINDS[kind], random.Random(f"{kind} {seed}"), words
        (folder / "project").mkdir()
        self.project = TinyProject.made(folder / "project")
        self.references: list[TinyProject] = []
        self.result = Result()
        for variant in (0, 1):
            self.change(variant)
            began = time.monotonic()
            self.finish()
            self.seconds = time.monotonic() - began  # of the second: from the first to it
            self.references.append(self.project.copied(folder / f"reference-{variant}"))

    def change(self, variant: int) -> None:
        """Bring the module into one of two forms."""
        self.variant, module = variant, self.project.folder / "lessons/tiny"
        for plan in module.glob("*/plan.md"):
            _rewrite(plan, SENTENCES, variant)
        if self.kind.trains:
            _rewrite(module / "experiments/toy-flow.yaml", STEPS, variant)

    def rounds(self, kills: int) -> Iterator[list[str]]:
        """Yield after each round what was wrong, until enough kills are counted."""
        while self.result.kills.total() < kills:
            before = len(self.result.faults)
            self.round()
            faults = self.result.faults[before:]
            if faults:  # begin the next with what is whole
                shutil.rmtree(self.project.folder)
                self.project = self.references[0].copied(self.project.folder)
                self.change(0)
            yield faults

    def round(self) -> None:
        """Kill a build, mostly more than one, let the next be, and compare."""
        if self.kind.trains and self.chance.random() < ANEW:
            shutil.rmtree(self.project.folder / "build", ignore_errors=True)
        self.change(1 - self.variant)
        self.kill_one()
        while self.chance.random() < AGAIN:
            self.change(self.chance.randrange(2))
            self.kill_one()
        self.change(self.chance.randrange(2))
        self.finish()
        self.result.rounds += 1
        self.result.faults += [f"round {self.result.rounds}: {fault}" for fault in self.compared()]

    def kill_one(self) -> None:
        """Start a build and kill; count it if there was something to kill."""
        build = Build(self.project, self.words)
        if self.kind.after:
            while build.lives and self.kind.after not in build.stages():
                time.sleep(0.002)
            time.sleep(self.chance.uniform(0, 0.3))
        else:
            self.wait(build, self.chance.uniform(0, self.seconds))
        if build.lives:
            at = "+".join(build.stages()) or "between jobs"
            victims = self.kind.victims(build, self.chance)
            if [None for one in victims if _killed(one)]:
                self.result.kills[at] += 1
            if build.driver.pid not in [one.pid for one in victims]:
                build.driver.wait()  # it says that a job has failed
        build.driver.wait()

    @staticmethod
    def wait(build: Build, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            build.driver.wait(seconds)

    def finish(self) -> None:
        """Build as the documents say, undisturbed."""
        build = Build(self.project, self.words)
        if build.driver.wait():
            self.result.faults.append(f"the build failed:\n{build.log.read_text()[-3000:]}")

    def compared(self) -> Iterator[str]:
        """Yield what is not as in a build that nobody disturbed."""
        reference, said = self.references[self.variant], StringIO()
        sides = [str(one.build_folder) for one in (reference, self.project)]
        with redirect_stdout(said):
            if main(["verify", *sides, "--exact"]):
                yield said.getvalue()
        ours, theirs = _files(self.project.build_folder), _files(reference.build_folder)
        if ours != theirs:
            yield f"files in one of the two only: {sorted(ours ^ theirs)}"
        if left := [*(self.project.folder / ".snakemake/incomplete").rglob("*")]:
            yield f"held for unfinished: {left}"


def _rewrite(path: Path, forms: tuple[str, str], variant: int) -> None:
    text = path.read_text()
    new = text.replace(forms[1 - variant], forms[variant])
    if new != text:
        path.write_text(new)


def _killed(process: psutil.Process) -> bool:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.Error:
        return False
    return True


def _files(build: Path) -> set[str]:
    files = (path.relative_to(build) for path in build.rglob("*") if path.is_file())
    return {path.as_posix() for path in files if path.parts[0] not in TIMED}
