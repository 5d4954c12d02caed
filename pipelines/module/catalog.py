"""A module folder → what a build must make: its experiments, lessons, figures and tables.

All problems of all files are reported at once. What would make a rule ask for a file that is not
there, or for a name that means nothing, is found here: Snakemake drops such a job without a word
if an earlier build left its output. Whenever the graph is drawn, `survey` has what changed read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.any_plan import read_plan
from pipelines.contracts.names import RULE, shown, slug_fault
from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.module.beside import wrong_beside
from pipelines.module.build_catalog import PLAN, LessonEntry, in_sequence
from pipelines.module.experiments import LATENT, load_experiments, load_latent_experiments
from pipelines.module.listings import wrong_listings
from pipelines.module.report import Report
from pipelines.module.requested import check_requests
from pipelines.module.requests import figures, listings, tables
from pipelines.plan.meta import UNFIT, line_of_slug

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment


@dataclass(frozen=True)
class Catalog:
    """A module. Lessons are in the order of the module plan's sequence, then by name; appendices
    stand among them, and come last unless the sequence names them."""

    module: ModulePlan
    lessons: dict[str, LessonEntry]
    experiments: dict[str, Experiment]
    problems: tuple[Problem, ...] = ()  # warnings
    latent: dict[str, LatentExperiment] = field(default_factory=dict)

    @property
    def measured(self) -> dict[str, Experiment | LatentExperiment]:
        """All that a plan can name: 2D networks, and models of the tiny Stable Diffusion."""
        return {**self.experiments, **self.latent}

    @property
    def placed(self) -> tuple[str, ...]:
        """The slugs of the module plan's sequence."""
        return tuple(row.slug for row in self.module.sequence)


def read_catalog(module_dir: Path, needed: Iterable[Path] = ()) -> Catalog:
    """Read a module folder.

    Args:
        needed: What else the caller reads; a file or folder that is missing is an error too.

    Raises:
        InputProblems: Every error of the module plan, the lesson plans and the experiments.
    """
    problems = list(missing(needed))
    experiments = load_experiments(module_dir / "experiments", problems)
    latent = load_latent_experiments(module_dir / LATENT, experiments, problems)
    problems += wrong_beside(module_dir, experiments, latent)
    module = read_module(module_dir / "module.md", problems)
    measured: dict[str, Experiment | LatentExperiment] = {**experiments, **latent}
    lessons = {
        file.parent.name: read_lesson(file, measured, problems) for file in plans_of(module_dir)
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
    for lesson in lessons.values():
        problems += wrong_listings(lesson.file, lesson.listings.values(), latent)
    if errors(problems) or not module:
        raise InputProblems(errors(problems))
    slugs = in_sequence(list(lessons), tuple(row.slug for row in module.sequence))
    return Catalog(
        module, {slug: lessons[slug] for slug in slugs}, experiments, tuple(problems), latent
    )


def read_frame(module_dir: Path) -> Catalog:
    """Read a module folder without opening its lessons: what the lint of one of them needs.

    Raises:
        InputProblems: Every error of the module plan and the experiments.
    """
    problems: list[Problem] = []
    experiments = load_experiments(module_dir / "experiments", problems)
    latent = load_latent_experiments(module_dir / LATENT, experiments, problems)
    module = read_module(module_dir / "module.md", problems)
    if errors(problems) or not module:
        raise InputProblems(errors(problems))
    files = {file.parent.name: str(file) for file in plans_of(module_dir)}
    lessons = {slug: LessonEntry(slug, file, {}, {}) for slug, file in files.items()}
    return Catalog(module, lessons, experiments, latent=latent)


def plans_of(module_dir: Path) -> list[Path]:
    """Return the files of the lessons of a module."""
    return sorted(module_dir.glob(f"*/{PLAN}"))


def read_module(file: Path, problems: list[Problem]) -> ModulePlan | None:
    """Read the module plan; what is wrong is added to `problems`."""
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


def read_lesson(
    file: Path, measured: Mapping[str, Experiment | LatentExperiment], problems: list[Problem]
) -> LessonEntry:
    """Read a lesson and what its page asks for; what is wrong is added to `problems`."""
    slug = file.parent.name
    try:
        plan, found = read_plan(file)
    except InputProblems as undecodable:
        problems += undecodable.problems
        return LessonEntry(slug, str(file), {}, {})
    problems += [*found, *wrong_folder(plan, file), *_wrong_requests(plan, measured)]
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


def _wrong_requests(
    plan: AnyPlan, measured: Mapping[str, Experiment | LatentExperiment]
) -> list[Problem]:
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
            yield Problem(str(file), 1, "ML108", "this is missing", "write it, or bring it back")
