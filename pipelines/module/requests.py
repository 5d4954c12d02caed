"""What a plan asks the build for: figures, tables and the experiments behind them."""

from pipelines.blocks.exercise import Exercise
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.listing import Listing
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import Block, walk
from pipelines.contracts.keys import experiment_of, listed
from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.figure_registry import FIGURES, TABLES
from pipelines.module.build_catalog import (
    ExerciseUse,
    FigureUse,
    LessonEntry,
    ListingUse,
    TableUse,
)


def page_blocks(plan: AnyPlan) -> tuple[Block, ...]:
    """Return the blocks of a plan's page, outermost ones only."""
    if isinstance(plan, LessonPlan):
        outline = plan.design.outline
        sections = outline.sections if outline else ()
        intro = outline.intro if outline else ()
        return intro + tuple(node for section in sections for node in section.nodes)
    if isinstance(plan, ModulePlan):
        topics = tuple(block for blocks in plan.topics.values() for block in blocks)
        return plan.welcome + plan.goal + plan.arc + topics
    return plan.nodes


def figures(plan: AnyPlan) -> dict[str, FigureUse]:
    """Return the figures of a page by id."""
    uses = {}
    for block in walk(page_blocks(plan)):
        if isinstance(block, FigureRequest):
            roles = FIGURES[block.figure].roles if block.figure in FIGURES else ()
            names = _experiments(block.options, roles)
            uses[block.id] = FigureUse(
                block.id, block.figure, block.options, names, block.src.line
            )
    return uses


def tables(plan: AnyPlan) -> dict[str, TableUse]:
    """Return the measured tables of a page by id."""
    return {
        block.id: TableUse(
            block.id,
            block.table,
            block.options,
            _experiments(block.options, TABLES.get(block.table, ())),
            block.src.line,
        )
        for block in walk(page_blocks(plan))
        if isinstance(block, TableRequest)
    }


def listings(plan: AnyPlan) -> dict[str, ListingUse]:
    """Return the programs of a page by id."""
    return {
        block.id: ListingUse(block.id, block.models, block.src.line)
        for block in walk(page_blocks(plan))
        if isinstance(block, Listing)
    }


def exercises(plan: AnyPlan) -> dict[str, ExerciseUse]:
    """Return the exercises of a page that have notebooks, by the name of their source."""
    return {
        block.notebook: ExerciseUse(block.notebook, block.src.line)
        for block in walk(page_blocks(plan))
        if isinstance(block, Exercise) and block.notebook
    }


def entry(plan: AnyPlan) -> LessonEntry:
    """Return what a page asks for, under its plan's name."""
    appendix = isinstance(plan, LessonPlan) and plan.appendix
    shown = figures(plan), tables(plan)
    run = listings(plan), exercises(plan)
    return LessonEntry(plan.id, plan.file, *shown, plan.title, appendix, *run)


def experiment_names(value: str) -> list[str]:
    """Return the experiments of an option: `toy-edm/heun@10, toy-cd` → toy-edm, toy-cd."""
    return [name for part in listed(value) if (name := experiment_of(part).strip())]


def _experiments(options: dict[str, str], roles: tuple[str, ...]) -> tuple[str, ...]:
    naming = [role for role in roles if role in options and role != "metrics"]
    return tuple(sorted({name for role in naming for name in experiment_names(options[role])}))
