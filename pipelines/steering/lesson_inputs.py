"""What the rules for figures, programs and pages read, and with which parameters they run."""

from __future__ import annotations

import json
from typing import Any

from pipelines.contracts.figure import FORM_NAMES
from pipelines.contracts.names import LESSON_PAGES
from pipelines.figure_registry import FIGURES
from pipelines.graph import content, input_functions
from pipelines.module.build_catalog import FigureUse, LessonEntry, ListingUse
from pipelines.module.listings import listing_file
from pipelines.steering.build import TIMING_SUFFIX, Build
from pipelines.steering.exercise_inputs import ExerciseInputs
from pipelines.steering.template_files import templates

_DRAWN = (*(f"{form}.svg" for form in FORM_NAMES), "png", "csv", "json")


@input_functions
class LessonInputs:
    """Functions of a `{lesson}`, and of one of its figures or listings."""

    def __init__(self, build: Build) -> None:
        self.build = build

    # --- a figure --------------------------------------------------------------------------------

    def figure_name(self, wildcards: Any) -> str:
        """The name of a figure in the registry."""
        return self._figure(wildcards).figure

    def figure_options(self, wildcards: Any) -> str:
        """The options of a figure, as JSON."""
        return self._figure(wildcards).options_json

    def figure_code(self, wildcards: Any) -> str:
        """A digest of the code that draws it."""
        module = FIGURES[self._figure(wildcards).figure].module
        return self.build.code("pipelines.stages.draw_figure", module)

    def figure_experiments(self, wildcards: Any) -> list[str]:
        """The files of what it draws, and of all that these learnt from."""
        return [self.build.catalog.measured[name].file for name in self._lineage(wildcards)]

    def figure_content(self, wildcards: Any) -> str:
        """A digest of these."""
        return content(*self.figure_experiments(wildcards))

    def figure_samples(self, wildcards: Any) -> list[str]:
        """The samples of what it draws."""
        return [self.build.samples(name) for name in self._figure(wildcards).experiments]

    def figure_histories(self, wildcards: Any) -> list[str]:
        """The training histories of what it draws."""
        names = self._figure(wildcards).experiments
        trained = [n for n in names if self.build.is_trained(n) and n not in self.build.published]
        return [self.build.model(n, ".history.json") for n in trained]

    def figure_trainings(self, wildcards: Any) -> list[str]:
        """Return CPU-seconds, only for a figure that shows them: they differ between builds."""
        if not FIGURES[self._figure(wildcards).figure].timed:
            return []
        names = self._lineage(wildcards)
        return [self.build.model(n, TIMING_SUFFIX) for n in names if self.build.is_trained(n)]

    def figure_clocks(self, wildcards: Any) -> list[str]:
        """Return wall-clock rows, only for a figure that shows them."""
        clocked = FIGURES[self._figure(wildcards).figure].clocked
        return self.clocks(wildcards) if clocked else []

    def figure_labels(self, wildcards: Any) -> dict[str, str]:
        """Return what the report tells of a figure in its list."""
        return {"figure": wildcards.figure, "kind": self.figure_name(wildcards)}

    # --- a program -------------------------------------------------------------------------------

    def program(self, wildcards: Any) -> str:
        """The file of a listing."""
        return str(listing_file(self.plan(wildcards), wildcards.listing))

    def program_content(self, wildcards: Any) -> str:
        """A digest of that file."""
        return content(self.program(wildcards))

    def program_models(self, wildcards: Any) -> list[str]:
        """The models that the program runs with."""
        return [self.build.model(name) for name in self._listing(wildcards).models.values()]

    def program_flags(self, wildcards: Any) -> list[str]:
        """Return `--model=repository=folder …` for what a program loads."""
        pairs = self._listing(wildcards).models.items()
        return [f"--model={repository}={self.build.model(name)}" for repository, name in pairs]

    # --- a page ----------------------------------------------------------------------------------

    def plan(self, wildcards: Any) -> str:
        """The plan of a lesson."""
        return self._lesson(wildcards).file

    def page_content(self, wildcards: Any) -> str:
        """Return a digest of a page's plan, and of what plans may name, besides measurements."""
        settings = self.build.settings
        named = [experiment.file for experiment in self.build.catalog.measured.values()]
        read = (self.plan(wildcards), settings.module_plan, settings.references, settings.facts)
        return content(*read, *named, *settings.reference, *templates())

    def title(self, wildcards: Any) -> str:
        """The title of a lesson, or its slug."""
        return self._lesson(wildcards).title or wildcards.lesson

    @property
    def titles(self) -> str:
        """What the pages of other lessons show of a lesson."""
        lessons = self.build.catalog.lessons.items()
        return json.dumps({slug: (one.title, one.appendix) for slug, one in lessons})

    def ledger(self, wildcards: Any) -> str:
        """The ledger of a lesson."""
        return f"{self.build.settings.build}/ledgers/{wildcards.lesson}.json"

    def measurements(self, wildcards: Any) -> list[str]:
        """The rows of all that a lesson names."""
        names = self.build.shares[wildcards.lesson].measured
        return [self.build.measurements(name) for name in names]

    def trainings(self, wildcards: Any) -> list[str]:
        """What the trainings took that a lesson quotes."""
        names = self.build.shares[wildcards.lesson].trainings
        return [self.build.model(name, TIMING_SUFFIX) for name in names]

    def machines(self, wildcards: Any) -> list[str]:
        """Return where the machines stand that trained and measured what a lesson shows."""
        names = self.build.shares[wildcards.lesson].measured
        measured = [self.build.samples(name, TIMING_SUFFIX) for name in names]
        trained = [name for name in names if self.build.is_trained(name)]
        return measured + [self.build.model(name, TIMING_SUFFIX) for name in trained]

    def clocks(self, wildcards: Any) -> list[str]:
        """Return a lesson's own clocks, and those of earlier lessons that took its part."""
        share = self.build.shares[wildcards.lesson]
        plane = [self.build.plane_clock(owner) for owner in share.plane_clocks]
        return plane + [self.build.picture_clock(owner) for owner in share.picture_clocks]

    def drawings(self, wildcards: Any) -> list[str]:
        """Return the files of all figures of a lesson."""
        return [self.build.draft(file) for file in self._drawn(wildcards)]

    def listings(self, wildcards: Any) -> list[str]:
        """Return what became of the programs that a lesson shows."""
        names = self._lesson(wildcards).listings
        return [self.build.draft(f"{wildcards.lesson}/listings/{name}.json") for name in names]

    def files(self, wildcards: Any) -> list[str]:
        """Return all that readers see of a lesson, relative to the site."""
        pages = [f"{wildcards.lesson}/{name}.html" for name in LESSON_PAGES]
        drawn = [file for file in self._drawn(wildcards) if not file.endswith(".json")]
        return pages + drawn + ExerciseInputs(self.build).published(wildcards.lesson)

    def drafts(self, wildcards: Any) -> list[str]:
        """All files of a lesson before they are published."""
        return [self.build.draft(file) for file in self.files(wildcards)]

    def build_folder(self, wildcards: Any) -> str:
        """The folder of the build."""
        return self.build.settings.build

    # --- what they share -------------------------------------------------------------------------

    def _lesson(self, wildcards: Any) -> LessonEntry:
        return self.build.catalog.lessons[wildcards.lesson]

    def _figure(self, wildcards: Any) -> FigureUse:
        return self._lesson(wildcards).figures[wildcards.figure]

    def _listing(self, wildcards: Any) -> ListingUse:
        return self._lesson(wildcards).listings[wildcards.listing]

    def _drawn(self, wildcards: Any) -> list[str]:
        return [
            f"{wildcards.lesson}/figures/{figure}.{kind}"
            for figure in self._lesson(wildcards).figures
            for kind in _DRAWN
        ]

    def _lineage(self, wildcards: Any) -> list[str]:
        """Return the experiments that a figure draws, then all that they learnt from."""
        names = list(self._figure(wildcards).experiments)
        for name in names:
            needs = self.build.catalog.measured[name].needs
            names += [needs[role] for role in sorted(needs) if needs[role] not in names]
        return names
