"""The figures, tables and ids of a page: known kinds, known options, each id once.

The lint asks it of every plan, and a build before it draws its graph: a figure that nobody can
draw would be found after hours of training.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.blocks.claim import Claim
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.listing import Listing
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import Formula, Subheading
from pipelines.contracts.names import LONGEST
from pipelines.contracts.plan import AnyPlan, LessonPlan
from pipelines.contracts.spans import Node, Src
from pipelines.figure_registry import FIGURES, TABLES
from pipelines.module.report import Report
from pipelines.module.requests import experiment_names

if TYPE_CHECKING:
    from pipelines.module.build_catalog import Experiments


def identity(block: Node) -> str:
    """Return what a block can be referred to by, "" if by nothing."""
    if isinstance(block, FigureRequest | TableRequest | Listing | Claim):
        return block.id
    return block.label if isinstance(block, Formula) else ""


def anchors_of(plan: AnyPlan, blocks: Iterable[Node]) -> set[str]:
    """Return all that a `{ref}` can lead to."""
    anchors = {identity(block) for block in blocks}
    anchors |= {block.slug for block in blocks if isinstance(block, Subheading)}
    if isinstance(plan, LessonPlan) and plan.design.outline:
        anchors |= {section.slug for section in plan.design.outline.sections}
    return anchors - {""}


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a question for the name that was probably meant, "" if none is close."""
    if len(name) > LONGEST:
        return ""  # comparing takes the product of both lengths
    close = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def check_requests(report: Report, experiments: Experiments) -> None:
    """Report unknown figures and tables, their missing and unknown options, ids used twice."""
    check = _Requests(report, experiments)
    check.ids()
    for block in report.blocks:
        if isinstance(block, FigureRequest):
            check.figure(block)
        elif isinstance(block, TableRequest):
            check.table(block)


def no_experiment(report: Report, experiments: Experiments, name: str, line: int) -> None:
    """Report a name that no experiment has."""
    remedy = "experiments are the files of the module's experiments folder"
    hint = nearest(name, experiments)
    report.problem(line, "ML303", f"`{name}` is no experiment", remedy + hint)


def option_line(report: Report, src: Src, name: str) -> int:
    """Return the line of a directive's option, or of the directive."""
    for line in range(src.line, src.end + 1):
        if report.line_text(line).strip().startswith(f":{name}:"):
            return line
    return src.line


@dataclass
class _Requests:
    out: Report
    experiments: Experiments

    def ids(self) -> None:
        seen: dict[str, int] = {}
        for block in self.out.blocks:
            name = identity(block)
            if name and name in seen:
                remedy = "give it another `:id:`"
                message = f"`{name}` is already at line {seen[name]}"
                self.out.problem(block.src.line, "ML313", message, remedy)
            seen.setdefault(name, block.src.line)

    def figure(self, block: FigureRequest) -> None:
        entry = FIGURES.get(block.figure)
        if not entry:
            self.unknown(block, "figure", block.figure, FIGURES)
            return
        known = entry.roles + entry.options
        self.options(block, block.options, required=entry.roles, known=known)
        self.experiments_of(block, [(role, block.options.get(role, "")) for role in entry.roles])

    def table(self, block: TableRequest) -> None:
        known = TABLES.get(block.table)
        if known is None:
            self.unknown(block, "table", block.table, TABLES)
            return
        self.options(block, block.options, required=known[:1], known=known)
        systems = [(name, block.options.get(name, "")) for name in known if name != "metrics"]
        self.experiments_of(block, systems)

    def unknown(self, block: Node, kind: str, name: str, known: Collection[str]) -> None:
        remedy = f"one of {', '.join(known)}{nearest(name, known)}"
        self.out.problem(block.src.line, "ML308", f"unknown {kind} `{name}`", remedy)

    def options(
        self,
        block: Node,
        options: Mapping[str, str],
        required: Iterable[str],
        known: Collection[str],
    ) -> None:
        for name in required:
            if not options.get(name):
                message = f"the option `:{name}:` is missing"
                self.out.problem(block.src.line, "ML309", message, "name an experiment for it")
        for name, value in options.items():
            if name not in known:
                remedy = f"the options are {', '.join(known)}{nearest(name, known)}"
                line = option_line(self.out, block.src, name)
                self.out.problem(line, "ML309", f"unknown option `:{name}:`", remedy)
            elif "$" in value:  # figures read mathematics between two of them
                message = f"`:{name}:` holds a dollar sign, which no figure can show"
                line = option_line(self.out, block.src, name)
                self.out.problem(line, "ML309", message, "write it in words")

    def experiments_of(self, block: Node, options: list[tuple[str, str]]) -> None:
        for option, value in options:
            for name in experiment_names(value):
                if name not in self.experiments:
                    line = option_line(self.out, block.src, option)
                    no_experiment(self.out, self.experiments, name, line)
