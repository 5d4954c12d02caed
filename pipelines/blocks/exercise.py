"""`::::{exercise}`: something to do, in steps, with predictions, hints and what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal

from pipelines.blocks.kind import BlockKind, BlockPage, BlockWriter, Lines, numbered
from pipelines.blocks.question import no_answer, write_answer
from pipelines.contracts.blocks import Block, Blocks, walk
from pipelines.contracts.spans import Depth, Record, Spans, Text
from pipelines.plan.blocks import (
    bad_option,
    flattened,
    identifier,
    inside,
    number_option,
    split_off,
    typed,
)
from pipelines.plan.inline import plain
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_depth

_SENTENCES = ("tests", "purpose", "key-insight", "expected", "bonus")
_DEPTHS = r"MENTIONED|INTRODUCED|DEVELOPED|APPLIED|REINFORCED"
# `Depth: APPLIED for knots, DEVELOPED for ropes`
_TESTED = re.compile(
    rf"\b(?P<depth>(?:{_DEPTHS})(?:\s*(?:->|→|/)\s*(?:{_DEPTHS}))?)\b"
    rf"(?:\s*(?:for|of|on|:|--|—)\s*(?P<concept>.+?)(?=[.;]|,?\s*(?:and\s+)?(?:{_DEPTHS})|$))?",
    re.DOTALL,
)
_NEEDS = re.compile(
    r"(?:depends? on|builds? on|continues?|requires?|reus(?:es|ing)|uses? (?:the )?[\w ]{1,40}? "
    r"(?:from|of)|(?:same|trained|computed|defined) [\w ]{0,40}?(?:in|from|as in)|after)\s+"
    r"(?P<what>(?P<kind>exercise|ex\.?|cell|part|section)s?\s+#?(?P<number>\d{1,9})"
    r"(?:(?:\s*,\s*|\s+and\s+)(?P<more>\d{1,9}))?)",
    re.IGNORECASE,
)


class Level(StrEnum):
    """How much help an exercise gives."""

    GUIDED = "guided"
    SUPPORTED = "supported"
    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


class Prediction(Record):
    """What a student says before a run, and what comes out."""

    question: Spans
    answer: Spans = ()


class TestedDepth(Record):
    """`Depth: APPLIED for X`: how deeply an exercise works on a concept."""

    depth: Depth
    concept: Spans = ()


class Dependency(Record):
    """What has to be done first: `exercise 2`, `cell 5`; `raw` as written.

    Attributes:
        kind: `exercise`, `cell`, `section`, `part`, or empty.
    """

    kind: str = ""
    number: int | None = None
    raw: str


class Exercise(Block):
    """Something to do, in steps.

    Attributes:
        notebook: The file beside the plan that the build makes its notebooks from,
            `exercises/<notebook>.py`; empty: there is nothing to run.
    """

    type: Literal["exercise"] = "exercise"
    number: int | None
    title: Spans
    level: Level
    level_raw: str
    nodes: Blocks
    predictions: tuple[Prediction, ...] = ()
    tests: Spans = ()
    purpose: Spans = ()
    key_insight: Spans = ()
    expected: Spans = ()
    bonus: Spans = ()
    depths: tuple[TestedDepth, ...] = ()
    depends_on: tuple[Dependency, ...] = ()
    notes: Blocks = ()
    hints: Blocks = ()
    notebook: str = ""

    @property
    def stretch(self) -> bool:
        """For those who want more: said of the level."""
        return "stretch" in self.level_raw.lower()


def read_exercise(reading: Reading, raw: Raw) -> Exercise:
    """Read the steps and all that stands in directives of its own."""
    rest, parts = split_off(raw, "predict", "remark", "hint", *_SENTENCES)
    written = raw.options.get("level", "")
    level = Level(written) if written in list(Level) else Level.UNKNOWN
    if level is Level.UNKNOWN:
        bad_option(reading, raw, "level", "`guided`, `supported` or `independent`")
    sentences = {
        name.replace("-", "_"): flattened(inside(reading, parts[name])) for name in _SENTENCES
    }
    notebook = raw.options.get("notebook", "")
    notes, hints = (inside(reading, parts[name]) for name in ("remark", "hint"))
    return with_relations(
        src=reading.src(raw.line, raw.end),
        notes=notes,
        hints=hints,
        number=number_option(reading, raw),
        title=reading.spans(raw.text, raw.line),
        level=level,
        level_raw=written,
        notebook=identifier(reading, raw, notebook) if notebook else "",
        nodes=typed(reading, rest),
        predictions=tuple(_read_prediction(reading, part) for part in parts["predict"]),
        **sentences,
    )


def _read_prediction(reading: Reading, raw: Raw) -> Prediction:
    rest, parts = split_off(raw, "answer")
    answer = inside(reading, parts["answer"])
    if not answer:
        no_answer(reading, raw.line)
    question = reading.spans(raw.text, raw.line) + flattened(typed(reading, rest))
    return Prediction(question=question, answer=flattened(answer))


def with_relations(**fields: Any) -> Exercise:
    """Make an exercise; the depths it works at and what it needs are read from its own words."""
    read = (one for one in fields.values() if isinstance(one, Record | tuple))
    texts = ("".join(part.text for part in walk(one) if isinstance(part, Text)) for one in read)
    about = (plain(fields.get(name, ())) for name in ("tests", "purpose"))
    depths = tuple(depth for text in about for depth in _tested_depths(text))
    return Exercise(**fields, depths=depths, depends_on=tuple(_dependencies(" ".join(texts))))


def _tested_depths(text: str) -> Iterable[TestedDepth]:
    for match in _TESTED.finditer(text):
        concept = (match["concept"] or "").strip(" .,")
        spans = (Text(text=concept),) if concept else ()
        yield TestedDepth(depth=read_depth(match["depth"]), concept=spans)


def _dependencies(text: str) -> Iterable[Dependency]:
    for match in _NEEDS.finditer(text):
        kind = match["kind"].lower().rstrip(".")
        kind = "exercise" if kind == "ex" else kind
        for number in filter(None, (match["number"], match["more"])):
            yield Dependency(kind=kind, number=int(number), raw=match["what"])


def write_exercise(writer: BlockWriter, block: Exercise) -> Lines:
    """Write the steps, then all else."""
    level = {} if block.level is Level.UNKNOWN else {"level": block.level.value}
    sentences = {
        name: writer.paragraph(getattr(block, name.replace("-", "_"))) for name in _SENTENCES
    }
    notes = {"remark": writer.blocks(block.notes), "hint": writer.blocks(block.hints)}
    inner = [
        writer.directive(name, "", {}, lines) if lines else []
        for name, lines in (sentences | notes).items()
    ]
    predictions = [_write_prediction(writer, one) for one in block.predictions]
    body = writer.joined([writer.blocks(block.nodes), *predictions, *inner])
    notebook = {"notebook": block.notebook} if block.notebook else {}
    options = level | numbered(block.number) | notebook
    return writer.directive("exercise", block.title, options, body)


def view_exercise(page: BlockPage, block: Exercise) -> dict[str, Any]:
    """Find what came of its notebooks."""
    return {"ran": page.ran_exercise(block) if block.notebook else None}


def _write_prediction(writer: BlockWriter, one: Prediction) -> Lines:
    answer = write_answer(writer, writer.paragraph(one.answer))
    return writer.directive(
        "predict", "", {}, writer.joined([writer.paragraph(one.question), answer])
    )


EXERCISE = BlockKind(
    Exercise,
    read_exercise,
    write_exercise,
    """\
:::::{exercise} Two steps
:level: guided
:number: 1
:notebook: two-steps

Take two steps.

::::{predict}
Which is better?

:::{answer}
The second.
:::
::::

:::{tests}
DEVELOPED for steps
:::

:::{expected}
It is better.
:::

:::{bonus}
Take four.
:::
:::::""",
    view_exercise,
    options=("level", "number", "notebook"),
)
