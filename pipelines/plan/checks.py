"""Check questions of hand-written plans: `"…?" (Answer: …)` and the other ways to write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
        re.compile(
            r"(?:^|(?<=[\s.?!\"”(`]))(?:`?<details>`?:?\s*)?"
            r"(?:\*\*|\*)?Reveal(?: \([^)]*\))?:(?:\*\*|\*)?\s*",
            re.I,
        ),
        AnswerForm.REVEAL,
    ),
    (
        re.compile(r"(?:^|(?<=[\s.?!\"”]))(?:\*\*|\*)?Answer:(?:\*\*|\*)?\s*", re.I),
        AnswerForm.PLAIN,
    ),
)
_BARE = re.compile(r"[?\"”]\s*\((?=[^()]{3,})")
_PARTS = re.compile(r"(?:^|(?<=\s))\((?P<label>[a-z])\)\s+")
_ASKING = re.compile(
    r"\W*(?:explain|predict|describe|compute|calculate|name|list|sketch|draw|state|give|find"
    r"|decide|rank|order|match|identify|compare|estimate|classify|choose|true or false|which|why"
    r"|how|what)\b",
    re.IGNORECASE,
)


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
    for match in _BARE.finditer(text) if bare else ():
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


def asks_here(text: str) -> bool:
    """In a list of a check section an imperative asks as well."""
    return is_question(text) or bool(_ASKING.match(text))


def has_marked_answer(text: str) -> bool:
    """A question outside of check sections: its answer is in parentheses or has a label."""
    found = split_answer(text, bare=False)
    labelled = found.form is not AnswerForm.NONE and "?" in found.prompt and bool(found.answer)
    return (found.form is AnswerForm.PARENTHESIS and bool(found.prompt)) or labelled


def is_answer(raw: Raw) -> bool:
    """A paragraph that is nothing but an answer: `Answer: …` below its question."""
    if raw.kind != "paragraph":
        return False
    found = split_answer(raw.text, bare=False)
    return found.form is not AnswerForm.NONE and not found.prompt and bool(found.answer)


def question(reading: Reading, raw: Raw, text: str, more: tuple[Raw, ...] = ()) -> Question:
    """Make a question of a text and what stands under it; its answer may stand there too."""
    found = split_answer(text)
    form = found.form
    answer = _paragraph(reading, raw, found.answer)
    text, parts = _parts(reading, unquoted(found.prompt), raw.line)
    prompt = _paragraph(reading, raw, text)
    for one in _flat(more):
        hidden = split_answer(one.text, bare=False) if one.kind == "paragraph" else None
        label = _PARTS.match(one.text) if hidden else None
        if hidden and hidden.form is not AnswerForm.NONE:
            prompt += _paragraph(reading, one, hidden.prompt)
            answer += _paragraph(reading, one, hidden.answer)
            form = hidden.form if form is AnswerForm.NONE else form
        elif label and not answer:
            parts += (_part(reading, label["label"], one.text[label.end() :], one.line),)
        elif answer:
            answer += typed(reading, [one])
        else:
            prompt += typed(reading, [one])
    if not answer:
        no_answer(reading, raw.line)
    return Question(
        src=reading.src(raw.line, max([raw.end, *(one.end for one in more)])),
        prompt=prompt,
        parts=parts,
        answer=answer,
        answer_form=form,
    )


def _flat(more: Iterable[Raw]) -> Iterator[Raw]:
    """Yield what stands under a question, its lists as their items' blocks."""
    for child in more:
        if child.kind == "list":
            yield from (block for item in child.children for block in item.children)
        else:
            yield child


def _parts(reading: Reading, text: str, line: int) -> tuple[str, tuple[Part, ...]]:
    """Cut `(a) … (b) …` off a prompt, if they count from a."""
    pieces = _PARTS.split(text)
    labels = "".join(pieces[1::2])
    if len(labels) < 2 or not "abcdefghijklmnopqrstuvwxyz".startswith(labels):
        return text, ()
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    return pieces[0], tuple(_part(reading, label, words, line) for label, words in pairs)


def _part(reading: Reading, label: str, text: str, line: int) -> Part:
    return Part(label=label, spans=reading.spans(text.strip(), line))


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
