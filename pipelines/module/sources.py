"""facts.yaml and references.bib: what the pages may quote and cite from others."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.input_files import read_input
from pipelines.contracts.measurement import Fact
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.references import Reference, Term
from pipelines.contracts.yaml_input import read_entries
from pipelines.module.sound_yaml import sound_text
from pipelines.plan.lines import decode

if TYPE_CHECKING:
    from bibtexparser.model import Entry


def load_facts(path: Path) -> dict[str, Fact]:
    """Read the cited figures: a YAML list of mappings with the fields of `Fact`.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    facts: dict[str, Fact] = {}
    problems: list[Problem] = []
    for fact in read_entries(sound_text(path), str(path), Fact, problems):
        if fact.id in facts:
            message = f"fact `{fact.id}` is already at line {facts[fact.id].line}"
            remedy = "give each fact an id of its own"
            problems.append(Problem(str(path), fact.line, "ML107", message, remedy))
        facts.setdefault(fact.id, fact)
    if problems:
        raise InputProblems(problems)
    return facts


def load_glossary(path: Path, works: Collection[str]) -> tuple[Term, ...]:
    """Read a module's terms, sorted; a module without a glossary has none.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    terms: list[Term] = []
    problems: list[Problem] = []
    text = sound_text(path) if path.is_file() else ""
    for term in read_entries(text, str(path), Term, problems):
        if term.source and term.source not in works:
            message = f"`{term.source}` is no reference"
            remedy = "add it to references.bib"
            problems.append(Problem(str(path), term.line, "ML107", message, remedy))
        if any(term.term == other.term for other in terms):
            message = f"the term `{term.term}` is there twice"
            problems.append(Problem(str(path), term.line, "ML107", message, "keep one of the two"))
        terms.append(term)
    if problems:
        raise InputProblems(problems)
    return tuple(sorted(terms, key=lambda term: term.term.casefold()))


def load_references(path: Path) -> dict[str, Reference]:
    """Read the works that are cited.

    Raises:
        InputProblems: If an entry cannot be read or lacks a title or authors.
    """
    import logging

    from bibtexparser import middlewares  # slow to import; planning a build needs none of it
    from bibtexparser.entrypoint import parse_string

    from pipelines.module.latex_text import Decoding

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # failures are reported below
    steps = [
        Decoding(),
        middlewares.SeparateCoAuthors(),
        middlewares.SplitNameParts(),
    ]
    library = parse_string(decode(read_input(path), str(path)), append_middleware=steps)
    problems = [
        Problem(
            str(path),
            (block.start_line or 0) + 1,
            "ML107",
            f"not readable as BibTeX: {block.error}",
            "close every brace, end every field with a comma, use each key once",
        )
        for block in library.failed_blocks
    ]
    references = {entry.key: _reference(entry) for entry in library.entries}
    for one in references.values():
        if not (one.title and one.authors):
            lack = "title" if not one.title else "authors"
            problems.append(
                Problem(str(path), one.line, "ML107", f"`{one.key}` has no {lack}", "add it")
            )
    if problems:
        raise InputProblems(problems)
    return references


def _reference(entry: Entry) -> Reference:
    fields = {field.key.lower(): field.value for field in entry.fields}
    names = fields.get("author", [])
    authors = tuple(" ".join(n.first + n.von + n.last + n.jr) for n in names)
    venue = next(
        (str(fields[key]) for key in ("journal", "booktitle", "publisher") if key in fields), ""
    )
    return Reference(
        key=entry.key,
        authors=authors,
        title=str(fields.get("title", "")),
        year=str(fields.get("year", "")),
        venue=venue,
        url=str(fields.get("url", "")),
        arxiv=str(fields.get("eprint", "")),
        doi=str(fields.get("doi", "")),
        line=(entry.start_line or 0) + 1,
    )
