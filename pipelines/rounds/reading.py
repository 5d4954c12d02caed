"""An exported round, JSON or Markdown → its text, and the version of the plan it was made for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import ValidationError

from pipelines.any_plan import read_text
from pipelines.contracts.exported_round import ExportedRound
from pipelines.contracts.input_files import read_input
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Review
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.plan.inline import plain
from pipelines.plan.lines import decode
from pipelines.rounds.locations import CONTENT, field_text, named_place
from pipelines.rounds.register import Seal, made_for
from pipelines.rounds.writing import round_markdown

_FRAME = "# Lesson: X\n\n**Voice:** explicit\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n"
_BEFORE = _FRAME.count("\n")  # lines
_REMARK = re.compile(r"^- (?P<what>.*) \(`(?P<place>[^`]+)`(?:, `(?P<content>[^`]*)`)?\): ")
_EXPORT = "export the round again on the lesson's review page; docs/reviewing.md shows its form"


@dataclass(frozen=True)
class Looked:
    """What a reviewer looked at: where, and what it said then."""

    what: str
    place: str
    seal: Seal


@dataclass(frozen=True)
class Incoming:
    """A round that is to enter a plan.

    Attributes:
        text: Its Markdown, line ends as "\\n".
        review: The same as it is read.
        lesson: The slug; "" where the file does not say.
        places, parts: The digests behind the version, as far as the file holds them.
    """

    file: str
    text: str
    review: Review
    version: str
    lesson: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def looked_at(self) -> list[Looked]:
        """What its findings, checks and remarks were made of."""
        found = [
            Looked(plain(one.title), named_place(one), Seal.read(field_text(one, CONTENT)))
            for one in self.review.findings
        ]
        found += [
            Looked(plain(one.finding), "", Seal.read(one.content))
            for one in self.review.fix_checks
        ]
        remarks = filter(None, map(_REMARK.match, self.text.split("\n")))
        found += [
            Looked(one["what"], one["place"], Seal.read(one["content"] or "")) for one in remarks
        ]
        return found


def read_round(path: Path) -> Incoming:
    """Read an exported round.

    Raises:
        InputProblems: It is none, with what is wrong and its line.
    """
    file = str(path)
    text = decode(read_input(path), file)
    if not text.lstrip().startswith("{"):
        return _from_markdown(text, file)
    exported = _from_json(text, file)
    made = _from_markdown(round_markdown(exported), file)
    return Incoming(
        file,
        made.text,
        made.review,
        exported.version,
        exported.lesson,
        exported.places,
        exported.parts,
    )


def _from_json(text: str, file: str) -> ExportedRound:
    try:
        return ExportedRound.model_validate_json(text)
    except ValidationError as error:
        root = _placed(text)
        problems = [
            _problem(file, _line_of(root, one["loc"]), f"{_path(one['loc'])}{one['msg']}")
            for one in error.errors()
        ]
        raise InputProblems(problems) from error


def _placed(text: str) -> yaml.Node | None:
    """Return JSON with the lines of its values: it is YAML, whose nodes keep theirs."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):  # nested without end, and no round anyway
        return None


def _line_of(node: yaml.Node | None, keys: Sequence[int | str]) -> int:
    """Return the line of a value by its keys, or of the last one around it that is there."""
    if node is None:
        return 1
    inner: yaml.Node | None = None
    if keys and isinstance(node, yaml.MappingNode):
        inner = next((value for name, value in node.value if name.value == keys[0]), None)
    elif isinstance(node, yaml.SequenceNode) and keys and isinstance(keys[0], int):
        inner = node.value[keys[0]] if keys[0] < len(node.value) else None
    return _line_of(inner, keys[1:]) if inner else int(node.start_mark.line) + 1


def _path(keys: Sequence[int | str]) -> str:
    return "".join(f"{key}: " for key in keys)


def _from_markdown(text: str, file: str) -> Incoming:
    text = text.strip("\n") + "\n"
    if not text.startswith("## "):
        raise _unreadable(file, 1, "it does not begin with `## Review`")
    plan, problems = read_text(_FRAME + text, file)
    if found := [_of_round(one) for one in errors(problems)]:
        raise InputProblems(found)
    assert isinstance(plan, LessonPlan)
    heads = [one.src.line for one in plan.segments if 0 < one.level <= 2]
    others = heads[_FRAME.count("# ") + 1 :]
    if not plan.reviews or others:
        line = min(others, default=_BEFORE + 1) - _BEFORE
        raise _unreadable(file, line, "a round is one review, and holds nothing beside it")
    (review,) = plan.reviews
    if not (version := made_for(review)):
        raise _unreadable(file, review.src.line - _BEFORE, "it does not say what it was made for")
    return Incoming(file, text, review, version)


def _of_round(problem: Problem) -> Problem:
    line = max(problem.line - _BEFORE, 1)
    return Problem(problem.file, line, problem.code, problem.message, problem.remedy)


def _problem(file: str, line: int, message: str) -> Problem:
    return Problem(file, line, "ML706", message, _EXPORT)


def _unreadable(file: str, line: int, message: str) -> InputProblems:
    return InputProblems([_problem(file, line, message)])


def lines_of_findings(incoming: Incoming) -> list[int]:
    """Return the zero-based lines of its text on which findings begin, those without an id."""
    return [
        one.src.line - _BEFORE - 1 for one in incoming.review.findings if not field_text(one, "Id")
    ]
