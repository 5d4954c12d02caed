"""A module folder → what a build must make: its experiments, lessons, figures and tables.

All problems of all files are reported at once. What would make a rule ask for a file that is not
there, or for a name that means nothing, is found here: Snakemake drops such a job without a word
if an earlier build left its output. Whenever the graph is drawn, `survey` has what changed read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.any_plan import read_plan
from pipelines.contracts.input_files import wrong_files
from pipelines.contracts.names import RULE, shown, slug_fault
from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.module.build_catalog import PLAN, BuildCatalog, LessonEntry, in_sequence
from pipelines.module.exercises import wrong_exercises
from pipelines.module.experiments import (
    LATENT,
    load_experiments,
    load_latent_experiments,
    wrong_beside,
)
from pipelines.module.listings import wrong_listings
from pipelines.module.report import Report
from pipelines.module.requested import check_requests
from pipelines.module.requests import entry
from pipelines.plan.meta import UNFIT, line_of_slug

if TYPE_CHECKING:
    from pipelines.module.build_catalog import Experiments


@dataclass(frozen=True, kw_only=True)
class Catalog(BuildCatalog):
    """A module with its plan. Lessons are in the order of the plan's sequence, then by name;
    appendices stand among them, and come last unless the sequence names them."""

    module: ModulePlan
    problems: tuple[Problem, ...] = ()  # warnings


def read_catalog(module_dir: Path, needed: Iterable[Path] = ()) -> Catalog:
    """Read a module folder.

    Args:
        needed: What else the caller reads; a file or folder that is missing is an error too.

    Raises:
        InputProblems: Every error of the module plan, the lesson plans and the experiments.
    """
    if unreadable := wrong_files(module_dir):
        raise InputProblems(unreadable)
    problems = list(missing(needed))
    experiments = load_experiments(module_dir / "experiments", problems)
    latent = load_latent_experiments(module_dir / LATENT, experiments, problems)
    problems += wrong_beside(module_dir, experiments, latent)
    module = read_module(module_dir / "module.md", problems)
    measured: Experiments = {**experiments, **latent}
    lessons = {
        file.parent.name: read_lesson(file, measured, problems) for file in plans_of(module_dir)
    }
    if not lessons:
        remedy = "write <lesson>/plan.md in this folder"
        problems.append(_incomplete(module_dir, "a module without lessons", remedy))
    for lesson in lessons.values():
        problems += wrong_listings(lesson.file, lesson.listings.values(), latent)
        problems += wrong_exercises(lesson.file, lesson.exercises.values(), measured)
    if errors(problems) or not module:
        raise InputProblems(errors(problems))
    placed = _placed(module)
    return Catalog(
        lessons={slug: lessons[slug] for slug in in_sequence(list(lessons), placed)},
        experiments=experiments,
        latent=latent,
        placed=placed,
        module=module,
        problems=tuple(problems),
    )


def read_frame(module_dir: Path) -> Catalog:
    """Read a module folder without opening its lessons: what the lint of one of them needs.

    Raises:
        InputProblems: Every error of the module plan and the experiments.
    """
    if unreadable := wrong_files(module_dir):
        raise InputProblems(unreadable)
    problems: list[Problem] = []
    experiments = load_experiments(module_dir / "experiments", problems)
    latent = load_latent_experiments(module_dir / LATENT, experiments, problems)
    module = read_module(module_dir / "module.md", problems)
    if errors(problems) or not module:
        raise InputProblems(errors(problems))
    files = {file.parent.name: str(file) for file in plans_of(module_dir)}
    return Catalog(
        lessons={slug: LessonEntry(slug, file, {}, {}) for slug, file in files.items()},
        experiments=experiments,
        latent=latent,
        placed=_placed(module),
        module=module,
    )


def _placed(module: ModulePlan) -> tuple[str, ...]:
    return tuple(row.slug for row in module.sequence)


def plans_of(module_dir: Path) -> list[Path]:
    """Return the files of the lessons of a module."""
    return sorted(module_dir.glob(f"*/{PLAN}"))


def read_module(file: Path, problems: list[Problem]) -> ModulePlan | None:
    """Read the module plan; what is wrong is added to `problems`."""
    if not file.is_file():
        problems.append(_incomplete(file, "the module plan is missing", "write this file"))
        return None
    try:
        plan, found = read_plan(file)
    except InputProblems as undecodable:
        problems += undecodable.problems
        return None
    problems += found
    if not isinstance(plan, ModulePlan):
        remedy = "begin it with `# Module <number>: <name>`"
        problems.append(_incomplete(file, "no module plan", remedy))
        return None
    return plan


def read_lesson(file: Path, measured: Experiments, problems: list[Problem]) -> LessonEntry:
    """Read a lesson and what its page asks for; what is wrong is added to `problems`."""
    slug = file.parent.name
    try:
        plan, found = read_plan(file)
    except InputProblems as undecodable:
        problems += undecodable.problems
        return LessonEntry(slug, str(file), {}, {})
    problems += [*found, *wrong_folder(plan, file), *_wrong_requests(plan, measured)]
    if not isinstance(plan, LessonPlan):
        remedy = "give it the headings of docs/authoring.md, `## Phase 1: …`"
        message = "no lesson plan: none of the phases is there"
        problems.append(_incomplete(file, message, remedy))
    return replace(entry(plan), slug=slug, file=str(file))


def _wrong_requests(plan: AnyPlan, measured: Experiments) -> list[Problem]:
    report = Report(plan)
    check_requests(report, measured)
    return report.problems


def wrong_folder(plan: AnyPlan, file: Path) -> Iterator[Problem]:
    """Report a lesson of a module whose folder cannot be its address, or is not its slug."""
    folder = file.absolute().parent.name
    if fault := slug_fault(folder):
        remedy = f"rename the folder: {RULE}"
        yield Problem(str(file), 1, UNFIT, f"the folder of this plan: {fault}", remedy)
        return
    slug = plan.meta.slug if isinstance(plan, LessonPlan) else ""
    if slug not in ("", folder) and not slug_fault(slug):
        line = line_of_slug(slug, "".join(one.raw for one in plan.segments).split("\n"))
        message = f"the slug `{slug}` is not the folder's name, `{shown(folder)}`"
        yield Problem(str(file), line, "ML113", message, "give both the same name")


def missing(files: Iterable[Path]) -> Iterator[Problem]:
    """Report files that are not there."""
    for file in files:
        if not file.exists():
            yield _incomplete(file, "this is missing", "write it, or bring it back")


def _incomplete(path: Path, message: str, remedy: str) -> Problem:
    return Problem(str(path), 1, "ML108", message, remedy)
