"""What each lesson needs of the build: which experiments, on which clock, in which order.

A lesson is published as soon as what it shows exists, so its ledger holds the rows of what it
names and no others, and its clock times what it quotes. A system that an earlier lesson has
timed is not timed again: two pages must not show two values of one thing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.contracts.keys import (
    TRAIN,
    MeasurementKey,
    experiment_of,
    keys_in,
    named_by_any,
    untitled,
)
from pipelines.figure_registry import FIGURES
from pipelines.module.build_catalog import BuildCatalog, LessonEntry
from pipelines.module.exercises import exercise_models, experiment_of_model

_PLANE_CLOCK = "seconds_per_1000"
_PICTURE_CLOCK = ("latency", "loop")  # beginnings of the metrics of `clock_latent`


@dataclass(frozen=True)
class Share:
    """The part of a build that one lesson shows.

    Attributes:
        measured: Experiments whose rows its ledger holds, in the catalog's order.
        trainings: Those whose CPU-seconds it shows.
        systems: Systems of the plane that its clock takes, as the plan names them.
        taken: Those that clocks of earlier lessons take.
        latent: Models of the tiny Stable Diffusion that its clock takes.
        plane_clocks, picture_clocks: Whose clocks it reads, by lesson.
    """

    measured: tuple[str, ...] = ()
    trainings: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    latent: tuple[str, ...] = ()
    plane_clocks: tuple[str, ...] = ()
    picture_clocks: tuple[str, ...] = ()


@dataclass
class _Owners:
    """Who times what: the first lesson that asks for it."""

    systems: dict[str, str] = field(default_factory=dict)
    latent: dict[str, str] = field(default_factory=dict)

    def of_plane(self, asked: list[str]) -> tuple[str, ...]:
        """Return whose clocks hold what is asked: all that timed anything of these experiments."""
        names = set(map(experiment_of, asked))
        found = [own for system, own in self.systems.items() if experiment_of(system) in names]
        return tuple(dict.fromkeys(found))


def shares(catalog: BuildCatalog) -> dict[str, Share]:
    """Return the share of every lesson, in the order in which they are finished."""
    owners, found = _Owners(), dict[str, Share]()
    for slug in finishing_order(catalog):
        found[slug] = _share_of_lesson(catalog, catalog.lessons[slug], owners)
    return found


def finishing_order(catalog: BuildCatalog) -> list[str]:
    """Return the lessons as the module teaches them; appendices that it does not place, last."""
    placed = set(catalog.placed)
    late = {slug: one.appendix and slug not in placed for slug, one in catalog.lessons.items()}
    return sorted(catalog.lessons, key=lambda slug: late[slug])


def ranks(catalog: BuildCatalog, shared: dict[str, Share]) -> dict[str, int]:
    """Return which lesson first needs an experiment, directly or through what it learnt from.

    What no lesson needs comes after all.
    """
    found = dict.fromkeys(catalog.measured, len(shared))
    for rank, (slug, share) in reversed(list(enumerate(shared.items()))):
        names = {*share.measured, *_loaded(catalog.lessons[slug])}
        found.update(dict.fromkeys(lineage(catalog, names), rank))
    return found


def heirs(catalog: BuildCatalog) -> dict[str, int]:
    """Return how many experiments wait for each, directly or not: the long chains go first."""
    counts = dict.fromkeys(catalog.measured, 0)
    for name in catalog.measured:
        for ancestor in lineage(catalog, [name]):
            counts[ancestor] += ancestor != name
    return counts


def lineage(catalog: BuildCatalog, names: Iterable[str]) -> list[str]:
    """Return experiments and all that they learnt from, in the catalog's order."""
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in catalog.measured and name not in seen:
            seen.add(name)
            waiting += catalog.measured[name].needs.values()
    return [name for name in catalog.measured if name in seen]


