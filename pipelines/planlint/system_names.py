"""One name for each system in the figures and tables of a module, and one system for each name.

A system is called by its model's title and how it is sampled, unless a plan gives it a name of its
own, `toy-cd/consistency@1 = …`. Networks of other data may share a title: what is drawn or listed
says which data it is of, and only there must their names differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contracts.keys import SystemPattern, listed, titled
from pipelines.contracts.system_names import NO_MODEL, name_of_any
from pipelines.figure_registry import FIGURES, TABLES
from pipelines.module.build_catalog import FigureUse, LessonEntry, TableUse
from pipelines.module.report import Report
from pipelines.module.requests import entry

if TYPE_CHECKING:
    from pipelines.module.build_catalog import Experiments


@dataclass(frozen=True)
class Named:
    """A system in an option of a figure or table, and what it is called there.

    Attributes:
        said: The system, or the systems, that are meant.
        data: What it draws: the data of the plane, or "" of pictures.
        own: Whether the plan gives it this name.
    """

    lesson: str
    block: str
    option: str
    line: int
    said: SystemPattern
    name: str
    data: str
    own: bool

    @property
    def where(self) -> str:
        """The place, for whoever reads of it elsewhere."""
        return f"`{self.block}` of {self.lesson}"


def check_system_names(
    report: Report, experiments: Experiments, lessons: Mapping[str, LessonEntry]
) -> None:
    """Report systems of a plan that have two names in the module, or share one.

    Args:
        lessons: The module's other lessons, with what their pages ask for.
    """
    plan = report.plan
    here = list(_of_lesson(entry(plan), experiments))
    others = (one for slug, one in lessons.items() if slug != plan.id)
    there = [one for lesson in others for one in _of_lesson(lesson, experiments)]
    for one in here:
        if problem := _two_names(one, [*here, *there]) or _one_for_two(one, [*here, *there]):
            _report(report, one, *problem)


def _of_lesson(lesson: LessonEntry, experiments: Experiments) -> Iterator[Named]:
    uses: tuple[FigureUse | TableUse, ...] = (*lesson.figures.values(), *lesson.tables.values())
    for use in uses:
        for option in _naming(use):
            for part in listed(use.options.get(option, "")):
                if found := _read(part, experiments):
                    yield Named(lesson.slug, use.id, option, use.line, *found)


def _naming(use: FigureUse | TableUse) -> tuple[str, ...]:
    """Return the options that list systems; a table names what it compares with elsewhere."""
    if isinstance(use, FigureUse):
        return FIGURES[use.figure].roles if use.figure in FIGURES else ()
    return TABLES.get(use.table, ())[:1]


def _read(part: str, experiments: Experiments) -> tuple[SystemPattern, str, str, bool] | None:
    said, own = titled(part)
    try:
        pattern = SystemPattern.parse(said)
    except ValueError:
        return None  # reported where systems are looked up
    experiment = experiments.get(pattern.experiment)
    if experiment is None or pattern.sampler in NO_MODEL:
        return None
    name = own or name_of_any(experiment, pattern)
    return pattern, name, getattr(experiment, "data", ""), bool(own)


def _two_names(one: Named, every: list[Named]) -> tuple[str, str] | None:
    """Report a name that a plan gives, where the system has another one in the module."""
    other = next((it for it in every if it.said == one.said and it.name != one.name), None)
    if not (one.own and other):
        return None
    message = f"`{one.said}` is called “{one.name}” here, “{other.name}” in {other.where}"
    return message, "leave the name out, or give it everywhere"


def _one_for_two(one: Named, every: list[Named]) -> tuple[str, str] | None:
    """Report a name that another system has, of the same data or in the same option."""
    alike = (it for it in every if it.name == one.name and _differ(it, one))
    other = next((it for it in alike if it.data == one.data or _beside(it, one)), None)
    if not other:
        return None
    message = f"`{one.said}` and `{other.said}` ({other.where}) are both called “{one.name}”"
    return message, "give one of their experiments another title, or one of them a name"


def _differ(one: Named, other: Named) -> bool:
    """Tell whether two are of different models, or different systems of one model."""
    if one.said.experiment != other.said.experiment:
        return True
    return one.said != other.said and None not in (one.said.steps, other.said.steps)


def _beside(one: Named, other: Named) -> bool:
    return (one.lesson, one.block, one.option) == (other.lesson, other.block, other.option)


def _report(report: Report, one: Named, message: str, remedy: str) -> None:
    lines = range(one.line, one.line + 12)
    marked = f":{one.option}:"
    line = next((n for n in lines if report.line_text(n).strip().startswith(marked)), one.line)
    report.gate(line, "ML321", message, remedy, at=one.name if one.own else str(one.said))
