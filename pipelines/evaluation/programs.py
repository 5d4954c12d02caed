"""Programs that lessons show: run in a process of their own, with other models than they name."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from pipelines.contracts.listing import Executed, Picture
from pipelines.contracts.problems import InputProblems, Problem

PATIENCE = 600  # seconds
PROGRAM = "program.py"


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
        pictures = tuple(_picture(file) for file in sorted(folder.glob("*.png")))
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
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired as late:
        remedy = "let it do less"
        raise _program_problem(listing, 1, f"not done after {PATIENCE} seconds", remedy) from late
    if done.returncode:
        lines = re.findall(rf'File "[^"]*{PROGRAM}", line (\d+)', done.stderr)
        said = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        remedy = "mend the program; the models of `:models:` must be what it loads"
        raise _program_problem(listing, int(lines[-1]) if lines else 1, said, remedy)
    return done.stdout.splitlines()


def _picture(file: Path) -> Picture:
    with Image.open(file) as image:
        width, height = image.size
    png = base64.b64encode(file.read_bytes()).decode()
    return Picture(name=file.name, width=width, height=height, png=png)


def _program_problem(listing: Path, line: int, message: str, remedy: str) -> InputProblems:
    return InputProblems([Problem(str(listing), line, "ML408", message, remedy)])