def _share_of_lesson(catalog: BuildCatalog, lesson: LessonEntry, owners: _Owners) -> Share:
    keys = quoted_keys(lesson)
    named = _named(lesson) | {key.experiment for key in keys}
    drawn = [name for use in lesson.figures.values() for name in use.experiments]
    measured = [name for name in catalog.measured if name in {*named, *lineage(catalog, drawn)}]
    asked, latent = _clocked_systems(catalog, lesson, keys)
    taken = tuple(owners.systems)
    own = [system for system in asked if not named_by_any(taken, system)]
    owners.systems.update(dict.fromkeys(own, lesson.slug))
    for experiment in latent:
        owners.latent.setdefault(experiment, lesson.slug)
    return Share(
        measured=tuple(measured),
        trainings=_trainings(catalog, lesson, keys),
        systems=tuple(own),
        taken=taken,
        latent=tuple(one for one in latent if owners.latent[one] == lesson.slug),
        plane_clocks=owners.of_plane(asked),
        picture_clocks=tuple(dict.fromkeys(owners.latent[one] for one in latent)),
    )


def quoted_keys(lesson: LessonEntry) -> list[MeasurementKey]:
    """Return the keys that a plan writes, wherever: in values, claims or their remarks.

    The text is searched, and not the typed plan, so that no role or option can be forgotten.
    """
    text = Path(lesson.file).read_text(encoding="utf-8", errors="replace")
    return list(map(MeasurementKey.parse, keys_in(text)))


def _named(lesson: LessonEntry) -> set[str]:
    drawn = {name for use in lesson.figures.values() for name in use.experiments}
    return drawn | {name for use in lesson.tables.values() for name in use.experiments}


def _loaded(lesson: LessonEntry) -> set[str]:
    """Return the models that a lesson's programs and exercises load."""
    programs = {name for use in lesson.listings.values() for name in use.models.values()}
    return programs | set(map(experiment_of_model, exercise_models(lesson)))


def _trainings(
    catalog: BuildCatalog, lesson: LessonEntry, keys: list[MeasurementKey]
) -> tuple[str, ...]:
    timed = [use for use in lesson.figures.values() if _figure_entry(use.figure, "timed")]
    names = {key.experiment for key in keys if key.sampling.sampler == TRAIN}
    names |= set(lineage(catalog, [name for use in timed for name in use.experiments]))
    return tuple(name for name, one in catalog.measured.items() if name in names and one.train)


def _clocked_systems(
    catalog: BuildCatalog, lesson: LessonEntry, keys: list[MeasurementKey]
) -> tuple[list[str], list[str]]:
    """Return the systems of the plane and the latent models that a page shows seconds of."""
    metrics = (_PLANE_CLOCK, *_PICTURE_CLOCK)
    asked = [str(key.system) for key in keys if key.metric.startswith(metrics)]
    asked += _systems_asked(lesson)
    names = set(map(experiment_of, asked))
    clocked = any(_figure_entry(use.figure, "clocked") for use in lesson.figures.values())
    if clocked and names & catalog.latent.keys():  # a picture's parts are those of the base
        names |= {name for name, one in catalog.latent.items() if one.method == "base"}
    plane = [system for system in asked if experiment_of(system) in catalog.experiments]
    latent = [name for name, one in catalog.latent.items() if one.timed and name in names]
    return list(dict.fromkeys(plane)), latent


def _systems_asked(lesson: LessonEntry) -> Iterator[str]:
    """Yield the systems in tables of times and in figures that show the clock."""
    for table in lesson.tables.values():
        if table.table == "timing":
            for option in ("systems", "baseline"):
                yield from untitled(table.options.get(option, ""))
    for figure in lesson.figures.values():
        if _figure_entry(figure.figure, "clocked"):
            for role in FIGURES[figure.figure].roles:
                yield from untitled(figure.options.get(role, ""))


def _figure_entry(figure: str, attribute: str) -> bool:
    return figure in FIGURES and bool(getattr(FIGURES[figure], attribute))
