"""The outline of a hand-written plan → typed blocks, each with a voice.

Goes through raw blocks in order. The first rule that knows a block takes it, together with the
blocks after it that belong to it; `voice` decides about all the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from pipelines.contracts.plan import (
    Block,
    Blocks,
    Formula,
    Item,
    List,
    Paragraph,
    SectionKind,
    Voice,
)
from pipelines.plan import calls, checks, exercises
from pipelines.plan.blocks import spoken, subheading, typed
from pipelines.plan.markdown import Raw
from pipelines.plan.mistakes import misbelief
from pipelines.plan.plain_math import whole
from pipelines.plan.reading import Reading
from pipelines.plan.voice import OVERRIDE_BUILDER, OVERRIDE_STUDENT, Judgement, judge

_PART = re.compile(
    r"\*\*(?P<title>(?:Part [A-Z0-9]+|\d+[a-z]|[A-Z]|\([a-z]\))[.:)]?\s+[^*]+)\*\*(?P<rest>.*)",
    re.S,
)
_OVERRIDE = re.compile(r"\s*(?P<voice>builder|student):\s*(?P<text>.*)", re.I | re.S)
_FORMULA_KEY = re.compile(r"^(?:formula|equation|loss):$", re.IGNORECASE)


def read_dialect(reading: Reading, raws: tuple[Raw, ...], kind: SectionKind) -> Blocks:
    """Read the content of one section, or of the outline's introduction."""
    walk = _Walk(reading, [one for raw in raws for one in _lines(raw)], kind)
    return walk.all()


def _lines(raw: Raw) -> list[Raw]:
    """Cut a paragraph at its line ends where one line is a block, a formula or a key."""
    rows = raw.text.split("\n") if raw.kind == "paragraph" else []
    if len(rows) < 2 or not any(_stands_alone(row) for row in rows):
        return [raw]
    return [Raw("paragraph", raw.line + i, raw.line + i, row) for i, row in enumerate(rows)]


def _stands_alone(line: str) -> bool:
    text = line.strip()
    return bool(calls.read_call(text) or whole(text) or _FORMULA_KEY.match(text))


class _Walk:
    def __init__(self, reading: Reading, raws: list[Raw], kind: SectionKind) -> None:
        self.reading, self.raws, self.kind = reading, raws, kind
        self.at = 0

    def all(self) -> Blocks:
        blocks: list[Block] = []
        while self.at < len(self.raws):
            raw = self.raws[self.at]
            self.at += 1
            blocks += self.one(raw)
        return tuple(blocks)

    def one(self, raw: Raw) -> Blocks:
        if raw.kind == "quote":
            return self.quote(raw)
        if raw.kind == "list":
            return self.items(raw)
        if raw.kind != "paragraph":
            return typed(self.reading, [raw])
        rules: tuple[Callable[[Raw], Blocks | None], ...] = (
            self.part,
            self.call,
            self.exercise,
            partial(misbelief, self.reading),
            self.question,
            self.formula,
        )
        for rule in rules:
            blocks = rule(raw)
            if blocks is not None:
                return blocks
        return self.judged(raw)

    def following(self, kind: str) -> list[Raw]:
        """Take the next block if it is of this kind."""
        if self.at < len(self.raws) and self.raws[self.at].kind == kind:
            self.at += 1
            return [self.raws[self.at - 1]]
        return []

    def quote(self, raw: Raw) -> Blocks:
        """`> builder: …` and `> student: …` overrule every guess; other quotations stay."""
        first = raw.children[0] if raw.children else None
        match = _OVERRIDE.match(first.text) if first and first.kind == "paragraph" else None
        if not first or not match:
            return typed(self.reading, [raw])
        raws = [replace(first, text=match["text"]), *raw.children[1:]]
        return spoken(typed(self.reading, raws), Voice(match["voice"].lower()))

    def part(self, raw: Raw) -> Blocks | None:
        match = _PART.match(raw.text)
        if not match:
            return None
        head = subheading(self.reading, match["title"], raw.line)
        rest = match["rest"].strip(" :-–—")
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
        head = exercises.read_head(raw.text)
        if not head:
            return None
        body = self.following("list")
        while body and (code := self.following("code")):
            body += code
        return (exercises.exercise(self.reading, head, raw, body),)

    def question(self, raw: Raw) -> Blocks | None:
        asks = self.kind is SectionKind.CHECK and checks.is_question(raw.text)
        if not asks and not checks.has_marked_answer(raw.text):
            return None
        if judge(raw.text, self.kind).rule == "question count":
            return None
        return (checks.question(self.reading, raw, raw.text),)

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
        return (Formula(src=src, latex=tex, guessed=True),)

    def items(self, raw: Raw) -> Blocks:
        """Items that are questions, exercises or layout blocks leave the list."""
        blocks: list[Block] = []
        items: list[Item] = []
        for index, child in enumerate(raw.children):
            special = self.special_item(child)
            if special is None:
                items.append(self.item(child))
            if special is not None or index == len(raw.children) - 1:
                if items:
                    blocks.append(self.listed(raw, items))
                    items = []
                blocks += special or ()
        return tuple(blocks)

    def listed(self, raw: Raw, items: list[Item]) -> List:
        src = self.reading.src(items[0].src.line, items[-1].src.end)
        builder = all(one.voice is Voice.BUILDER for one in items)
        before = sum(child.line < items[0].src.line for child in raw.children)
        return List(
            src=src,
            voice=Voice.BUILDER if builder else Voice.STUDENT,
            ordered=raw.level >= 0,
            start=max(raw.level, 0) + (before if raw.level >= 0 else 0),
            items=tuple(items),
        )

    def special_item(self, item: Raw) -> Blocks | None:
        first, more = _first(item)
        if not first:
            return None
        if call := calls.read_call(first.text):
            return calls.block(self.reading, call, first, more)
        if head := exercises.read_head(first.text):
            return (exercises.exercise(self.reading, head, first, more),)
        if self.kind is SectionKind.CHECK or checks.has_marked_answer(first.text):
            return self.question_item(first, more)
        return misbelief(self.reading, first) if not more else None

    def question_item(self, first: Raw, more: tuple[Raw, ...]) -> Blocks | None:
        texts = [first.text, *(p.text for one in more for i in one.children for p in i.children)]
        if not any(checks.is_question(text) for text in texts):
            return None
        return (checks.question(self.reading, first, first.text, more),)

    def item(self, item: Raw) -> Item:
        nodes = _Walk(self.reading, list(item.children), self.kind).all()
        builder = bool(nodes) and all(node.voice is Voice.BUILDER for node in nodes)
        return Item(
            src=self.reading.src(item.line, item.end),
            voice=Voice.BUILDER if builder else Voice.STUDENT,
            nodes=nodes,
            ticked=item.ticked,
        )

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


def _first(item: Raw) -> tuple[Raw | None, tuple[Raw, ...]]:
    first, more = (item.children[0], item.children[1:]) if item.children else (None, ())
    return (first, more) if first and first.kind == "paragraph" else (None, ())


def _paragraph(reading: Reading, raw: Raw, text: str, voice: Voice) -> Blocks:
    if not text.strip():
        return ()
    src = reading.src(raw.line, raw.end)
    return (Paragraph(src=src, voice=voice, spans=reading.spans(text, raw.line)),)
