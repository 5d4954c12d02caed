"""Check questions of hand-written plans: `"…?" (Answer: …)` and the other ways to write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.contracts.plan import AnswerForm, Blocks, Paragraph, Part, Question
from pipelines.plan.blocks import typed
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.voice import unquoted

_MARKED = (
    (
        re.compile(r"\((?:\*\*|\*|_)?Answer:?(?:\*\*|\*|_)?:?\s*", re.IGNORECASE),
        AnswerForm.PARENTHESIS,
    ),
    (
        re.compile(
            r"(?:^|(?<=[\s.?!\"”(]))(?:\*\*|\*)?Expected(?: (?:answer|reasoning|response))?"
            r":(?:\*\*|\*)?\s*",
            re.IGNORECASE,
        ),
        AnswerForm.EXPECTED,
    ),
    (
        re.compile(r"(?:^|(?<=[\s.?!\"”(`]))(?:\*\*|\*)?Reveal:(?:\*\*|\*)?\s*", re.I),
        AnswerForm.REVEAL,
    ),
    (
        re.compile(r"(?:^|(?<=[\s.?!\"”]))(?:\*\*|\*)?Answer:(?:\*\*|\*)?\s*", re.I),
        AnswerForm.PLAIN,
    ),
)
_BARE = re.compile(r"[?\"”]\s*\((?=[^()]{3,})")
_PARTS = re.compile(r"(?:^|\n)\s*\((?P<label>[a-z])\)\s+")


@dataclass(frozen=True)
class Split:
    """A question's text cut in two."""

    prompt: str
    answer: str
    form: AnswerForm


def split_answer(text: str, *, bare: bool = True) -> Split:
    """Cut a text before its answer; a parenthesis may hold parentheses.

    Args:
        bare: Take a last parenthesis after a question mark for its answer.
    """
    for pattern, form in _MARKED:
        if match := pattern.search(text):
            answer, rest = text[match.end() :], ""
            if match[0].startswith("("):
                answer, rest = _closed(answer)
            prompt = f"{text[: match.start()].rstrip()} {rest.strip()}".strip()
            return Split(prompt, unquoted(answer), form)
    match = _BARE.search(text) if bare else None
    if match:
        answer, rest = _closed(text[match.end() :])
        if not rest.strip(' ."”'):
            return Split(text[: match.end() - 1].strip(), answer.strip(), AnswerForm.BARE)
    return Split(text, "", AnswerForm.NONE)


def _closed(text: str) -> tuple[str, str]:
    """Cut a text at the parenthesis that closes one opened before it; the last one may be lost."""
    depth = 1
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            # `(a) …, (b) …` inside an answer is balanced; a lone `)` of `1)` ends too early
            return text[:at].strip(), text[at + 1 :]
    return text.strip(), ""


def is_question(text: str) -> bool:
    """A text asks: it has an answer, or it is a quotation with a question mark."""
    found = split_answer(text)
    return found.form is not AnswerForm.NONE or "?" in text


def has_marked_answer(text: str) -> bool:
    return split_answer(text, bare=False).form is AnswerForm.PARENTHESIS


def question(reading: Reading, raw: Raw, text: str, more: tuple[Raw, ...] = ()) -> Question:
    """Make a question of a text and what stands under it; its answer may stand there too."""
    found = split_answer(text)
    answer = _paragraph(reading, raw, found.answer)
    prompt_more: Blocks = ()
    form = found.form
    for child in more:
        inner = (
            [child] if child.kind != "list" else [p for i in child.children for p in i.children]
        )
        for one in inner:
            hidden = split_answer(one.text) if one.kind == "paragraph" else None
            if hidden and hidden.form is not AnswerForm.NONE and not hidden.prompt:
                answer += _paragraph(reading, one, hidden.answer)
                form = hidden.form if form is AnswerForm.NONE else form
            elif answer:
                answer += typed(reading, [one])
            else:
                prompt_more += typed(reading, [one])
    if not answer:
        no_answer(reading, raw.line)
    prompt, parts = _parts(reading, found.prompt, raw)
    return Question(
        src=reading.src(raw.line, raw.end),
        prompt=(*_paragraph(reading, raw, prompt), *prompt_more),
        parts=parts,
        answer=answer,
        answer_form=form,
    )


def _parts(reading: Reading, text: str, raw: Raw) -> tuple[str, tuple[Part, ...]]:
    """Cut `(a) …` lines off a prompt."""
    pieces = _PARTS.split(text)
    if len(pieces) < 5:
        return text, ()
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    parts = tuple(
        Part(label=label, spans=reading.spans(words, raw.line)) for label, words in pairs
    )
    return pieces[0], parts


def _paragraph(reading: Reading, raw: Raw, text: str) -> Blocks:
    text = unquoted(text)
    if not text:
        return ()
    src = reading.src(raw.line, raw.end)
    return (Paragraph(src=src, spans=reading.spans(text, raw.line)),)


def no_answer(reading: Reading, line: int) -> None:
    reading.problem(
        line,
        "ML210",
        "a question without an answer",
        "add `:::{answer}` … `:::` or, in a hand-written plan, `(Answer: …)`",
        "error" if reading.explicit else "warning",
    )
