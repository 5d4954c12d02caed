"""Lists of a hand-written outline: items that are questions, exercises or blocks leave them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from pipelines.contracts.blocks import Block, Blocks, Item, List
from pipelines.contracts.planning import SectionKind
from pipelines.contracts.spans import Voice
from pipelines.handwritten import calls, checks, exercise_heads, exercises, practice
from pipelines.handwritten.mistakes import misbelief
from pipelines.plan.blocks import typed
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading


class Lists(ABC):
    """What a walk through a section needs for its lists."""

    def __init__(self, reading: Reading, raws: list[Raw], kind: SectionKind) -> None:
        self.reading, self.raws, self.kind = reading, raws, kind
        self.practice = kind is SectionKind.PRACTICE
        self.alone = self.practice and not any(map(practice.is_exercise, raws))

    @abstractmethod
    def inside(self, item: Raw) -> Blocks:
        """Read the content of an item like a section of its own."""

    def exercise_head(self, text: str) -> exercise_heads.Head | None:
        found = exercise_heads.read_head(text) or exercise_heads.read_part_head(text)
        return found or (exercise_heads.read_practice_head(text) if self.practice else None)

    def items(self, raw: Raw) -> Blocks:
        """Items that are questions, exercises or layout blocks leave the list."""
        if self.practice and practice.holds_exercises(raw, alone=self.alone):
            return self.listed_exercises(raw)
        blocks: list[Block] = []
        items: list[Item] = []
        for index, child in enumerate(raw.children):
            number = raw.level + index if raw.level >= 0 else None
            special = self.special_item(child, number)
            if special is None:
                items.append(self.item(child))
            if special is not None or index == len(raw.children) - 1:
                if items:
                    blocks.append(self.listed(raw, items))
                    items = []
                blocks += special or ()
        return tuple(blocks)

    def listed_exercises(self, raw: Raw) -> Blocks:
        """Every item of a list is an exercise, by its number if it has no other."""
        found: list[Block] = []
        for offset, child in enumerate(raw.children):
            first, more = _first(child)
            number = raw.level + offset if raw.level >= 0 else None
            if first:
                head = exercise_heads.read_item_head(first.text, number)
                found.append(exercises.exercise(self.reading, head, first, more))
            else:
                found += typed(self.reading, child.children)
        return tuple(found)

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

    def special_item(self, item: Raw, number: int | None) -> Blocks | None:
        first, more = _first(item)
        if not first:
            return None
        if call := calls.read_call(first.text):
            return calls.block(self.reading, call, first, more)
        if head := self.exercise_head(first.text):
            head = replace(head, number=number) if head.number is None else head
            return (exercises.exercise(self.reading, head, first, more),)
        if self.kind is SectionKind.CHECK or checks.has_marked_answer(first.text):
            return self.question_item(first, more)
        return misbelief(self.reading, first) if not more else None

    def question_item(self, first: Raw, more: tuple[Raw, ...]) -> Blocks | None:
        texts = [p.text for one in more for i in one.children for p in i.children]
        if not checks.asks_here(first.text) and not any(map(checks.is_question, texts)):
            return None
        return (checks.question(self.reading, first, first.text, more),)

    def item(self, item: Raw) -> Item:
        nodes = self.inside(item)
        builder = bool(nodes) and all(node.voice is Voice.BUILDER for node in nodes)
        return Item(
            src=self.reading.src(item.line, item.end),
            voice=Voice.BUILDER if builder else Voice.STUDENT,
            nodes=nodes,
            ticked=item.ticked,
        )


def _first(item: Raw) -> tuple[Raw | None, tuple[Raw, ...]]:
    first, more = (item.children[0], item.children[1:]) if item.children else (None, ())
    return (first, more) if first and first.kind == "paragraph" else (None, ())
