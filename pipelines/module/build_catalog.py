"""What a module asks a build for, as the rules see it. Nothing here knows how plans are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment

    AnyExperiment = Experiment | LatentExperiment  # of the plane, or of pictures
    Experiments = Mapping[str, AnyExperiment]  # by name

PLAN = "plan.md"  # of a lesson, in the folder that bears its slug


@dataclass(frozen=True)
class FigureUse:
    """A figure that a lesson shows.

    Attributes:
        options: Roles and settings, as written.
        experiments: Names of the experiments that it draws, each once, sorted.
    """

    id: str
    figure: str
    options: dict[str, str] = field(hash=False)
    experiments: tuple[str, ...]
    line: int = 0

    @property
    def options_json(self) -> str:
        """The options as one word of a command."""
        return json.dumps(self.options, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class TableUse:
    """A table that a lesson shows, made from the ledger."""

    id: str
    table: str
    options: dict[str, str] = field(hash=False)
    experiments: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True)
class ListingUse:
    """A program that a lesson shows and the build runs. `models`: repository → experiment."""

    id: str
    models: dict[str, str] = field(hash=False)
    line: int = 0


@dataclass(frozen=True)
class ExerciseUse:
    """An exercise that the build runs: the name of its source, `exercises/<id>.py`."""

    id: str
    line: int = 0


@dataclass(frozen=True)
class LessonEntry:
    """A lesson or appendix of the module: its plan's file and what its page asks for, by id."""

    slug: str
    file: str
    figures: dict[str, FigureUse]
    tables: dict[str, TableUse]
    title: str = ""
    appendix: bool = False
    listings: dict[str, ListingUse] = field(default_factory=dict)
    exercises: dict[str, ExerciseUse] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BuildCatalog:
    """A module: its lessons as its sequence teaches them, and what can be measured.

    Attributes:
        latent: Models of the tiny Stable Diffusion; `experiments` are networks of the plane.
        placed: The slugs of the module's sequence; appendices may be among them.
    """

    lessons: dict[str, LessonEntry]
    experiments: dict[str, Experiment]
    latent: dict[str, LatentExperiment] = field(default_factory=dict)
    placed: tuple[str, ...] = ()

    @property
    def measured(self) -> dict[str, AnyExperiment]:
        """All that a plan can name, of both kinds."""
        return {**self.experiments, **self.latent}


def entry_of(data: dict[str, Any]) -> LessonEntry:
    """Return a lesson from what `dataclasses.asdict` and JSON make of it."""

    def uses(key: str, kind: type[Any]) -> dict[str, Any]:
        return {name: kind(**_tuples(one)) for name, one in data[key].items()}

    kinds = {
        "figures": FigureUse,
        "tables": TableUse,
        "listings": ListingUse,
        "exercises": ExerciseUse,
    }
    return LessonEntry(**{**data, **{key: uses(key, kind) for key, kind in kinds.items()}})


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(one) if isinstance(one, list) else one for key, one in data.items()}


def in_sequence(slugs: list[str], placed: tuple[str, ...]) -> list[str]:
    """Return slugs in the order of the module's sequence; those that it lacks, by name, last."""
    order = {slug: number for number, slug in enumerate(placed)}
    return sorted(slugs, key=lambda slug: (order.get(slug, len(order)), slug))
