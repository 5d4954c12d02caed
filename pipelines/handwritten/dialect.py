"""The outline of a hand-written plan → typed blocks, each with a voice.

Goes through raw blocks in order. The first rule that knows a block takes it, together with the
blocks after it that belong to it; `voice` decides about all the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from pipelines.contracts.blocks import Block, Blocks, Formula, Paragraph
from pipelines.contracts.planning import SectionKind
from pipelines.contracts.spans import Voice
from pipelines.handwritten import calls, checks, exercise_heads, exercises, practice
from pipelines.handwritten.items import Lists
from pipelines.handwritten.mistakes import misbelief
from pipelines.handwritten.plain_math import whole
from pipelines.handwritten.voice import OVERRIDE_BUILDER, OVERRIDE_STUDENT, Judgement, judge
from pipelines.plan.blocks import subheading, typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import read_kind, undecorated

_PART = re.compile(
    r"\*\*(?P<title>(?:Part [A-Z0-9]+|\d+[a-z]|[A-Z]|\([a-z]\))(?:[.:)]|\s*--|\s*—)?\s+[^*]+"
    r"|Part [A-Z0-9]+[.:]?)\*\*(?P<rest>.*)",
    re.S,
)
_QUESTION = re.compile(r"\**(?:Q|Question )\d+[.:)]")
_FORMULA_KEY = re.compile(r"^(?:formula|equation|loss):$", re.IGNORECASE)


def read_dialect(reading: Reading, raws: Sequence[Raw], title: str) -> Blocks:
    """Read the content of one section, or of the outline's introduction."""
    walk = _Walk(reading, [one for raw in raws for one in _lines(raw)], read_kind(title))
    return practice.with_levels(reading, walk.all(), practice.given_levels(raws))


def _lines(raw: Raw) -> list[Raw]:
    """Cut a paragraph at its line ends where one line is a block, a formula or a key."""
    rows = raw.text.split("\n") if raw.kind == "paragraph" else []
    asked = len(rows) > 1 and all(_QUESTION.match(row) for row in rows)
    if len(rows) < 2 or not (asked or any(_stands_alone(row) for row in rows)):
        return [raw]
    return [Raw("paragraph", raw.line + i, raw.line + i, row) for i, row in enumerate(rows)]


def _stands_alone(line: str) -> bool:
    text = line.strip()
    return bool(calls.read_call(text) or whole(text) or _FORMULA_KEY.match(text))


