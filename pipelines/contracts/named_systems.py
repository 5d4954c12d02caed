"""How plans name systems, and which systems such a name means."""

from __future__ import annotations

from collections.abc import Iterable


def names_system(pattern: str, system: str) -> bool:
    """Tell whether a plan's words mean a system, `experiment/sampler@steps[,w=guidance]`.

    Plans write a system in full, or without its steps (`toy-edm/euler`: all of them), or only its
    experiment.
    """
    if "@" in pattern:
        return system == pattern
    if "/" in pattern:
        return system.partition("@")[0].partition(",")[0] == pattern.partition(",")[0]
    return system.partition("/")[0] == pattern


def named_by_any(patterns: Iterable[str], system: str) -> bool:
    return any(names_system(pattern, system) for pattern in patterns)
