"""Check questions of hand-written plans: `"…?" (Answer: …)` and the other ways to write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.blocks.question import AnswerForm, Part, Question, no_answer
from pipelines.contracts.blocks import Blocks, Paragraph
from pipelines.contracts.spans import Voice
from pipelines.handwritten.quotations import unquoted
from pipelines.plan.blocks import typed, with_voice
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading

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
# a parenthesis that says how to ask, and answers nothing
_FORM_NOTE = re.compile(
    r"\W*(?:predict-and-[\w-]+|predict-before-[\w-]+|multiple[- ]choice|open[- ]ended"
    r"|think[- ]pair[- ]share|short[- ]answer|free[- ](?:response|text)"
    r"|(?:transfer|follow-?up|conceptual|recall|reflection|comprehension|quick|warm-?up|application"
    r"|synthesis|prediction|diagnostic|discussion|rhetorical|check) (?:question|check|prompt))\b"
    r"|.*\b(?:collapsible|drop-?down|click[- ]to|spoiler|widget)\b",
    re.IGNORECASE | re.DOTALL,
)
_PARTS = re.compile(r"(?:^|(?<=\s))\((?P<label>[a-z])\)\s+")
_PART = re.compile(r"\(?(?P<label>[a-h])[.)]\s+")
_ASKING = re.compile(
    r"\W*(?:given\b.*,\s|consider|suppose|imagine|write|sort|fill in|complete|solve|determine"
    r"|evaluate|justify|argue|propose|prove|explain|predict|describe|compute|calculate|name|list|sketch|draw|state|give|find"
    r"|decide|rank|order|match|identify|compare|estimate|classify|choose|true or false|which|why"
    r"|how|what)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Split:
    """A question's text cut in two; `note` tells the builder how to ask."""

    prompt: str
    answer: str
    form: AnswerForm
    note: str = ""


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
            prompt = text[: match.end() - 1].strip()
            if _FORM_NOTE.match(answer):
                return Split(prompt, "", AnswerForm.NONE, answer)
            return Split(prompt, answer.strip(), AnswerForm.BARE)
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
    return found.form is not AnswerForm.NONE or bool(found.note) or "?" in text


def asks_here(text: str) -> bool:
    """In a list of a check section an imperative asks as well."""
    return is_question(text) or bool(_ASKING.match(text))


def has_marked_answer(text: str) -> bool:
    """A question outside of check sections: its answer is in parentheses or has a label."""
    found = split_answer(text, bare=False)
    labelled = found.form is not AnswerForm.NONE and "?" in found.prompt and bool(found.answer)
    return (found.form is AnswerForm.PARENTHESIS and bool(found.prompt)) or labelled


def is_answer(raw: Raw) -> bool:
    """A block that is nothing but an answer: `Answer: …` below its question, or a list of such."""
    if raw.kind == "list":
        return all(item.children and is_answer(item.children[0]) for item in raw.children)
    if raw.kind != "paragraph":
        return False
    found = split_answer(raw.text, bare=False)
    return found.form is not AnswerForm.NONE and not found.prompt and bool(found.answer)


def with_answers(items: Sequence[Raw]) -> list[Raw]:
    """Put an item that is nothing but an answer below the question before it."""
    found: list[Raw] = []
    for one in items:
        if found and one.children and is_answer(one.children[0]) and _lacks_answer(found[-1]):
            before = found[-1]
            found[-1] = replace(before, end=one.end, children=(*before.children, *one.children))
        else:
            found.append(one)
    return found


def _lacks_answer(item: Raw) -> bool:
    first, *more = item.children or (item,)
    asks = first.kind == "paragraph" and "?" in first.text
    return asks and not split_answer(first.text).answer and not any(map(is_answer, more))


def read_check_question(
    reading: Reading, raw: Raw, text: str, more: tuple[Raw, ...] = ()
) -> Question:
    """Make a question of a text and what stands under it; its answer may stand there too."""
    found = _Found(reading, raw, text)
    for depth, block in _flat(more, 0):
        found.take(block, depth)
    if not found.answer and not (found.parts and all(part.answer for part in found.parts)):
        no_answer(reading, raw.line)
    return Question(
        src=reading.src(raw.line, max([raw.end, *(one.end for one in more)])),
        prompt=found.prompt,
        parts=tuple(found.parts),
        answer=found.answer,
        answer_form=found.form if found.answer else AnswerForm.NONE,
    )


