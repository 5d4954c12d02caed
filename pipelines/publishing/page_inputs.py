"""Gather from the disk what a page is made from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.any_plan import read_plan
from pipelines.contracts.built_files import as_built, load_built
from pipelines.contracts.evidence import load_reference
from pipelines.contracts.exercise import ExerciseClock, ExerciseRun
from pipelines.contracts.experiment import Experiment
from pipelines.contracts.figure import Description
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.contracts.listing import Executed
from pipelines.contracts.measurement import (
    Ledger,
    Timings,
    load_ledger,
    load_timings,
    load_trainings,
)
from pipelines.contracts.names import title_from_slug
from pipelines.contracts.plan import AnyPlan, LessonPlan
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.references import Reference
from pipelines.module.catalog import Catalog
from pipelines.module.requests import exercises, figures, listings
from pipelines.pages.machines import made_on
from pipelines.pages.sources import DrawnFigure, LessonLink, ModuleInfo, RanExercise, Sources
from pipelines.plan.inline import plain
from pipelines.planlint.exercises import lint_exercises
from pipelines.planlint.rules import lint
from pipelines.provenance import processor
from pipelines.rounds.checks import round_problems
from pipelines.rounds.register import register_of
from pipelines.verification.evidence import verdict_of
from pipelines.verification.held import held_against

EMPTY = Ledger(preset="default", publish=True, measurements={}, facts={})


def read_lesson(path: Path) -> tuple[LessonPlan, list[Problem]]:
    """Read a lesson's plan, with what is wrong with it.

    Raises:
        InputProblems: It is no lesson plan, or cannot be read.
    """
    plan, problems = read_plan(path)
    if isinstance(plan, LessonPlan):
        return plan, problems
    message = "no lesson plan: none of the phases is there"
    remedy = "give it the headings of docs/authoring.md, `## Phase 1: Orient (Student State)` …"
    raise InputProblems([Problem(str(path), 1, "ML108", message, remedy)])


def module_info(catalog: Catalog) -> ModuleInfo:
    """Return the module's lessons in teaching order, the planned ones among them."""
    module = catalog.module
    planned = {row.slug: title_from_slug(row.slug) for row in module.sequence}
    built = {slug: one.title for slug, one in catalog.lessons.items() if not one.appendix}
    cores = {row.slug: plain(row.core) for row in module.sequence}
    links = (
        LessonLink(slug, title, slug in built, cores.get(slug, ""))
        for slug, title in {**planned, **built}.items()
    )
    beside = (
        LessonLink(slug, one.title, exists=True)
        for slug, one in catalog.lessons.items()
        if one.appendix
    )
    author, number = module.meta.author, module.meta.module_number
    return ModuleInfo(module.title, tuple(links), tuple(beside), author, number)


def today() -> str:
    """Return the date, where it is nobody's midnight: what a page is dated by."""
    return datetime.now(UTC).date().isoformat()


def made_here(
    sources: Sources,
    machines: Iterable[Path],
    references: Iterable[Path] = (),
    records: Iterable[dict[str, Any]] = (),
) -> Sources:
    """Return sources that say when and on what they were made, and what others have measured.

    Args:
        machines: Records of what trained and measured.
        references: Of the module, none or one.
        records: Those of the lesson's claims.
    """
    known = [load_timings(path).hardware for path in machines]
    verdicts = dict(map(verdict_of, records))
    said = (held_against(load_reference(path), sources.ledger, verdicts) for path in references)
    held = " ".join(filter(None, said))
    return replace(sources, made_on=made_on(known, processor()), held=held, date=today())


def lesson_plans(catalog: Catalog) -> dict[str, LessonPlan]:
    """Return the plans of the module's lessons by slug; the catalog has checked their kind."""
    plans = {slug: read_plan(Path(entry.file))[0] for slug, entry in catalog.lessons.items()}
    return {slug: plan for slug, plan in plans.items() if isinstance(plan, LessonPlan)}


def timed_ledger(ledger: Path, timings: Iterable[Path], trainings: Iterable[Path] = ()) -> Ledger:
    """Return the ledger with the clocks' rows, and the training times."""
    clocks = [load_timings(path) for path in timings]
    rows = (*(row for clock in clocks for row in clock.rows), *load_trainings(trainings))
    hardware = clocks[0].hardware if clocks else {}
    return load_ledger(ledger).with_timings(Timings(hardware=hardware, rows=rows))


def ledger_at_hand(build: Path) -> Ledger:
    """Return what a build has measured so far, perhaps nothing."""
    ledger, timings = build / "ledger.json", sorted(build.glob("timings/*/*.json"))
    if not ledger.is_file():
        return EMPTY
    trainings = sorted(build.glob("models/*.timing.json"))
    with as_built(ledger):
        return timed_ledger(ledger, timings, trainings)


def page_sources(
    plan: LessonPlan,
    catalog: Catalog,
    references: dict[str, Reference],
    ledger: Ledger,
    draft: Path,
) -> Sources:
    """Return everything that a page of this module may show; `draft` is the lesson's folder."""
    return Sources(
        ledger=ledger,
        module=module_info(catalog),
        references=references,
        figures=drawn_figures(plan, draft / "figures", ledger.preset),
        listings=executed_listings(plan, draft / "listings"),
        exercises=ran_exercises(plan, draft / "exercises"),
        experiments=catalog.measured,
        titles=titles(catalog.measured),
    )


def drawn_figures(plan: LessonPlan, drawings: Path, preset: str) -> dict[str, DrawnFigure]:
    """Return those figures of a plan that have been drawn."""
    config = "" if preset == "default" else f" --config preset={preset}"
    return {
        name: DrawnFigure(
            load_built(drawings / f"{name}.json", Description),
            f"figures/{name}",
            f"snakemake --cores all {(drawings / name).as_posix()}.light.svg{config}",
            use.experiments,
        )
        for name, use in figures(plan).items()
        if (drawings / f"{name}.json").is_file()
    }


def executed_listings(plan: LessonPlan, results: Path) -> dict[str, Executed]:
    """Return those programs of a plan that have been run."""
    files = {name: results / f"{name}.json" for name in listings(plan)}
    return {name: load_built(file, Executed) for name, file in files.items() if file.is_file()}


def ran_exercises(plan: LessonPlan, results: Path) -> dict[str, RanExercise]:
    """Return those exercises of a plan that have been run."""
    files = {name: results / f"{name}.json" for name in exercises(plan)}
    return {name: _ran_exercise(file) for name, file in files.items() if file.is_file()}


def _ran_exercise(result: Path) -> RanExercise:
    run = load_built(result, ExerciseRun)
    clock = load_built(result.with_suffix(".timing.json"), ExerciseClock)
    return RanExercise(run, clock.seconds)


def titles(experiments: dict[str, Experiment | LatentExperiment]) -> dict[str, str]:
    """Return what experiments are called, by name."""
    return {name: experiment.title for name, experiment in experiments.items()}


def lint_problems(
    plan: AnyPlan, catalog: Catalog, ledger: Ledger, references: dict[str, Reference]
) -> list[Problem]:
    """Return what the lint finds in a plan, its exercises and rounds, with a ledger's facts."""
    found = lint(
        plan,
        facts=ledger.facts,
        citations=references,
        experiments=catalog.measured,
        sequence=catalog.module.sequence,
        built=catalog.lessons,
        lessons=catalog.lessons,
    )
    if not isinstance(plan, LessonPlan):
        return found
    return [*lint_exercises(plan), *found, *round_problems(register_of(plan))]
