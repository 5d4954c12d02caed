"""File systems that a test may fill or write-protect, where the system lets it mount them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(at: Path, *words: str) -> Iterator[Path]:
    """Mount something at a folder; skip the test where that is not allowed."""
    at.mkdir(exist_ok=True)
    if subprocess.run(["mount", *words, str(at)], capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, in memory."""
    with mounted(at, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs") as disk:
        yield disk


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write into a folder, root included."""
    with mounted(folder, "--bind", str(folder)):
        protect = ["mount", "-o", "remount,bind,ro", str(folder)]
        subprocess.run(protect, check=True, capture_output=True)
        yield


@contextmanager
def filled(disk: Path, left: int) -> Iterator[None]:
    """Fill a disk but for some bytes; then free it."""
    filling = disk / "filling"
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(disk).free - left))
    try:
        yield
    finally:
        filling.unlink()