class _Found:
    """What a question is made of: grows with each block that belongs to it."""

    def __init__(self, reading: Reading, raw: Raw, text: str) -> None:
        self.reading = reading
        self.depth = 0  # of the last part
        pieces = _own_answers(text)
        split = Split(pieces[0], "", AnswerForm.NONE) if pieces else split_answer(text)
        self.form = split.form
        prompt, *parts = pieces or _pieces(unquoted(split.prompt))
        whole, answers = _shared(split.answer, parts[::2])
        self.answer = _answer_paragraph(reading, raw, whole)
        self.prompt = _answer_paragraph(reading, raw, prompt)
        if split.note:
            self.prompt += with_voice(_answer_paragraph(reading, raw, split.note), Voice.BUILDER)
        self.parts = [
            self.part(raw, label, words, answers.get(label, ""), split.form)
            for label, words in zip(parts[::2], parts[1::2], strict=True)
        ]

    def part(self, raw: Raw, label: str, text: str, answer: str, form: AnswerForm) -> Part:
        split = Split(text, answer, form) if answer else split_answer(text)
        return Part(
            label=label,
            spans=self.reading.spans(unquoted(split.prompt.strip()), raw.line),
            answer=_answer_paragraph(self.reading, raw, split.answer),
            answer_form=split.form if split.answer else AnswerForm.NONE,
        )

    def take(self, raw: Raw, depth: int) -> None:
        """Add a block below the question: a part, an answer, or more of either."""
        words = raw.text if raw.kind == "paragraph" else ""
        label = _PART.match(words)
        following = "abcdefgh"[len(self.parts) : len(self.parts) + 1]
        if label and label["label"] == following and not self.answer:
            text = words[label.end() :]
            self.parts.append(self.part(raw, label["label"], text, "", AnswerForm.NONE))
            self.depth = depth
            return
        hidden = split_answer(words, bare=False) if words else None
        if hidden and hidden.form is not AnswerForm.NONE:
            self.hidden(raw, hidden, depth)
        elif self.answer:
            self.answer += typed(self.reading, [raw])
        else:
            self.prompt += typed(self.reading, [raw])

    def hidden(self, raw: Raw, hidden: Split, depth: int) -> None:
        """Add an answer: to the part that it stands below, to several by label, or to all."""
        last = self.parts[-1] if self.parts else None
        whole, answers = _shared(hidden.answer, [part.label for part in self.parts])
        if last and depth > self.depth and not last.answer and not hidden.prompt and not answers:
            answers, whole = {last.label: hidden.answer}, ""
        self.parts = [self.answered(raw, part, answers, hidden.form) for part in self.parts]
        self.prompt += _answer_paragraph(self.reading, raw, hidden.prompt)
        self.answer += _answer_paragraph(self.reading, raw, whole)
        if whole and self.form is AnswerForm.NONE:
            self.form = hidden.form

    def answered(self, raw: Raw, part: Part, answers: dict[str, str], form: AnswerForm) -> Part:
        if part.label not in answers:
            return part
        answer = part.answer + _answer_paragraph(self.reading, raw, answers[part.label])
        return replace(part, answer=answer, answer_form=form)


def _own_answers(text: str) -> list[str]:
    """Cut `(a) …? (Answer: …) (b) …? (Answer: …)` at its labels, [] if not each has its own."""
    pieces = _pieces(text)
    forms = [split_answer(piece).form for piece in pieces[2::2]]
    before = split_answer(pieces[0]).form
    own = before is AnswerForm.NONE and sum(form is not AnswerForm.NONE for form in forms) > 1
    return pieces if own else []


def _pieces(text: str) -> list[str]:
    """Cut `… (a) … (b) …` at its labels, if they count from a: text, label, text, label, …"""
    pieces = _PARTS.split(text)
    labels = "".join(pieces[1::2])
    counting = len(labels) > 1 and "abcdefghijklmnopqrstuvwxyz".startswith(labels)
    return pieces if counting else [text]


def _shared(answer: str, labels: list[str]) -> tuple[str, dict[str, str]]:
    """Cut an answer `(a) … (b) …` for the parts; what stands before them is for the whole."""
    before, *pieces = _PARTS.split(answer)
    if not labels or not pieces or not set(pieces[::2]) <= set(labels):
        return answer, {}
    texts = (piece.strip(" ,;") for piece in pieces[1::2])
    return before.strip(), dict(zip(pieces[::2], texts, strict=True))


def _flat(more: Iterable[Raw], depth: int) -> Iterator[tuple[int, Raw]]:
    """Yield what stands under a question with its depth, its lists as their items' blocks."""
    for child in more:
        if child.kind == "list":
            for item in child.children:
                yield from _flat(item.children, depth + 1)
        else:
            yield depth, child


def _answer_paragraph(reading: Reading, raw: Raw, text: str) -> Blocks:
    text = unquoted(text)
    if not text:
        return ()
    src = reading.src(raw.line, raw.end)
    return (Paragraph(src=src, spans=reading.spans(text, raw.line)),)
