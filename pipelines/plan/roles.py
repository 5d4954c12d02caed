"""What a table is about, told by its header: whatever heading it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.plan.markdown import Raw

_LEADING = re.compile(r"#|no\.?|id|nr\.?", re.IGNORECASE)
_CONCEPT = r"(?:known |prior )?concept|topic|skill|knowledge|idea|term"
# role → patterns, each of which begins (or, after `.*`, ends) one of the header's cells
_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("prerequisites", (r".*\brequired|.*\bneeded", r".*\b(?:actual|current|available|have)\b")),
    ("misconceptions", (r"^misconception|^(?:wrong|false) (?:idea|belief)|^belief",)),
    ("modalities", (r"^modalit|^representation", r"what|why|rationale|how")),
    ("examples", (r"^example", r"type|kind|polarity|.*positive|\+|purpose")),
    ("gaps", (r"^(?:missing )?(?:gap|concept|prerequisite)", r"gap|size|magnitude|severity",
              r".*\bresol|action|plan|fix|remed")),
    ("concepts", (rf"^(?:{_CONCEPT})", r".*\bdepth|level")),
)  # fmt: skip


def role_of(raw: Raw) -> str:
    """Name what the rows of a table are: prerequisites, gaps, …; "" if its header does not say."""
    cells = [cell.strip(" *`").lower() for cell in raw.rows[0][1].strip().strip("|").split("|")]
    cells = cells[1:] if cells and _LEADING.fullmatch(cells[0]) else cells
    for role, patterns in _ROLES:
        if all(_has(cells, pattern) for pattern in patterns):
            return role
    return ""


def _has(cells: list[str], pattern: str) -> bool:
    """Match one of the cells; a pattern that begins with `^` only the first."""
    return any(re.match(pattern, cell) for cell in (cells[:1] if pattern[0] == "^" else cells))


def by_role(raws: Iterable[Raw], otherwise: str, known: Iterable[str]) -> dict[str, list[Raw]]:
    """Sort tables by what they are about.

    Args:
        otherwise: The role of a table whose header does not say, or says one not in `known`.
    """
    found: dict[str, list[Raw]] = {}
    for raw in raws:
        role = role_of(raw)
        found.setdefault(role if role in known else otherwise, []).append(raw)
    return found