class _Walk(Lists):
    at = 0

    def inside(self, item: Raw) -> Blocks:
        return _Walk(self.reading, list(item.children), self.kind).all()

    def all(self) -> Blocks:
        blocks: list[Block] = []
        while self.at < len(self.raws):
            raw = self.raws[self.at]
            self.at += 1
            blocks += self.one(raw)
        return tuple(blocks)

    def one(self, raw: Raw) -> Blocks:
        if raw.kind == "list":
            return self.items(raw)
        if raw.kind == "heading" and exercise_heads.read_head(raw.text):
            return self.exercise(raw) or ()
        if raw.kind == "heading" and self.kind is SectionKind.CHECK and "?" in raw.text:
            return self.question(raw) or typed(self.reading, [raw])
        if raw.kind == "table" and self.practice:
            return practice.table(self.reading, raw) or typed(self.reading, [raw])
        if raw.kind != "paragraph":
            return typed(self.reading, [raw])
        rules: tuple[Callable[[Raw], Blocks | None], ...] = (
            self.exercise,
            self.part,
            self.call,
            partial(misbelief, self.reading),
            self.question,
            self.formula,
        )
        for rule in rules:
            blocks = rule(raw)
            if blocks is not None:
                return blocks
        return self.judged(raw)

    def following(self, *, empty: bool) -> list[Raw]:
        """Take what belongs to an exercise: its first paragraph, lists, code and fields."""
        taken: list[Raw] = []
        while self.at < len(self.raws):
            raw = self.raws[self.at]
            first = empty and not taken and raw.kind == "paragraph" and self.is_plain(raw)
            steps = raw.kind in ("list", "code") and not practice.is_exercise(raw)
            if not (first or steps or exercises.is_field(raw)):
                break
            taken.append(raw)
            self.at += 1
        return taken

    def is_plain(self, raw: Raw) -> bool:
        """A paragraph that no rule would take."""
        special = practice.is_exercise(raw) or calls.read_call(raw.text) or _PART.match(raw.text)
        return not special and not judge(raw.text, self.kind).noted

    def part(self, raw: Raw) -> Blocks | None:
        match = _PART.match(raw.text)
        if not match:
            return None
        head = subheading(self.reading, match["title"], raw.line)
        rest = match["rest"].strip(" :-–—")
        if rest.startswith("(") and rest.endswith(")") and not undecorated(f"x {rest}")[0][1:]:
            self.reading.label(raw.line, rest, raw.end)
            return (head,)
        return (head, *self.judged(replace(raw, text=rest))) if rest else (head,)

    def call(self, raw: Raw) -> Blocks | None:
        call = calls.read_call(raw.text)
        if not call:
            return None
        following = self.raws[self.at] if self.at < len(self.raws) else None
        body: list[Raw] = []
        if calls.takes_following(call, following) and following:
            body = [following]
            self.at += 1
        return calls.block(self.reading, call, raw, body)

    def exercise(self, raw: Raw) -> Blocks | None:
        head = self.exercise_head(raw.text)
        if head:
            body = self.following(empty=not head.rest)
            return (exercises.exercise(self.reading, head, raw, body),)
        return practice.prose(self.reading, raw) if self.practice else None

    def question(self, raw: Raw) -> Blocks | None:
        asks = self.kind is SectionKind.CHECK and checks.is_question(raw.text)
        if not asks and not checks.has_marked_answer(raw.text):
            return None
        if checks.is_answer(raw) or judge(raw.text, self.kind).rule == "question count":
            return None
        answers: list[Raw] = []
        while self.at < len(self.raws) and checks.is_answer(self.raws[self.at]):
            answers.append(self.raws[self.at])
            self.at += 1
        return (checks.question(self.reading, raw, raw.text, tuple(answers)),)

    def formula(self, raw: Raw) -> Blocks | None:
        text = raw.text.strip()
        if _FORMULA_KEY.match(text):
            return self.noted(Judgement("", text, "builder key"), raw)
        tex = whole(text)
        if not tex:
            return None
        src = self.reading.src(raw.line, raw.end)
        decision = f"mathematics: {tex}"
        self.reading.guess(raw.line, "formula", decision, text, "write it between `$$` lines")
        return (Formula(src=src, latex=tex, guessed=True, raw=text),)

    def judged(self, raw: Raw) -> Blocks:
        judgement = judge(raw.text, self.kind)
        if not judgement.rule or judgement.rule == "quoted":
            return self.shown(judgement, raw)
        shown, noted = bool(judgement.shown), bool(judgement.noted)
        decision = "note with a quotation for the student" if shown and noted else "note"
        self.reading.guess(
            raw.line,
            judgement.rule,
            decision if noted else "shown",
            raw.text,
            OVERRIDE_STUDENT if noted else OVERRIDE_BUILDER,
        )
        return self.noted(judgement, raw) + self.shown(judgement, raw)

    def shown(self, judgement: Judgement, raw: Raw) -> Blocks:
        return _paragraph(self.reading, raw, judgement.shown, Voice.STUDENT)

    def noted(self, judgement: Judgement, raw: Raw) -> Blocks:
        return _paragraph(self.reading, raw, judgement.noted, Voice.BUILDER)


def _paragraph(reading: Reading, raw: Raw, text: str, voice: Voice) -> Blocks:
    if not text.strip():
        return ()
    src = reading.src(raw.line, raw.end)
    return (Paragraph(src=src, voice=voice, spans=reading.spans(text, raw.line)),)
