"""What a build would lack: weights of experiments whose results are published."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.contracts.problems import Problem
from pipelines.contracts.published_results import stray_results
from pipelines.module.exercises import exercise_models, experiment_of_model
from pipelines.module.shares import lineage
from pipelines.steering.build import Build


def missed_products(build: Build) -> list[Problem]:
    """Return a problem for each use of a model that a build would not make.

    So for each file of published results that is of no experiment, or lacks its pictures.
    """
    settings = build.settings
    stray = (
        [] if settings.remeasure else stray_results(settings.results_folder, build.catalog.latent)
    )
    used = (*_used_by_lessons(build), *_used_by_experiments(build), *_used_by_clocks(build))
    return stray + [
        Problem(
            file,
            line,
            "ML116",
            f"{what} `{name}`, whose results are published, and not its weights",
            f"delete {build.settings.published_results(name)}, and the build trains it",
        )
        for file, line, what, name in used
        if name in build.published
    ]


def _used_by_lessons(build: Build) -> Iterator[tuple[str, int, str, str]]:
    for lesson in build.catalog.lessons.values():
        for listing in lesson.listings.values():
            for name in listing.models.values():
                yield lesson.file, listing.line, f"the listing `{listing.id}` loads", name
        for model in exercise_models(lesson):
            yield lesson.file, 1, "an exercise loads", experiment_of_model(model)


def _used_by_experiments(build: Build) -> Iterator[tuple[str, int, str, str]]:
    for one in build.catalog.latent.values():
        for name in one.needs.values() if one.name not in build.published else ():
            yield one.file, 1, f"`{one.name}` learns from", name


def _used_by_clocks(build: Build) -> Iterator[tuple[str, int, str, str]]:
    for share in build.shares.values():
        for name in lineage(build.catalog, share.latent):
            if name in build.catalog.latent:
                yield build.catalog.latent[name].file, 1, "a clock takes", name
