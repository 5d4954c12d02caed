"""The places that a reviewer can remark on: each with its link, its first words, its digests.

A spot's numbers are written down, each once. Those that hang on the clock are left out, for they
differ from build to build, and so are those of a trial build, which mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from html import unescape
from urllib.parse import quote

from pipelines.blocks.figure import FigureRequest
from pipelines.contracts.blocks import Block, Blocks, Paragraph, walk
from pipelines.contracts.measurement import Fact
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Section
from pipelines.contracts.spans import Text, Voice
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.environment import environment
from pipelines.pages.mentions import Uses
from pipelines.pages.page import Page, new_page
from pipelines.pages.places import find_places
from pipelines.pages.register import Quoted
from pipelines.pages.review.shown import drawn_numbers, shown_number
from pipelines.pages.sources import Sources
from pipelines.pages.timing_mask import blank_timings
from pipelines.rounds.contents import BEGINNING, Contents, Spot, contents_of, title_of
from pipelines.rounds.register import Seal
from pipelines.rounds.shown import Shown, written

_WORDS = 150  # characters of a spot that are shown
_UNSAID = re.compile(r"<(annotation|button|small|svg|pre)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_FOUND = 4  # words are enough for a browser to find a paragraph


@dataclass
class _Watched(Page):
    """A page that keeps the numbers it is asked to show, those on the clock left out."""

    shown: dict[str, Shown] = field(default_factory=dict)

    def mention(
        self, source: Quoted | Fact, anchor: str, text: str, *, in_cell: bool = False
    ) -> None:
        super().mention(source, anchor, text, in_cell=in_cell)
        if isinstance(source, Fact) or not source.timed:
            name = source.id if isinstance(source, Fact) else source.key
            self.shown.setdefault(name, shown_number(source, text))


@dataclass(frozen=True)
class SpotView:
    """A spot as the review page lists it; `href` leads to it, `words` are its first."""

    spot: Spot
    href: str
    label: str
    words: str
    seal: Seal
    shown: tuple[Shown, ...] = ()

    @property
    def is_section(self) -> bool:
        """Whether it is a section as a whole, the introduction too."""
        return self.spot.node is None or isinstance(self.spot.node, Section)


@dataclass(frozen=True)
class SpotViews:
    """All spots of a page by name, and the version that their digests belong to."""

    contents: Contents
    views: dict[str, SpotView]

    @property
    def values(self) -> dict[str, tuple[Shown, ...]]:
        """The numbers of each spot that shows any."""
        return {name: one.shown for name, one in self.views.items() if one.shown}

    @property
    def by_section(self) -> list[tuple[SpotView, list[SpotView]]]:
        """Each section with what stands in it."""
        found: list[tuple[SpotView, list[SpotView]]] = []
        for one in self.views.values():
            if one.is_section:
                found.append((one, []))
            else:
                found[-1][1].append(one)
        return found


def spot_views(plan: LessonPlan, page: Page) -> SpotViews:
    """Return the spots of a lesson's page with what they show in this build."""
    contents = contents_of(plan)
    setting = _Setting(plan, page)
    views = {name: setting.view(spot, contents) for name, spot in contents.spots.items()}
    return SpotViews(contents, views)


def values_of(plan: LessonPlan, sources: Sources) -> dict[str, tuple[Shown, ...]]:
    """Return the numbers of each spot of a lesson's page, without making it."""
    return spot_views(plan, new_page(plan.file, sources, find_places(plan))).values


@dataclass(frozen=True)
class _Shown:
    """What a block looks like: its HTML, and its numbers by name; None where one is missing."""

    html: str
    numbers: dict[str, Shown] | None


class _Setting:
    """Sets each block of the page once more, beside it, and watches which numbers it shows."""

    def __init__(self, plan: LessonPlan, page: Page) -> None:
        self.intro = plan.design.outline.intro if plan.design.outline else ()
        self.page = page
        kept = {one.name: getattr(page, one.name) for one in fields(Page)}
        kept |= {"problems": [], "scripts": set(), "uses": Uses(), "gathered": None}
        self.watched = _Watched(**kept)
        self.setter = BlockSetter(self.watched, environment())
        self.known: dict[int, _Shown] = {}

    def view(self, spot: Spot, contents: Contents) -> SpotView:
        """Return a spot as the page lists it."""
        shown = [self.shown(block) for block in self.blocks(spot)]
        words = title_of(spot) or _first_words(" ".join(one.html for one in shown))
        told = self.page.sources.ledger.publish and all(one.numbers is not None for one in shown)
        known: dict[str, Shown] = {}
        for one in shown:
            known = {**(one.numbers or {}), **known}
        numbers = tuple(known.values()) if told else ()
        seal, href = Seal(spot.digest, written(numbers)), self.href(spot, contents, words)
        return SpotView(spot, href, self.label(spot), words, seal, numbers)

    def blocks(self, spot: Spot) -> Blocks:
        nodes = self.intro if spot.node is None else getattr(spot.node, "nodes", ())
        if isinstance(spot.node, Block):
            return (spot.node,)
        return tuple(node for node in nodes if node.voice is Voice.STUDENT)

    def shown(self, block: Block) -> _Shown:
        if id(block) not in self.known:
            self.watched.shown, self.watched.problems = {}, []
            html = self.setter.block(block)
            numbers = self.watched.shown | dict(self.drawn(block))
            lacking = bool(self.watched.problems)
            self.known[id(block)] = _Shown(html, None if lacking else numbers)
        return self.known[id(block)]

    def drawn(self, block: Block) -> Iterator[tuple[str, Shown]]:
        """Yield the numbers behind the figures of a block, each with a name of its own."""
        for one in walk(block):
            if not isinstance(one, FigureRequest):
                continue
            figure = self.page.sources.figures.get(one.id)
            if figure and not figure.description.timed:
                numbers = drawn_numbers(figure.description.table)
                yield from ((f"{one.id}#{place}", shown) for place, shown in enumerate(numbers))

    def label(self, spot: Spot) -> str:
        place = self.page.places.of_block.get(id(spot.node))
        if not place or isinstance(spot.node, Section):
            return spot.label
        around = f"section {spot.section}" if spot.section else BEGINNING
        return f"{around}, {'formula ' * place.label.startswith('(')}{place.label}"

    def href(self, spot: Spot, contents: Contents, words: str) -> str:
        """Return a link to a spot; a paragraph has no anchor, and is found by its first words."""
        place = self.page.places.of_block.get(id(spot.node))
        if place:
            return f"index.html#{place.anchor}"
        around = contents.spots.get(spot.name.partition("/")[0])
        section = self.page.places.of_block.get(id(around.node)) if around else None
        anchor = section.anchor if section else "content"
        return f"index.html#{anchor}{_fragment(spot.node)}"


def _fragment(node: Block | Section | None) -> str:
    first = node.spans[0] if isinstance(node, Paragraph) and node.spans else None
    words = first.text.split()[:_FOUND] if isinstance(first, Text) else []
    text = quote(" ".join(words), safe="").replace("-", "%2D")
    return f":~:text={text}" if len(words) == _FOUND else ""


def _first_words(html: str) -> str:
    text = " ".join(unescape(_TAG.sub(" ", _UNSAID.sub(" ", blank_timings(html)))).split())
    text = re.sub(r" (?=[.,;:!?])", "", text)
    return text if len(text) <= _WORDS else f"{text[: _WORDS - 1].rstrip()}…"
