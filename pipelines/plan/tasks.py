"""Directives that a student works on: questions, exercises, mistaken statements."""

from __future__ import annotations

from pipelines.contracts.blocks import (
    AnswerForm,
    Blocks,
    Level,
    Misbelief,
    Paragraph,
    Part,
    Prediction,
    Question,
)
from pipelines.plan.blocks import flattened, typed
from pipelines.plan.markdown import Raw
from pipelines.plan.options import bad_option, number
from pipelines.plan.reading import Reading
from pipelines.plan.relations import with_relations

_SENTENCES = ("tests", "purpose", "key-insight", "expected", "bonus")


def misbelief(reading: Reading, raw: Raw) -> Blocks:
    return (
        Misbelief(
            src=reading.src(raw.line, raw.end),
            number=number(reading, raw),
            statement=reading.spans(raw.text, raw.line),
            nodes=typed(reading, raw.children),
        ),
    )


def question(reading: Reading, raw: Raw) -> Blocks:
    rest, parts = split_off(raw, "answer", "part")
    answer = typed(reading, [child for part in parts["answer"] for child in part.children])
    found = tuple(_part(reading, one) for one in parts["part"])
    if not answer and not (found and all(part.answer for part in found)):
        no_answer(reading, raw.line)
    prompt = typed(reading, rest)
    if raw.text:
        title = Paragraph(src=reading.src(raw.line), spans=reading.spans(raw.text, raw.line))
        prompt = (title, *prompt)
    return (
        Question(
            src=reading.src(raw.line, raw.end),
            prompt=prompt,
            parts=found,
            answer=answer,
            answer_form=AnswerForm.DIRECTIVE if answer else AnswerForm.NONE,
        ),
    )


def _part(reading: Reading, raw: Raw) -> Part:
    rest, parts = split_off(raw, "answer")
    answer = typed(reading, [child for part in parts["answer"] for child in part.children])
    return Part(
        label=raw.text,
        spans=flattened(typed(reading, rest)),
        answer=answer,
        answer_form=AnswerForm.DIRECTIVE if answer else AnswerForm.NONE,
    )


def exercise(reading: Reading, raw: Raw) -> Blocks:
    rest, parts = split_off(raw, "predict", "remark", "hint", *_SENTENCES)
    written = raw.options.get("level", "")
    level = Level(written) if written in list(Level) else Level.UNKNOWN
    if level is Level.UNKNOWN:
        bad_option(reading, raw, "level", "`guided`, `supported` or `independent`")
    sentences = {
        name.replace("-", "_"): flattened(
            typed(reading, [raw for part in parts[name] for raw in part.children])
        )
        for name in _SENTENCES
    }
    notes, hints = (
        typed(reading, [child for part in parts[name] for child in part.children])
        for name in ("remark", "hint")
    )
    return (
        with_relations(
            src=reading.src(raw.line, raw.end),
            notes=notes,
            hints=hints,
            number=number(reading, raw),
            title=reading.spans(raw.text, raw.line),
            level=level,
            level_raw=written,
            nodes=typed(reading, rest),
            predictions=tuple(_prediction(reading, part) for part in parts["predict"]),
            **sentences,
        ),
    )


def _prediction(reading: Reading, raw: Raw) -> Prediction:
    rest, parts = split_off(raw, "answer")
    answer = typed(reading, [child for part in parts["answer"] for child in part.children])
    if not answer:
        no_answer(reading, raw.line)
    question = reading.spans(raw.text, raw.line) + flattened(typed(reading, rest))
    return Prediction(question=question, answer=flattened(answer))


def no_answer(reading: Reading, line: int) -> None:
    """Report a question without an answer."""
    reading.problem(
        line,
        "ML210",
        "a question without an answer",
        "add `:::{answer}` … `:::` or, in a hand-written plan, `(Answer: …)`",
        "error" if reading.explicit else "warning",
    )


def split_off(raw: Raw, *names: str) -> tuple[list[Raw], dict[str, list[Raw]]]:
    """Return the other children, and those directives that bear one of `names`."""
    parts: dict[str, list[Raw]] = {name: [] for name in names}
    rest: list[Raw] = []
    for child in raw.children:
        mine = child.kind == "directive" and child.name in parts
        (parts[child.name] if mine else rest).append(child)
    return rest, parts
