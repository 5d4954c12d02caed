"""How files that people write are opened: plain files of a bounded size, and nothing else.

A pipe would be waited for, a device read without end, and a link may lead anywhere.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from pipelines.contracts.names import shown
from pipelines.contracts.problems import InputProblems, Problem

LARGEST = 2_000_000  # bytes: fifteen times the longest plan that anybody has written
_TEXTS = frozenset((".md", ".yaml", ".bib", ".py", ".json"))  # weights are larger


def read_input(path: Path) -> bytes:
    """Return the bytes of a file that people write.

    Raises:
        FileNotFoundError, PermissionError: As everywhere.
        InputProblems: It is no plain file, is too large, or the system cannot read it.
    """
    try:
        if fault := _fault(path.stat(), text=True):
            raise InputProblems([_problem(path, fault)])
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)  # it may say that it is smaller than it is
    except (FileNotFoundError, PermissionError):
        raise
    except OSError as error:
        raise InputProblems([_problem(path, error.strerror or str(error))]) from error
    if len(data) > LARGEST:
        raise InputProblems([_problem(path, _TOO_LARGE)])
    return data


def lies_in(path: Path, folder: Path) -> bool:
    """Whether a path is a plain file in a folder, and no link on its way leads out."""
    try:
        return path.resolve().is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, RuntimeError):  # a loop
        return False


def wrong_files(folder: Path) -> list[Problem]:
    """Return what a folder of sources must not hold, whoever would read it: see `unfit`."""
    every = ((here, name) for here, *names in os.walk(folder) for name in chain(*names))
    return unfit((Path(here, name) for here, name in every), folder)


def unfit(paths: Iterable[Path], folder: Path) -> list[Problem]:
    """Return a problem for each of a folder's files that cannot be read as one of its texts.

    That are links that lead out of the folder or to nothing, pipes and devices, folders that are
    named like a file, and texts that are too large.
    """
    root = folder.resolve()
    return sorted(_problem(path, fault) for path in paths if (fault := _fault_below(path, root)))


def _fault_below(path: Path, root: Path) -> str:
    try:
        if path.is_symlink() and not path.resolve(strict=True).is_relative_to(root):
            return "a link that leads out of this folder"
        status = path.stat()
    except (OSError, RuntimeError):  # Python 3.11 and 3.12 tell a loop as a RuntimeError
        return "a link that leads nowhere"
    text = path.suffix in _TEXTS
    return "" if stat.S_ISDIR(status.st_mode) and not text else _fault(status, text=text)


def _fault(status: os.stat_result, *, text: bool) -> str:
    """Return what keeps a file from being read, "" if nothing does."""
    if stat.S_ISDIR(status.st_mode):
        return "a folder, where a file should be"
    if not stat.S_ISREG(status.st_mode):
        return "no plain file: a pipe, a socket or a device"
    return _TOO_LARGE if text and status.st_size > LARGEST else ""


_TOO_LARGE = f"larger than {LARGEST // 1_000_000} MB"


def _problem(path: Path, fault: str) -> Problem:
    name = path.parent / shown(path.name)
    remedy = "put a plain file with its text here, in this folder, and divide one that is too long"
    return Problem(str(name), 1, "ML114", f"not read: {fault}", remedy)
