"""Whether two names speak of one concept: plans name a concept in a few ways."""

from __future__ import annotations

import re

_SMALL = re.compile(
    r"(?:an?|and|as|at|by|for|from|ha[sv]e?|in|into|is|its?|needs?|of|on|or|the|their|this|to|via"
    r"|with|new|concepts?|pattern|small|medium|trivial|gap|mentioned|introduced|developed|applied)"
)


def keywords(name: str) -> frozenset[str]:
    """Return a name's words without endings and small words: "the ODE views" → ode, view."""
    found = re.findall(r"[^\W_]+", name.lower())
    return frozenset(word.removesuffix("s") for word in found if not _SMALL.fullmatch(word))


def alike(one: str, other: str) -> bool:
    """Half of the words of the shorter name, at least, stand in the longer one."""
    first, second = keywords(one), keywords(other)
    shared = len(first & second)
    return bool(shared) and 2 * shared >= min(len(first), len(second))
