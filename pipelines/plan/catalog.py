"""A module folder → what a build must make: its experiments, lessons, figures and tables.

Read by the Snakefile whenever the graph is drawn, so it imports nothing heavy. All problems of
all files are reported at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.plan import LessonPlan, ModulePlan
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.plan.experiments import load_experiments
from pipelines.plan.latent import LATENT, load_students
from pipelines.plan.listings import wrong_listings
from pipelines.plan.reader import read_plan
from pipelines.plan.requests import FigureUse, ListingUse, TableUse, figures, listings, tables

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.student import Student


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


@dataclass(frozen=True)
class Catalog:
    """A module. Lessons are in the order of the module plan's sequence, then by name; appendices
    stand among them, and come last unless the sequence names them."""

    module: ModulePlan
    lessons: dict[str, LessonEntry]
    experiments: dict[str, Experiment]
    problems: tuple[Problem, ...] = ()  # warnings
    students: dict[str, Student] = field(default_factory=dict)

    @property
    def measured(self) -> dict[str, Experiment | Student]:
        """All that a plan can name: 2D networks, and models of the tiny Stable Diffusion."""
        return {**self.experiments, **self.students}


def read_catalog(module_dir: Path) -> Catalog:
    """Read a module folder.

    Raises:
        InputProblems: Every error of the module plan, the lesson plans and the experiments.
    """
    problems: list[Problem] = []
    experiments = load_experiments(module_dir / "experiments", problems)
    module = _read_module(module_dir / "module.md", problems)
    lessons = {
        file.parent.name: _read_lesson(file, problems)
        for file in sorted(module_dir.glob("*/plan.md"))
    }
    if not lessons:
        problems.append(
            Problem(
                str(module_dir),
                1,
                "ML108",
                "a module without lessons",
                "write <lesson>/plan.md in this folder",
            )
        )
    students = load_students(module_dir / LATENT, experiments, problems)
    problems += _unknown_experiments(lessons.values(), {**experiments, **students})
    for lesson in lessons.values():
        problems += wrong_listings(lesson.file, lesson.listings.values(), students)
    if errors(problems) or not module:
        raise InputProblems(errors(problems))
    order = [row.slug for row in module.sequence]
    slugs = sorted(lessons, key=lambda slug: (_place(slug, order), slug))
    return Catalog(
        module, {slug: lessons[slug] for slug in slugs}, experiments, tuple(problems), students
    )


def read_frame(module_dir: Path) -> Catalog:
    """Read a module folder without opening its lessons: what the lint of one of them needs.

    Raises:
        InputProblems: Every error of the module plan and the experiments.
    """
    problems: list[Problem] = []
    experiments = load_experiments(module_dir / "experiments", problems)
    students = load_students(module_dir / LATENT, experiments, problems)
    module = _read_module(module_dir / "module.md", problems)
    if errors(problems) or not module:
        raise InputProblems(errors(problems))
    files = {file.parent.name: str(file) for file in sorted(module_dir.glob("*/plan.md"))}
    lessons = {slug: LessonEntry(slug, file, {}, {}) for slug, file in files.items()}
    return Catalog(module, lessons, experiments, students=students)


def _place(slug: str, order: list[str]) -> int:
    return order.index(slug) if slug in order else len(order)


def _read_module(file: Path, problems: list[Problem]) -> ModulePlan | None:
    if not file.is_file():
        problems.append(
            Problem(str(file), 1, "ML108", "the module plan is missing", "write this file")
        )
        return None
    try:
        plan, found = read_plan(file)
    except InputProblems as undecodable:
        problems += undecodable.problems
        return None
    problems += found
    if not isinstance(plan, ModulePlan):
        problems.append(
            Problem(
                str(file),
                1,
                "ML108",
                "no module plan",
                "begin it with `# Module <number>: <name>`",
            )
        )
        return None
    return plan


def _read_lesson(file: Path, problems: list[Problem]) -> LessonEntry:
    slug = file.parent.name
    try:
        plan, found = read_plan(file)
    except InputProblems as undecodable:
        problems += undecodable.problems
        return LessonEntry(slug, str(file), {}, {})
    problems += found
    if not isinstance(plan, LessonPlan):
        problems.append(
            Problem(
                str(file),
                1,
                "ML108",
                "no lesson plan: none of the phases is there",
                "give it the headings of docs/authoring.md, `## Phase 1: …`",
            )
        )
    appendix = isinstance(plan, LessonPlan) and plan.appendix
    return LessonEntry(
        slug, str(file), figures(plan), tables(plan), plan.title, appendix, listings(plan)
    )


def _uses(lesson: LessonEntry) -> list[FigureUse | TableUse]:
    return [*lesson.figures.values(), *lesson.tables.values()]


def _unknown_experiments(
    lessons: Iterable[LessonEntry], experiments: Collection[str]
) -> list[Problem]:
    """A figure of an unknown experiment would leave the graph with a file that nobody makes."""
    return [
        Problem(
            lesson.file,
            use.line,
            "ML303",
            f"`{name}` is no experiment",
            f"one of {', '.join(experiments)}",
        )
        for lesson in lessons
        for use in _uses(lesson)
        for name in use.experiments
        if name not in experiments
    ]
