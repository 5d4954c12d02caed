"""Plans in files and folders: what a command means by PLAN and by FOLDER, and a plan put back."""

import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.any_plan import read_text
from pipelines.contracts.files import write_text
from pipelines.contracts.input_files import read_input, unfit
from pipelines.contracts.plan import AnyPlan
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.plan.lines import decode, normalise


@dataclass
class Shelf:
    """The plans of some files, and the problems of reading them.

    Attributes:
        files: All of them; one that cannot be read has no plan.
        lines: Of every file that a problem was looked up in.
    """

    files: list[Path] = field(default_factory=list)
    plans: dict[Path, AnyPlan] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, path: Path) -> None:
        """Read one plan, and keep its problems."""
        self.files.append(path)
        try:
            text = decode(read_input(path), str(path))
            self.lines[str(path)] = text.split("\n")
            self.plans[path], found = read_text(text, str(path))
            self.problems += found
        except InputProblems as stopped:
            self.problems += stopped.problems

    def line_of_file(self, file: str, number: int) -> str:
        """Return a one-based line, "" where there is none."""
        if file not in self.lines:
            self.lines[file] = _lines_if_any(Path(file))
        lines = self.lines[file]
        return lines[number - 1] if 0 < number <= len(lines) else ""


def read_plans(paths: Iterable[Path]) -> Shelf:
    """Read all plans among files and folders."""
    shelf = Shelf()
    for path in plan_files(paths):
        shelf.read(path)
    return shelf


def plan_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files among `paths`, and all `*.md` below the folders, each once, in order.

    Raises:
        InputProblems: For a folder without any, or with one that cannot be read.
    """
    found: dict[Path, None] = {}
    for path in paths:
        below = sorted(path.rglob("*.md")) if path.is_dir() else [path]
        if path.is_dir() and (wrong := unfit(below, path)):
            raise InputProblems(wrong)
        if not below:
            remedy = "name a folder with *.md files, or a plan"
            raise InputProblems([Problem(str(path), 1, "ML108", "no plan lies here", remedy)])
        found |= dict.fromkeys(below)
    return list(found)


def text_of(path: Path) -> tuple[str, str]:
    """Return a plan's text as it lies on the disk, and as it is read.

    Raises:
        InputProblems: If the file is not UTF-8, or none that can be read.
    """
    data = read_input(path)
    text = decode(data, str(path))
    return data.decode("utf-8"), text


def _lines_if_any(path: Path) -> list[str]:
    """Return the lines of a file that a problem names; none where nothing can be read."""
    try:
        data = read_input(path)
    except (OSError, InputProblems):
        return []
    return normalise(data.decode("utf-8", errors="replace")).split("\n")


def rewrite(path: Path, text: str) -> None:
    """Write a plan aside and move it into place: the old one stays whole until then.

    A link stays a link, and who may read the file is as it was.
    """
    file, mode = path.resolve(), path.stat().st_mode
    write_text(file, text)
    file.chmod(stat.S_IMODE(mode))
    print(f"{path}: rewritten")
