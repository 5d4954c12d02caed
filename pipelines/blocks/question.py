"""`::::{question}`: a check question, its parts, and its hidden answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pipelines.blocks.kind import BlockKind, BlockWriter, Lines
from pipelines.contracts.blocks import Block, Blocks, Paragraph
from pipelines.contracts.spans import Record, Spans
from pipelines.plan.blocks import flattened, inside, split_off, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class AnswerForm(StrEnum):
    """How the answer to a question is written."""

    PARENTHESIS = "parenthesis"  # (Answer: …)
    EXPECTED = "expected"  # Expected: …
    REVEAL = "reveal"  # Reveal: …
    BARE = "bare"  # (…) after the question
    PLAIN = "plain"  # Answer: …
    DIRECTIVE = "directive"  # :::{answer}
    NONE = "none"


class Part(Record):
    """(a), (b) … of a question, with the answer where the answers stand part by part."""

    label: str
    spans: Spans
    answer: Blocks = ()
    answer_form: AnswerForm = AnswerForm.NONE


class Question(Block):
    """A check question with a hidden answer."""

    type: Literal["question"] = "question"
    prompt: Blocks
    parts: tuple[Part, ...] = ()
    answer: Blocks = ()
    answer_form: AnswerForm = AnswerForm.NONE


def read_question(reading: Reading, raw: Raw) -> Question:
    """Read what is asked, part by part, and the answer: one of all, or one of each part."""
    rest, parts = split_off(raw, "answer", "part")
    answer = inside(reading, parts["answer"])
    found = tuple(_read_part(reading, one) for one in parts["part"])
    if not answer and not (found and all(part.answer for part in found)):
        no_answer(reading, raw.line)
    prompt = typed(reading, rest)
    if raw.text:
        title = Paragraph(src=reading.src(raw.line), spans=reading.spans(raw.text, raw.line))
        prompt = (title, *prompt)
    return Question(
        src=reading.src(raw.line, raw.end),
        prompt=prompt,
        parts=found,
        answer=answer,
        answer_form=AnswerForm.DIRECTIVE if answer else AnswerForm.NONE,
    )


def _read_part(reading: Reading, raw: Raw) -> Part:
    rest, parts = split_off(raw, "answer")
    answer = inside(reading, parts["answer"])
    return Part(
        label=raw.text,
        spans=flattened(typed(reading, rest)),
        answer=answer,
        answer_form=AnswerForm.DIRECTIVE if answer else AnswerForm.NONE,
    )


def no_answer(reading: Reading, line: int) -> None:
    """Report a question without an answer."""
    remedy = "add `:::{answer}` … `:::` or, in a hand-written plan, `(Answer: …)`"
    severity = "error" if reading.explicit else "warning"
    reading.problem(line, "ML210", "a question without an answer", remedy, severity)


def write_question(writer: BlockWriter, block: Question) -> Lines:
    """Write what is asked and what is answered."""
    parts = [_write_part(writer, part) for part in block.parts]
    body = [writer.blocks(block.prompt), *parts, write_answer(writer, writer.blocks(block.answer))]
    return writer.directive("question", "", {}, writer.joined(body))


def _write_part(writer: BlockWriter, part: Part) -> Lines:
    answer = write_answer(writer, writer.blocks(part.answer))
    body = writer.joined([writer.paragraph(part.spans), answer])
    return writer.directive("part", part.label, {}, body)


def write_answer(writer: BlockWriter, lines: Lines) -> Lines:
    """Write an answer; nothing where there is none."""
    return writer.directive("answer", "", {}, lines) if lines else []


QUESTION = BlockKind(
    Question,
    read_question,
    write_question,
    """\
:::::{question}
What is left?

::::{part} a
Of the time?

:::{answer}
Half.
:::
::::

:::{answer}
Little.
:::
:::::""",
)
