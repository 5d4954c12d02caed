"""What pages quote and cite, held to its form before any job begins.

A mistake in a fact or a reference would else be told by the first job that reads it, after all
trainings.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.contracts.problems import InputProblems, Problem
from pipelines.module.sources import load_facts, load_glossary, load_references
from pipelines.module.survey import SOURCES


def wrong_sources(folder: Path) -> list[Problem]:
    """Return all that is wrong with the facts, the references and the glossary that are there."""
    facts, references, glossary = (folder / name for name in SOURCES)
    works: set[str] = set()
    problems = _mistakes(references, lambda path: works.update(load_references(path)))
    if not problems:  # else nobody knows what a term may cite
        problems = _mistakes(glossary, lambda path: load_glossary(path, works))
    return [*_mistakes(facts, load_facts), *problems]


def _mistakes(path: Path, load: Callable[[Path], object]) -> list[Problem]:
    try:
        if path.is_file():
            load(path)
    except InputProblems as found:
        return list(found.problems)
    return []
