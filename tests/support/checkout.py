"""A copy of the project's sources in a folder of its own, and the builds that are made there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

from warm import Warm, shared

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    *("Snakefile", "config", "profiles", "pipelines"),
    "requirements.lock",
)


class Checkout:
    """The sources without lessons; what a test adds, changes and builds."""

    cores = "all"
    config: ClassVar = {"preset": "smoke"}

    def __init__(self, folder: Path, cache: str = "") -> None:
        self.folder, self.cache = folder, cache
        self.build_folder = folder / "build/smoke"
        self.site = self.build_folder / "site"

    @classmethod
    def made(cls, folder: Path, cache: str = "") -> Self:
        for name in SOURCES:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, folder / name)
        made = cls(folder, cache)
        made.furnish()
        return made

    def furnish(self) -> None:
        """Add a module."""
        raise NotImplementedError

    def copied(self, folder: Path) -> Self:
        """Return one that a test may change: same bytes, same times, no results of others."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return type(self)(folder)

    def snakemake(
        self, *words: str, by: Warm | None = None, **config: str
    ) -> subprocess.CompletedProcess[str]:
        settings = [f"{key}={value}" for key, value in (self.config | config).items()]
        cores = ["--cores", self.cores] if self.cores else []  # else as the profile says
        command = ["snakemake", *cores, *words, "--config", *settings]
        warm = by or shared()
        environment = warm.environment(self.folder) | {"SNAKEMAKE_OUTPUT_CACHE": self.cache}
        return warm.run(self.folder, *command, environment=environment)

    def build(self, by: Warm | None = None) -> str:
        done = self.snakemake(by=by)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def dry_run(self) -> str:
        done = self.snakemake("--dry-run")
        assert done.returncode == 0, done.stdout
        return done.stdout

    def planned(self) -> dict[str, int]:
        """Return what a build would run: rule → number of jobs."""
        return jobs(self.dry_run())

    def pages(self) -> dict[str, bytes]:
        files = (path for path in self.site.rglob("*") if path.is_file())
        return {path.relative_to(self.site).as_posix(): path.read_bytes() for path in files}

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    @contextmanager
    def changed(self, name: str, old: str, new: str) -> Iterator[None]:
        """Replace something in a source, the time of the file as it was; then put it back."""
        path = self.folder / name
        text, times = path.read_text(encoding="utf-8"), path.stat()
        self.edit(name, old, new)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def jobs(told: str) -> dict[str, int]:
    """Return the jobs that a dry run tells: rule → number."""
    table = told.partition("Job stats:")[2].partition("\n\n")[0]
    counts = {rule: int(count) for rule, count in re.findall(r"(?m)^(\w+) +(\d+)$", table)}
    return {rule: count for rule, count in counts.items() if rule not in ("all", "total")}


def trained(told: str) -> set[str]:
    """Return the experiments that a dry run would train."""
    return set(re.findall(r"training (\S+)", told))
