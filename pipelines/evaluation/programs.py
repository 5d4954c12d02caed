"""Programs that lessons show: run in a process of their own, with other models than they name."""

from __future__ import annotations

import base64
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from pipelines.contracts.listing import Executed, Picture
from pipelines.contracts.problems import InputProblems, Problem

PATIENCE = 600  # seconds
PROGRAM = "program.py"
_MOST_PRINTED = 20_000  # bytes: a page is read, not scrolled
_MOST_PICTURES = 20
_LARGEST_PICTURE = 2_000_000  # bytes
_LARGEST_FILE = 100_000_000  # bytes of anything that a program writes, what it prints among it


def executed(listing: Path, models: dict[str, Path]) -> Executed:
    """Run a program and return what came out.

    Raises:
        InputProblems: It names no such repository, or fails.
    """
    code = listing.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / PROGRAM).write_text(_substituted(listing, code, models), encoding="utf-8")
        printed = _run(listing, folder)
        pictures = _pictures(listing, folder)
    stand_ins = {repository: model.name for repository, model in models.items()}
    return Executed(code=code, models=stand_ins, printed=tuple(printed), pictures=pictures)


def _substituted(listing: Path, code: str, models: dict[str, Path]) -> str:
    """Put folders in place of repositories, each a string in double quotes; lines stay lines."""
    for repository, folder in models.items():
        if f'"{repository}"' not in code:
            remedy = "name it as a string in double quotes, or leave it out of `:models:`"
            raise _program_problem(listing, 1, f"the program does not name `{repository}`", remedy)
        code = code.replace(f'"{repository}"', repr(str(folder.resolve())))
    return code


def _run(listing: Path, folder: Path) -> list[str]:
    """Run the program in a folder and return the lines that it printed."""
    environment = {"HOME": str(folder), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    environment |= {"PATH": os.environ.get("PATH", os.defpath)}
    command = [sys.executable, "-I", PROGRAM]
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as errors:
        try:
            status = subprocess.run(
                command, cwd=folder, env=environment, timeout=PATIENCE, preexec_fn=_bounded,
                stdin=subprocess.DEVNULL, stdout=printed, stderr=errors,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired as late:
            message, remedy = f"not done after {PATIENCE} seconds", "let it do less"
            raise _program_problem(listing, 1, message, remedy) from late
        if status:
            raise _failure(listing, status, _text(errors, os.SEEK_END))
        if printed.tell() > _MOST_PRINTED:
            message = f"it prints {printed.tell():,} bytes, more than {_MOST_PRINTED:,}"
            raise _program_problem(listing, 1, message, "let it print what a page needs")
        return _text(printed, os.SEEK_SET).splitlines()


def _bounded() -> None:
    """Let a program write no file that would fill the disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))


def _text(file: IO[bytes], whence: int) -> str:
    """Return the first or the last text of a file, as much as is of use."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MOST_PRINTED) if whence == os.SEEK_END else 0)
    return file.read(_MOST_PRINTED).decode("utf-8", "replace")


def _failure(listing: Path, status: int, errors: str) -> InputProblems:
    lines = re.findall(rf'File "[^"]*{PROGRAM}", line (\d+)', errors)
    said = (errors.strip().splitlines() or [f"exit status {status}"])[-1]
    remedy = "mend the program; the models of `:models:` must be what it loads"
    return _program_problem(listing, int(lines[-1][-9:]) if lines else 1, said[:500], remedy)


def _pictures(listing: Path, folder: Path) -> tuple[Picture, ...]:
    """Return the pictures that a program saved in its folder."""
    files = sorted(folder.glob("*.png"))
    if len(files) > _MOST_PICTURES:
        message = f"it saves {len(files)} pictures, more than {_MOST_PICTURES}"
        raise _program_problem(listing, 1, message, "let it save those that a page shows")
    return tuple(_picture(listing, file) for file in files)


def _picture(listing: Path, file: Path) -> Picture:
    remedy = f"let it save PNG of at most {_LARGEST_PICTURE // 1_000_000} MB"
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _LARGEST_PICTURE:
        raise _program_problem(listing, 1, f"`{file.name}` is too large, or no file", remedy)
    try:
        with Image.open(file, formats=["PNG"]) as image:
            width, height = image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise _program_problem(listing, 1, f"`{file.name}` is no picture", remedy) from error
    png = base64.b64encode(file.read_bytes()).decode()
    return Picture(name=file.name, width=width, height=height, png=png)


def _program_problem(listing: Path, line: int, message: str, remedy: str) -> InputProblems:
    return InputProblems([Problem(str(listing), line, "ML408", message, remedy)])
