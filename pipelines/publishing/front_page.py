"""The module's index as a build stands, and what stands in for pages that are not there."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.measurement import Ledger
from pipelines.module.catalog import Catalog, read_catalog
from pipelines.module.sources import load_glossary, load_references
from pipelines.pages.environment import STATIC
from pipelines.pages.render import render_index, render_placeholder
from pipelines.pages.sources import Sources
from pipelines.publishing.page_inputs import EMPTY, ledger_at_hand, lesson_plans, module_info
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
            strict=False,
        )

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
            plans = lesson_plans(self.catalog)
            index = render_index(self.catalog.module, plans, self.index_sources, found)
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
