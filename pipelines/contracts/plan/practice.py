"""Questions and exercises."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pipelines.contracts.plan.base import Model, Node
from pipelines.contracts.plan.depth import Depth
from pipelines.contracts.plan.inline import Spans

if TYPE_CHECKING:
    from pipelines.contracts.plan.tree import Block


class AnswerForm(StrEnum):
    PARENTHESIS = "parenthesis"  # (Answer: …)
    EXPECTED = "expected"  # Expected: …
    REVEAL = "reveal"  # Reveal: …
    BARE = "bare"  # (…) after the question
    PLAIN = "plain"  # Answer: …
    DIRECTIVE = "directive"  # :::{answer}
    NONE = "none"


class Part(Model):
    """(a), (b) … of a question, with the answer where the answers stand part by part."""

    label: str
    spans: Spans
    answer: tuple[Block, ...] = ()
    answer_form: AnswerForm = AnswerForm.NONE


class Question(Node):
    """A check question with a hidden answer."""

    type: Literal["question"] = "question"
    prompt: tuple[Block, ...]
    parts: tuple[Part, ...] = ()
    answer: tuple[Block, ...] = ()
    answer_form: AnswerForm = AnswerForm.NONE


class Level(StrEnum):
    GUIDED = "guided"
    SUPPORTED = "supported"
    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


class Prediction(Model):
    question: Spans
    answer: Spans = ()


class TestedDepth(Model):
    """`Depth: APPLIED for X`: how deeply an exercise works on a concept."""

    depth: Depth
    concept: Spans = ()


class Dependency(Model):
    """What has to be done first: `exercise 2`, `cell 5`; `raw` as written.

    Attributes:
        kind: `exercise`, `cell`, `section`, `part`, or empty.
    """

    kind: str = ""
    number: int | None = None
    raw: str


class Exercise(Node):
    type: Literal["exercise"] = "exercise"
    number: int | None
    title: Spans
    level: Level
    level_raw: str
    nodes: tuple[Block, ...]
    predictions: tuple[Prediction, ...] = ()
    tests: Spans = ()
    purpose: Spans = ()
    key_insight: Spans = ()
    expected: Spans = ()
    bonus: Spans = ()
    depths: tuple[TestedDepth, ...] = ()
    depends_on: tuple[Dependency, ...] = ()
    notes: tuple[Block, ...] = ()
    hints: tuple[Block, ...] = ()

    @property
    def stretch(self) -> bool:
        """For those who want more: said of the level."""
        return "stretch" in self.level_raw.lower()
