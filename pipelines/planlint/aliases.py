"""Two names of one concept: `Low-Rank Adaptation (LoRA)`, and tables that say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pipelines.contracts.blocks import Table, walk
from pipelines.contracts.plan import AnyPlan, LessonPlan
from pipelines.plan.inline import plain

# An abbreviation has two capitals or more, and no sentence stands in its parentheses.
_SHORT = re.compile(r"(?P<long>[^()]{4,})\((?P<short>[A-Za-z0-9-]*[A-Z][a-z0-9-]*[A-Z][\w-]*)s?\)")
_ALIAS = re.compile(r"alias|also (?:called|known as|named)|synonym|other names?", re.IGNORECASE)
_SPLIT = re.compile(r"\s*[,;/]\s*")


def aliases(plans: Iterable[AnyPlan], key_of: Callable[[str], str]) -> dict[str, str]:
    """Return key of the other name → key of the first; a name of two concepts is none."""
    found: dict[str, set[str]] = {}
    for plan in plans:
        for name, other in (*_abbreviations(plan), *_tables(plan)):
            one, two = key_of(name), key_of(other)
            if one and two and one != two:
                found.setdefault(two, set()).add(one)
    return {two: min(ones) for two, ones in found.items() if len(ones) == 1}


def _abbreviations(plan: AnyPlan) -> Iterator[tuple[str, str]]:
    if isinstance(plan, LessonPlan):
        names = [plain(one.name) for one in plan.student.concepts]
        names += [plain(one.concept) for one in plan.prerequisites]
        names += [plain(one.concept) for one in plan.design.scope.depth_targets]
        for name in names:
            if match := _SHORT.match(name):
                yield match["long"], match["short"]


def _tables(plan: AnyPlan) -> Iterator[tuple[str, str]]:
    """Read tables with a column of other names."""
    for table in (one for one in walk(plan.extra) if isinstance(one, Table)):
        heads = [plain(column) for column in table.columns]
        at = next((i for i, head in enumerate(heads) if _ALIAS.search(head)), 0)
        for row in table.rows if at else ():
            for other in _SPLIT.split(plain(row[at])):
                yield plain(row[0]), other
