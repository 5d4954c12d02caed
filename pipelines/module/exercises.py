"""The sources of a lesson's exercises, and what is wrong with what they ask the build for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipelines.contracts.keys import experiment_of
from pipelines.contracts.problems import Problem
from pipelines.exercises.source import (
    UNREAD,
    ExerciseSource,
    exercise_file,
    read_exercise,
    support_file,
)
from pipelines.module.build_catalog import ExerciseUse, LessonEntry
from pipelines.registry import LATENT_METHODS

if TYPE_CHECKING:
    from pipelines.module.build_catalog import Experiments


def exercise_sources(lesson: LessonEntry) -> Iterator[ExerciseSource]:
    """Yield those sources of a lesson's exercises that can be read."""
    for name in lesson.exercises:
        source, _ = read_exercise(exercise_file(lesson.file, name))
        if source:
            yield source


def exercise_models(lesson: LessonEntry) -> tuple[str, ...]:
    """Return the experiments whose models the exercises of a lesson load, each once."""
    names = (name for one in exercise_sources(lesson) for name in one.head.models)
    return tuple(dict.fromkeys(names))


def experiment_of_model(name: str) -> str:
    """Return the experiment of a model, or of a part of it: `night/unet` → night."""
    return name.partition("/")[0]


def exercise_support(lesson: LessonEntry) -> tuple[str, ...]:
    """Return the files that the exercises of a lesson import, each once."""
    names = (name for one in exercise_sources(lesson) for name in one.head.support)
    return tuple(dict.fromkeys(str(support_file(lesson.file, name)) for name in names))


def wrong_exercises(
    plan: str, uses: Iterable[ExerciseUse], experiments: Experiments
) -> Iterator[Problem]:
    """Report sources that cannot be read, and names in them that mean nothing."""
    for use in uses:
        source, problems = read_exercise(exercise_file(plan, use.id))
        yield from problems
        if source:
            yield from _wrong_names(plan, source, experiments)


def _wrong_names(plan: str, source: ExerciseSource, experiments: Experiments) -> Iterator[Problem]:
    for name in source.head.support:
        if not (file := support_file(plan, name)).is_file():
            message, remedy = f"there is no module `{name}` to import", f"write {file}"
            yield Problem(source.file, 1, UNREAD, message, remedy)
    models = map(experiment_of_model, source.head.models)
    loaded = [name for name in models if not _leaves_weights(experiments.get(name))]
    quoted = [name for key in source.quoted if (name := experiment_of(key)) not in experiments]
    for name in dict.fromkeys((*loaded, *quoted)):
        message = f"`{name}` is no experiment that an exercise could load or quote"
        remedy = "name an experiment of the module that leaves weights"
        yield Problem(source.file, 1, "ML303", message, remedy)


def _leaves_weights(experiment: object) -> bool:
    method = LATENT_METHODS.get(getattr(experiment, "method", ""))
    return experiment is not None and (method is None or method.leaves != "nothing")
