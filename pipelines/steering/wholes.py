"""What the rules that see the whole build read: the ledger, the index, and all that it makes."""

from __future__ import annotations

from pipelines.contracts.latent import DEPENDS
from pipelines.contracts.reviewed import REVIEWED
from pipelines.graph import content
from pipelines.steering.build import TIMING_SUFFIX, Build
from pipelines.steering.template_files import static_files, templates

_HISTORY = ".history.json"


class WholeBuild:
    """Lists of files that hang on no wildcard."""

    def __init__(self, build: Build) -> None:
        self.build = build

    @property
    def measurements(self) -> list[str]:
        """The rows of all experiments."""
        return [self.build.measurements(name) for name in self.build.catalog.measured]

    @property
    def lender_flags(self) -> list[str]:
        """`--lender=experiment=other …`: whose repeated trainings stand for those it lacks."""
        each = self.build.catalog.measured.values()
        return [f"--lender={one.name}={one.spread_from}" for one in each if one.spread_from]

    @property
    def plans(self) -> list[str]:
        """The plans of all lessons."""
        return [lesson.file for lesson in self.build.catalog.lessons.values()]

    @property
    def cards(self) -> list[str]:
        """What the index shows of each lesson that is rendered."""
        return [self.build.draft(f"{lesson}/card.json") for lesson in self.build.catalog.lessons]

    @property
    def clocks(self) -> list[str]:
        """Every clock: one a lesson that is the first to quote a time."""
        owners = self.build.shares.items()
        plane = [self.build.plane_clock(owner) for owner, share in owners if share.systems]
        return plane + [self.build.picture_clock(owner) for owner, one in owners if one.latent]

    def index_content(self) -> str:
        """A digest of all that the index is made from."""
        settings = self.build.settings
        read = (settings.module_plan, settings.references, *settings.glossary)
        return content(*read, *self.plans, *templates())

    def everything(self) -> list[str]:
        """Return all that a build makes: what pages show, and what is kept beside them."""
        catalog, build = self.build.catalog, self.build
        records = [f"{build.settings.build}/published/{lesson}.json" for lesson in catalog.lessons]
        index = [build.draft(file) for file in ("index.html", *static_files())]
        beside = [
            build.draft(f"{lesson}/{name}")
            for lesson in catalog.lessons
            for name in ("claims.json", REVIEWED, "report")
        ]
        samples = [
            build.samples(name, suffix)
            for name in catalog.measured
            for suffix in (".safetensors", TIMING_SUFFIX)
        ]
        return records + index + beside + self._trainings() + samples + self.clocks

    def _trainings(self) -> list[str]:
        """Return how everything learnt that this build trains, the base among them."""
        build = self.build
        names = [name for name in build.catalog.measured if build.is_trained(name)]
        beside = [build.model(name, TIMING_SUFFIX) for name in names]
        beside += [build.model(name, _HISTORY) for name in names if name not in build.published]
        parts = DEPENDS if build.settings.retrain and build.catalog.latent else ()
        return beside + [build.base_part(part, _HISTORY) for part in parts]

    @property
    def end_words(self) -> list[str]:
        """What the stage that ends a build is told, besides the products."""
        settings = self.build.settings
        words = ["--build", settings.build, "--module", settings.module_plan]
        return [*words, "--preset", settings.preset.name, "--lessons", *self.build.catalog.lessons]
