"""The source of an exercise → typed cells. All that is wrong with it is said at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from pydantic import ValidationError

from pipelines.contracts.exercise import Head, Kind
from pipelines.contracts.keys import KEY_PATTERN
from pipelines.contracts.names import RULE, is_identifier
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.exercises.percent import RawCell, split_script
from pipelines.exercises.regions import hint_of, regions

UNREAD, NO_GUARD, NO_CHECK = (
    "ML339",
    "ML335",
    "ML336",
)
FOLDER, SUPPORT = "exercises", "support"
FEWEST_WRONG = 3
_PLACES = ("exercise", "check", "wrong", "right")  # what a cell of code can be
_OPTIONS = {
    "exercise": {"exercise", "tags"},
    "check": {"check", "tags"},
    "wrong": {"wrong", "name", "see"},
    "right": {"right", "name"},
}
KEEP, PICTURE, CLOCK = "keep-output", "picture", "clock"
_TAGS = (KEEP, PICTURE, CLOCK)
_QUOTED = re.compile(rf"(?:value\(\s*\"|{{value}}`)(?P<key>{KEY_PATTERN})")


@dataclass(frozen=True)
class Cell:
    """A cell of the notebook. `line`: one-based, of its first line of text."""

    kind: Kind
    text: str
    line: int
    name: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """Another solution of a part, which stands in no notebook: wrong, or right and unusual."""

    part: str
    name: str
    text: str
    line: int
    wrong: bool
    see: str = ""


@dataclass(frozen=True)
class ExerciseSource:
    """An exercise as its author wrote it."""

    file: str
    name: str
    text: str
    head: Head
    cells: tuple[Cell, ...]
    alternatives: tuple[Alternative, ...] = field(default=())

    @property
    def quoted(self) -> tuple[str, ...]:
        """The keys whose measured values it quotes, each once."""
        return quoted_keys(self.text)

    def within(self, seconds: int) -> ExerciseSource:
        """Return the same exercise, cut off after some seconds at the latest."""
        limit = min(seconds, self.head.seconds)
        return replace(self, head=self.head.model_copy(update={"seconds": limit}))

    def cell(self, kind: Kind, name: str) -> Cell:
        """Return the cell that poses or checks a part."""
        return next(one for one in self.cells if (one.kind, one.name) == (kind, name))


def exercise_file(plan: str | Path, name: str) -> Path:
    """Return the source of an exercise; its name is an identifier, so it stays in its folder."""
    return Path(plan).parent / FOLDER / f"{name}.py"


def support_file(plan: str | Path, name: str) -> Path:
    """Return a module that exercises of several lessons import."""
    return Path(plan).parents[1] / SUPPORT / f"{name}.py"


def quoted_keys(text: str) -> tuple[str, ...]:
    """Return the keys of `value("…")` in code and of the role in text, each once."""
    return tuple(dict.fromkeys(match["key"] for match in _QUOTED.finditer(text)))


def load_exercise(file: Path) -> ExerciseSource:
    """Read the source of an exercise.

    Raises:
        InputProblems: All that is wrong with it.
    """
    source, problems = read_exercise(file)
    if source is None or errors(problems):
        raise InputProblems(problems)
    return source


def read_exercise(file: Path) -> tuple[ExerciseSource | None, list[Problem]]:
    """Return the source of an exercise as far as it can be read, and all that is wrong with it."""
    problems: list[Problem] = []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unable:
        said = unable.strerror if isinstance(unable, OSError) else "not UTF-8"
        remedy = "write this file; `measured-lessons new --exercise` begins one"
        return None, [Problem(str(file), 1, UNREAD, f"not readable: {said}", remedy)]
    script = split_script(text)
    head = _read_head(script.head, str(file), problems)
    reading = _Reading(str(file), problems)
    for raw in script.cells:
        reading.take(raw)
    reading.finish()
    made = (file.stem, text, head or Head(title=file.stem), tuple(reading.cells))
    return ExerciseSource(str(file), *made, tuple(reading.alternatives)), problems


def _read_head(text: str, file: str, problems: list[Problem]) -> Head | None:
    remedy = "begin the file with the head that docs/exercises.md shows"
    try:
        data = yaml.safe_load(text) or {}
        head = Head.model_validate(data["jupyter"]["exercise"])
    except (yaml.YAMLError, KeyError, TypeError):
        problems.append(Problem(file, 1, UNREAD, "no head `jupyter: exercise:`", remedy))
        return None
    except ValidationError as error:
        for one in error.errors():
            key = ".".join(map(str, one["loc"]))
            problems.append(Problem(file, 1, UNREAD, f"`{key}` of the head: {one['msg']}", remedy))
        return None
    parts = [part for name in head.models for part in name.split("/", 1)]
    for name in (*parts, *head.support):
        if not is_identifier(name.replace("_", "-")):
            problems.append(Problem(file, 1, UNREAD, f"`{name}` is no name", RULE))
    return head


class _Reading:
    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file, self.problems = file, problems
        self.cells: list[Cell] = []
        self.alternatives: list[Alternative] = []

    def problem(self, line: int, code: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, code, message, remedy))

    def take(self, raw: RawCell) -> None:
        """Add a cell; say what is wrong with it."""
        if raw.fault:
            remedy = 'write `# %% [markdown]`, `# %%` or `# %% exercise="name"`'
            self.problem(raw.line, UNREAD, raw.fault, remedy)
            return
        if raw.markdown:
            self.cells.append(Cell("text", raw.text, raw.line + 1))
            return
        roles = [one for one in _PLACES if one in raw.options]
        role = roles[0] if roles else ""
        self._check_options(raw, role)
        self._check_code(raw)
        name = str(raw.options.get(role, "")) if role else ""
        if role in ("wrong", "right"):
            self._alternative(raw, role, name)
            return
        tags = tuple(map(str, raw.options.get("tags", ())))
        kind: Kind = "exercise" if role == "exercise" else "check" if role else "given"
        self.cells.append(Cell(kind, raw.text, raw.line + 1, name, tags))
        self._check_regions(raw, role)

    def _alternative(self, raw: RawCell, role: str, part: str) -> None:
        name, see = str(raw.options.get("name", "")), str(raw.options.get("see", ""))
        if not is_identifier(name):
            self.problem(raw.line, UNREAD, f"`name` of this solution is `{name}`", RULE)
        if role == "wrong" and not see:
            remedy = 'add `see="misconception 2"`, or the name of a section, formula or figure'
            self.problem(raw.line, UNREAD, "a wrong solution that leads nowhere", remedy)
        made = Alternative(part, name, raw.text, raw.line + 1, role == "wrong", see)
        self.alternatives.append(made)

    def _check_options(self, raw: RawCell, role: str) -> None:
        known = _OPTIONS.get(role, {"tags"})
        for name in raw.options.keys() - known:
            remedy = f"a cell of this kind takes {', '.join(sorted(known))}"
            self.problem(raw.line, UNREAD, f"unknown option `{name}`", remedy)
        tags = raw.options.get("tags", [])
        unknown = [tag for tag in tags if tag not in _TAGS]
        if unknown:
            remedy = f"the tags are {', '.join(_TAGS)}"
            self.problem(raw.line, UNREAD, f"unknown tag `{unknown[0]}`", remedy)

    def _check_code(self, raw: RawCell) -> None:
        try:
            ast.parse(raw.text)
        except SyntaxError as error:
            line = raw.line + (error.lineno or 1)
            self.problem(line, UNREAD, f"no Python: {error.msg}", "mend the syntax at this line")

    def _check_regions(self, raw: RawCell, role: str) -> None:
        found, fault = regions(raw.text)
        if fault:
            self.problem(raw.line, UNREAD, fault, "close each region where it ends")
            return
        solutions = [one for one in found if one.kind == "SOLUTION"]
        if role == "exercise":
            hinted = [one for one in solutions if hint_of(raw.text, one)]
            if not solutions or len(hinted) < len(solutions):
                message = "an exercise without guard: students would get it solved, or no hint"
                remedy = "put `### BEGIN SOLUTION`, `# Hint: …` and `### END SOLUTION` around it"
                self.problem(raw.line, NO_GUARD, message, remedy)
        elif solutions:
            remedy = 'give the cell `exercise="name"`, and a check after it'
            self.problem(raw.line, NO_GUARD, "a solution outside of an exercise", remedy)
        if role != "check" and any(one.kind == "HIDDEN TESTS" for one in found):
            remedy = 'put them into the cell with `check="…"`'
            self.problem(raw.line, UNREAD, "hidden tests outside of a check", remedy)

    def finish(self) -> None:
        """Say what is wrong with the cells as a whole."""
        parts = [cell.name for cell in self.cells if cell.kind == "exercise"]
        if not parts:
            remedy = 'mark at least one cell `exercise="name"`'
            self.problem(1, NO_GUARD, "an exercise with nothing to write", remedy)
        for one in self._unchecked():
            remedy = f'let `# %% check="{one.name}"` follow directly, with asserts that say why'
            self.problem(one.line - 1, NO_CHECK, f"nothing checks `{one.name}`", remedy)
        checks = [cell for cell in self.cells if cell.kind == "check"]
        for one in checks:
            if one.name not in parts:
                remedy = "name the exercise above"
                self.problem(one.line - 1, NO_CHECK, f"`{one.name}` is no exercise", remedy)
            elif "assert " not in one.text:
                remedy = 'write `assert …, "a sentence that teaches"`'
                self.problem(one.line - 1, NO_CHECK, "a check that asserts nothing", remedy)
        self._finish_alternatives(parts)

    def _unchecked(self) -> Iterator[Cell]:
        for cell, after in zip(self.cells, [*self.cells[1:], None], strict=True):
            checked = after and after.kind == "check" and after.name == cell.name
            if cell.kind == "exercise" and not checked:
                yield cell

    def _finish_alternatives(self, parts: list[str]) -> None:
        seen: set[str] = set()
        for name in (*parts, *(one.name for one in self.alternatives)):
            if name in seen:
                line = next((x.line for x in self.alternatives if x.name == name), 2) - 1
                self.problem(line, UNREAD, f"`{name}` stands here twice", "give it another name")
            seen.add(name)
        for one in self.alternatives:
            if one.part not in parts:
                message, remedy = f"`{one.part}` is no exercise", f"one of {', '.join(parts)}"
                self.problem(one.line - 1, UNREAD, message, remedy)
        wrong = sum(one.wrong for one in self.alternatives)
        if parts and wrong < FEWEST_WRONG:
            message = f"{wrong} known-wrong solution(s): nothing shows that the checks tell apart"
            remedy = f'write {FEWEST_WRONG} or more cells `# %% wrong="…" name="…" see="…"`'
            self.problem(1, NO_CHECK, message, remedy)
        if parts and all(one.wrong for one in self.alternatives):
            remedy = 'write a cell `# %% right="…" name="…"` that solves it in another way'
            message = "no unusual right solution: nothing shows that the checks let one pass"
            self.problem(1, NO_CHECK, message, remedy)
