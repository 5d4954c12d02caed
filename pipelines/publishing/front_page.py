"""The module's index as a build stands, and what stands in for pages that are not there."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.contracts.card import LessonCard, load_card
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import write_text
from pipelines.contracts.measurement import Ledger
from pipelines.module.catalog import Catalog, read_catalog
from pipelines.module.sources import load_glossary, load_references
from pipelines.pages.environment import STATIC
from pipelines.pages.index import Shown, render_index, render_placeholder
from pipelines.pages.sources import LessonState, Sources
from pipelines.publishing.page_inputs import (
    EMPTY,
    ledger_at_hand,
    lesson_plans,
    module_info,
    today,
)
from pipelines.publishing.site import put, put_text
from pipelines.publishing.states import states


@dataclass(frozen=True)
class FrontPage:
    """What the index of a build is made from. `failed`: what is pending has failed."""

    module: Path
    build: Path
    preset: str
    failed: bool = False

    @cached_property
    def catalog(self) -> Catalog:
        """What the plans of the module ask for."""
        return read_catalog(self.module.parent)

    @cached_property
    def index_sources(self) -> Sources:
        """What the page may show: the measurements so far, references, glossary."""
        folder = self.module.parent
        references = load_references(folder / "references.bib")
        glossary = folder / "glossary.yaml"
        return Sources(
            ledger=self._ledger(),
            module=module_info(self.catalog),
            references=references,
            glossary=load_glossary(glossary, references) if glossary.is_file() else (),
            date=today(),
            strict=False,
        )

    def _cards(self, found: Mapping[str, LessonState]) -> dict[str, LessonCard]:
        """Return the cards of the lessons whose pages are there."""
        cards = {}
        for lesson in (lesson for lesson, state in found.items() if state.page):
            with suppress(OSError):  # a job that renders it anew has just removed it
                cards[lesson] = load_card(self.build / f"draft/{lesson}/card.json")
        return cards

    def _ledger(self) -> Ledger:
        """Return what has been measured so far, with the stamp of this build's preset."""
        publish = PRESETS[self.preset].publish
        try:
            at_hand = ledger_at_hand(self.build)
        except (OSError, ValueError):  # a job that begins has just removed what was listed
            at_hand = EMPTY
        return at_hand.model_copy(update={"preset": self.preset, "publish": publish})

    def write(self, new: Path, finished: Path | None = None) -> None:
        """Put index, stylesheet and placeholders into a renewed site.

        Args:
            finished: The index of a build that is complete, if this one is.
        """
        found = states(self.build, list(self.catalog.lessons), new, self.failed)
        if finished:
            put(new, "index.html", finished)
        else:
            shown = Shown(lesson_plans(self.catalog), found, self._cards(found))
            index = render_index(self.catalog.module, shown, self.index_sources)
            put_text(new, "index.html", index)
        for lesson, state in found.items():
            if not state.page:
                title = self.catalog.lessons[lesson].title or lesson
                put_text(
                    new,
                    f"{lesson}/index.html",
                    render_placeholder(title, self.index_sources, state),
                )
        for file in STATIC.iterdir():
            put(new, f"static/{file.name}", file)


def write_static(files: Iterable[Path]) -> None:
    """Write what stands beside all pages (style, scripts, font) to the files of their names."""
    for file in files:
        write_text(file, (STATIC / file.name).read_text(encoding="utf-8"))
