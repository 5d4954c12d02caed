"""Plans of either kind: the exact reader's door, with the importer behind it.

A plan that says `Voice: explicit` is read by `pipelines.plan` alone. `pipelines.handwritten` is
imported when a plan does not say so, or has something that the exact spelling lacks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.blocks.kinds import DIRECTIVES
from pipelines.contracts.input_files import read_input
from pipelines.contracts.plan import AnyPlan
from pipelines.contracts.problems import Problem
from pipelines.plan import reader
from pipelines.plan.lines import decode, foreign_marks

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from pipelines.plan.reading import Importer

_remembered: dict[tuple[str, bytes], tuple[AnyPlan, list[Problem]]] | None = None


def remember() -> None:
    """Keep, in this process, what is read of plan files, by name and text."""
    global _remembered
    _remembered = _remembered or {}


def read_plan(path: Path) -> tuple[AnyPlan, list[Problem]]:
    """Read a plan file.

    Returns:
        The plan, and all problems of its content, in the order of lines.

    Raises:
        InputProblems: If the file is not UTF-8, or none that can be read.
    """
    data, file = read_input(path), str(path)
    known = (_remembered or {}).get((file, data))
    if not known:
        plan, problems = read_text(decode(data, file), file)
        known = plan, sorted([*foreign_marks(data, file), *problems])
    if _remembered is not None:
        _remembered[file, data] = known
    return known[0], list(known[1])


def read_text(text: str, file: str = "plan.md") -> tuple[AnyPlan, list[Problem]]:
    """Read the text of a plan; `file` is how problems call it."""
    return reader.read_text(text, file, DIRECTIVES, importer)


def plan_adapter() -> TypeAdapter[AnyPlan]:
    """Return what checks typed plans, and writes them and their schema as JSON."""
    from pydantic import TypeAdapter

    return TypeAdapter(AnyPlan)


def importer() -> Importer:
    """Return the importer of hand-written plans; few plans need it, and it takes time to load."""
    from pipelines.handwritten.importer import HANDWRITTEN

    return HANDWRITTEN
