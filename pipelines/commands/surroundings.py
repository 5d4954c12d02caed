"""The module that a plan lies in: facts, references and experiments, if there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.contracts.problems import Problem
from pipelines.module.build_catalog import PLAN, LessonEntry
from pipelines.module.catalog import Catalog, read_catalog, read_frame, wrong_folder
from pipelines.module.exercises import wrong_exercises
from pipelines.module.requests import exercises
from pipelines.planlint.rules import lint

if TYPE_CHECKING:  # plans outside a module start without them
    from pipelines.contracts.measurement import Fact
    from pipelines.contracts.references import Reference

    Module = tuple[dict[str, Fact], dict[str, Reference], Catalog]


class Modules(dict[Path, "Module"]):
    """The modules by folder, each read once however many of its plans are looked at."""

    def __init__(self, read: Callable[[Path], Catalog] = read_catalog) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, folder: Path) -> Module:
        catalog = self.read(folder)  # first: it refuses files that nobody should open
        self[folder] = _facts(folder), _references(folder), catalog
        return self[folder]

    def around(self, plan: AnyPlan, path: Path) -> Module:
        """Return facts, references and catalog of the module that a plan lies in, perhaps none."""
        folder = path.resolve().parent.parent
        if (folder / "module.md").is_file():
            return self[folder]
        nowhere = ModulePlan(
            file=plan.file,
            title=plan.title,
            title_spans=plan.title_spans,
            meta=plan.meta,
            segments=(),
            id="",
        )
        return {}, {}, Catalog(lessons={}, experiments={}, module=nowhere)


def _facts(folder: Path) -> dict[str, Fact]:
    if not (file := folder / "facts.yaml").is_file():
        return {}
    from pipelines.module.sources import load_facts

    return load_facts(file)


def _references(folder: Path) -> dict[str, Reference]:
    if not (file := folder / "references.bib").is_file():
        return {}
    from pipelines.module.sources import load_references

    return load_references(file)


def frames() -> Modules:
    """Return the modules without their lessons' plans: what the lint of one plan needs."""
    return Modules(read_frame)


def content_problems(
    plan: AnyPlan, path: Path, modules: Modules, lessons: Mapping[str, LessonEntry]
) -> list[Problem]:
    """Return what the lint finds in a plan, with the sources and experiments of its module.

    Args:
        lessons: What the other plans that are looked at ask for.
    """
    facts, references, catalog = modules.around(plan, path)
    found = lint(
        plan,
        facts=facts,
        citations=references,
        experiments=catalog.measured,
        sequence=catalog.module.sequence,
        built=catalog.lessons,
        lessons=lessons,
    )
    if isinstance(plan, LessonPlan) and plan.reviews:
        from pipelines.rounds.checks import round_problems
        from pipelines.rounds.register import register_of

        found += round_problems(register_of(plan))
    if not _is_lesson_of_a_module(path):
        return found
    return [*found, *wrong_folder(plan, path), *_exercise_problems(plan, catalog)]


def _exercise_problems(plan: AnyPlan, catalog: Catalog) -> list[Problem]:
    """Return what is wrong with the sources of a lesson's exercises; most plans have none."""
    uses = exercises(plan)
    if not uses or not isinstance(plan, LessonPlan):
        return []
    from pipelines.planlint.exercises import lint_exercises

    wrong = wrong_exercises(plan.file, uses.values(), catalog.measured)
    return [*wrong, *lint_exercises(plan)]


def _is_lesson_of_a_module(path: Path) -> bool:
    return path.name == PLAN and (path.resolve().parent.parent / "module.md").is_file()
