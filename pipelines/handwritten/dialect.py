"""The outline of a hand-written plan → typed blocks, each with a voice.

Goes through raw blocks in order. The first rule that knows a block takes it, together with the
blocks after it that belong to it; `voice` decides about all the others.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipelines.contracts.blocks import Block, Blocks, Formula, Item, List, Paragraph
from pipelines.contracts.planning import SectionKind
from pipelines.contracts.spans import Voice
from pipelines.handwritten import checks, exercise_heads, exercises, layout_calls
from pipelines.handwritten.details import without_details
from pipelines.handwritten.misconceptions import read_address
from pipelines.handwritten.plain_math import whole_formula
from pipelines.handwritten.voice import (
    OVERRIDE_BUILDER,
    OVERRIDE_STUDENT,
    AudienceSplit,
    classify_audience,
    is_note,
)
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
    section = _Section(reading, [one for raw in raws for one in _lines(raw)], read_kind(title))
    return exercises.with_levels(reading, section.all(), exercises.given_levels(raws))


def _lines(raw: Raw) -> list[Raw]:
    """Cut a paragraph at its line ends where one line is a block, a formula or a key."""
    rows = raw.text.split("\n") if raw.kind == "paragraph" else []
    asked = len(rows) > 1 and all(_QUESTION.match(row) for row in rows)
    if len(rows) < 2 or not (asked or any(_stands_alone(row) for row in rows)):
        return [raw]
    return [Raw("paragraph", raw.line + i, raw.line + i, row) for i, row in enumerate(rows)]


def _stands_alone(line: str) -> bool:
    text = line.strip()
    return bool(layout_calls.read_call(text) or whole_formula(text) or _FORMULA_KEY.match(text))


class _Section:
    """Goes through the blocks of a section, or of an item that is read like one."""

    def __init__(self, reading: Reading, raws: list[Raw], kind: SectionKind) -> None:
        self.reading, self.raws, self.kind = reading, without_details(reading, raws), kind
        self.practice = kind is SectionKind.PRACTICE
        self.alone = self.practice and not any(map(exercises.is_exercise, raws))
        self.at = 0

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
            return exercises.table_exercises(self.reading, raw) or typed(self.reading, [raw])
        if raw.kind != "paragraph":
            return typed(self.reading, [raw])
        rules: tuple[Callable[[Raw], Blocks | None], ...] = (
            self.exercise,
            self.part,
            self.call,
            self.misconception,
            self.question,
            self.formula,
        )
        for rule in rules:
            blocks = rule(raw)
            if blocks is not None:
                return blocks
        return self.by_audience(raw)

    def following(self, *, empty: bool) -> list[Raw]:
        """Take what belongs to an exercise: its first paragraph, lists, code and fields."""
        taken: list[Raw] = []
        while self.at < len(self.raws):
            raw = self.raws[self.at]
            first = empty and not taken and raw.kind == "paragraph" and self.is_plain(raw)
            steps = raw.kind in ("list", "code") and not exercises.is_exercise(raw)
            if not (first or steps or exercises.is_field(raw)):
                break
            taken.append(raw)
            self.at += 1
        return taken

    def is_plain(self, raw: Raw) -> bool:
        """A paragraph that no rule would take."""
        special = (
            exercises.is_exercise(raw) or layout_calls.read_call(raw.text) or _PART.match(raw.text)
        )
        return not special and not classify_audience(raw.text, self.kind).noted

    def part(self, raw: Raw) -> Blocks | None:
        match = _PART.match(raw.text)
        if not match:
            return None
        head = subheading(self.reading, match["title"], raw.line)
        rest = match["rest"].strip(" :-–—")
        if rest.startswith("(") and rest.endswith(")") and not undecorated(f"x {rest}")[0][1:]:
            self.reading.label(raw.line, rest, raw.end)
            return (head,)
        return (head, *self.by_audience(replace(raw, text=rest))) if rest else (head,)

    def call(self, raw: Raw) -> Blocks | None:
        call = layout_calls.read_call(raw.text)
        if not call:
            return None
        following = self.raws[self.at] if self.at < len(self.raws) else None
        body: list[Raw] = []
        if layout_calls.takes_following(call, following) and following:
            body = [following]
            self.at += 1
        return layout_calls.called_block(self.reading, call, raw, body)

    def exercise(self, raw: Raw) -> Blocks | None:
        head = self.exercise_head(raw.text)
        if head:
            body = self.following(empty=not head.rest)
            return (exercises.make_exercise(self.reading, head, raw, body),)
        return exercises.prose_exercises(self.reading, raw) if self.practice else None

    def misconception(self, raw: Raw, more: Sequence[Raw] = ()) -> Blocks | None:
        """A mistake with what puts it right: never asserted."""
        found = read_address(self.reading, raw)
        if not found:
            return None
        below = _Section(self.reading, list(more), self.kind).all()
        if found.rest:
            below = self.by_audience(replace(raw, text=found.rest)) + below
        return (found.block(self.reading, raw, below),)

    def question(self, raw: Raw) -> Blocks | None:
        asks = self.kind is SectionKind.CHECK and checks.is_question(raw.text)
        following = self.raws[self.at] if self.at < len(self.raws) else None
        answered = "?" in raw.text and following is not None and checks.is_answer(following)
        if not (asks or answered or checks.has_marked_answer(raw.text)):
            return None
        if (
            checks.is_answer(raw)
            or classify_audience(raw.text, self.kind).rule == "question count"
        ):
            return None
        answers: list[Raw] = []
        while self.at < len(self.raws) and checks.is_answer(self.raws[self.at]):
            answers.append(self.raws[self.at])
            self.at += 1
        return (checks.read_check_question(self.reading, raw, raw.text, tuple(answers)),)

    def formula(self, raw: Raw) -> Blocks | None:
        text = raw.text.strip()
        if _FORMULA_KEY.match(text):
            return self.noted(AudienceSplit("", text, "builder key"), raw)
        tex = whole_formula(text)
        if not tex:
            return None
        src = self.reading.src(raw.line, raw.end)
        decision = f"mathematics: {tex}"
        self.reading.guess(raw.line, "formula", decision, text, "write it between `$$` lines")
        return (Formula(src=src, latex=tex, guessed=True, raw=text),)

    def by_audience(self, raw: Raw) -> Blocks:
        split = classify_audience(raw.text, self.kind)
        if not split.rule or split.rule == "quoted":
            return self.shown(split, raw)
        shown, noted = bool(split.shown), bool(split.noted)
        decision = "note with a quotation for the student" if shown and noted else "note"
        self.reading.guess(
            raw.line,
            split.rule,
            decision if noted else "shown",
            raw.text,
            OVERRIDE_STUDENT if noted else OVERRIDE_BUILDER,
        )
        return self.noted(split, raw) + self.shown(split, raw)

    def shown(self, split: AudienceSplit, raw: Raw) -> Blocks:
        return _voiced_paragraph(self.reading, raw, split.shown, Voice.STUDENT)

    def noted(self, split: AudienceSplit, raw: Raw) -> Blocks:
        return _voiced_paragraph(self.reading, raw, split.noted, Voice.BUILDER)

    # --- lists: items that are questions, exercises or layout blocks leave them ---

    def exercise_head(self, text: str) -> exercise_heads.Head | None:
        if is_note(text):
            return None
        found = exercise_heads.read_head(text) or exercise_heads.read_part_head(text)
        return found or (exercise_heads.read_practice_head(text) if self.practice else None)

    def items(self, raw: Raw) -> Blocks:
        """Items that are questions, exercises or layout blocks leave the list."""
        if self.practice and exercises.holds_exercises(raw, alone=self.alone):
            return self.listed_exercises(raw)
        raw = self.with_answers(raw)
        blocks: list[Block] = []
        items: list[Item] = []
        for index, child in enumerate(raw.children):
            number = raw.level + index if raw.level >= 0 else None
            special = self.special_item(child, number)
            if special is None:
                items.append(self.item(child))
            if special is not None or index == len(raw.children) - 1:
                if items:
                    blocks.append(self.listed_items(raw, items))
                    items = []
                blocks += special or ()
        return tuple(blocks)

    def with_answers(self, raw: Raw) -> Raw:
        """Put answers that are items of their own, or stand below the list, to their questions."""
        after = self.raws[self.at] if self.at < len(self.raws) else None
        below = [Raw("item", after.line, after.end, children=(after,))] if after else []
        children = checks.with_answers([*raw.children, *below])
        if below and children[-1] is below[0]:
            children.pop()
        elif below:
            self.at += 1
        return replace(raw, children=tuple(children))

    def listed_exercises(self, raw: Raw) -> Blocks:
        """Every item of a list is an exercise, by its number if it has no other."""
        found: list[Block] = []
        for offset, child in enumerate(raw.children):
            first, more = _first_paragraph(child)
            number = raw.level + offset if raw.level >= 0 else None
            if first and is_note(first.text):
                found += _Section(self.reading, list(child.children), self.kind).all()
            elif first:
                head = exercise_heads.read_item_head(first.text, number)
                found.append(exercises.make_exercise(self.reading, head, first, more))
            else:
                found += typed(self.reading, child.children)
        return tuple(found)

    def listed_items(self, raw: Raw, items: list[Item]) -> List:
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

    def special_item(self, item: Raw, number: int | None) -> Blocks | None:
        first, more = _first_paragraph(item)
        if not first:
            return None
        if call := layout_calls.read_call(first.text):
            return layout_calls.called_block(self.reading, call, first, more)
        if head := self.exercise_head(first.text):
            head = replace(head, number=number) if head.number is None else head
            return (exercises.make_exercise(self.reading, head, first, more),)
        answered = "?" in first.text and any(map(checks.is_answer, more))
        if self.kind is SectionKind.CHECK or answered or checks.has_marked_answer(first.text):
            return self.question_item(first, more)
        return self.misconception(first, more)

    def question_item(self, first: Raw, more: tuple[Raw, ...]) -> Blocks | None:
        texts = [p.text for one in more for i in one.children for p in i.children]
        if is_note(first.text):
            return None
        if not checks.asks_here(first.text) and not any(map(checks.is_question, texts)):
            return None
        return (checks.read_check_question(self.reading, first, first.text, more),)

    def item(self, item: Raw) -> Item:
        nodes = _Section(self.reading, list(item.children), self.kind).all()
        builder = bool(nodes) and all(node.voice is Voice.BUILDER for node in nodes)
        return Item(
            src=self.reading.src(item.line, item.end),
            voice=Voice.BUILDER if builder else Voice.STUDENT,
            nodes=nodes,
            ticked=item.ticked,
        )


def _first_paragraph(item: Raw) -> tuple[Raw | None, tuple[Raw, ...]]:
    first, more = (item.children[0], item.children[1:]) if item.children else (None, ())
    return (first, more) if first and first.kind == "paragraph" else (None, ())


def _voiced_paragraph(reading: Reading, raw: Raw, text: str, voice: Voice) -> Blocks:
    if not text.strip():
        return ()
    src = reading.src(raw.line, raw.end)
    return (Paragraph(src=src, voice=voice, spans=reading.spans(text, raw.line)),)
