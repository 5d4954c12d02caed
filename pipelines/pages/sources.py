"""What a page is made from, beside its plan."""

from dataclasses import dataclass, field

from pipelines.contracts.exercise import ExerciseRun
from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.contracts.listing import Executed
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.references import Reference, Term


@dataclass(frozen=True)
class LessonLink:
    """Another lesson of the module. `exists`: the build makes a page of it; `core`: its idea."""

    slug: str
    title: str
    exists: bool
    core: str = ""


@dataclass(frozen=True)
class ModuleInfo:
    """The module around a page; lessons in teaching order, `number` as in "module 7.3"."""

    title: str
    lessons: tuple[LessonLink, ...] = ()
    appendices: tuple[LessonLink, ...] = ()
    author: str = ""
    number: str = ""

    def lesson_position(self, slug: str) -> int:
        """Return the zero-based place of a lesson, or -1."""
        slugs = [lesson.slug for lesson in self.lessons]
        return slugs.index(slug) if slug in slugs else -1

    def lesson(self, slug: str) -> LessonLink | None:
        """Return the page of this name, a lesson's or an appendix."""
        pages = (*self.lessons, *self.appendices)
        return next((page for page in pages if page.slug == slug), None)


@dataclass(frozen=True)
class LessonState:
    """What the index says of a lesson, and whether there is a page to link to."""

    words: str
    page: bool = True
    kind: str = "finished"  # finished | pending | failed


@dataclass(frozen=True)
class DrawnFigure:
    """A figure in words, and where its files are.

    They are `{base}.<form>.svg`; to take along `{base}.png`, and `{base}.csv` with its numbers.

    Attributes:
        command: What draws it again.
        experiments: Names of those that it draws.
    """

    description: Description
    base: str
    command: str = ""
    experiments: tuple[str, ...] = ()


@dataclass(frozen=True)
class RanExercise:
    """An exercise that the build ran, and the seconds of processor time that its solution took."""

    run: ExerciseRun
    seconds: float = 0.0

    @property
    def parts(self) -> str:
        """The code that students write into, guards in place."""
        return "\n\n\n".join(one.student for one in self.run.cells if one.kind == "exercise")


@dataclass(frozen=True)
class Sources:
    """Everything that a page may show.

    Attributes:
        figures: By the id that the page gives them; so are `listings`, and `exercises` by the
            names of their sources.
        experiments: All that can be drawn, by name; `titles` are theirs.
        made_on: A sentence on the machines behind the measurements.
        held: A sentence on how the numbers compare with those of a reference.
        date: Of the day on which the page is made, as ISO writes it; on pages always marked.
        strict: Anything missing is an error; otherwise it is marked as missing on the page.
    """

    ledger: Ledger
    module: ModuleInfo
    references: dict[str, Reference] = field(default_factory=dict)
    figures: dict[str, DrawnFigure] = field(default_factory=dict)
    listings: dict[str, Executed] = field(default_factory=dict)
    exercises: dict[str, RanExercise] = field(default_factory=dict)
    experiments: dict[str, Experiment | LatentExperiment] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    glossary: tuple[Term, ...] = ()
    made_on: str = ""
    held: str = ""
    date: str = ""
    strict: bool = True
