"""facts.yaml and references.bib: what the pages may quote and cite from others."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.contracts.measurement import Fact
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.references import Reference, Term
from pipelines.plan.source import decode

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # same rules, ten times as fast


def load_facts(path: Path) -> dict[str, Fact]:
    """Read the cited figures: a YAML list of mappings with the fields of `Fact`.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    nodes = _entries(path)
    facts: dict[str, Fact] = {}
    problems: list[Problem] = []
    for node in nodes:
        line = node.start_mark.line + 1
        data = _data(node)
        try:
            fact = Fact.model_validate({**data, "line": line})
        except ValidationError as error:
            problems += [_entry_problem(path, node, item, Fact) for item in error.errors()]
            continue
        if fact.id in facts:
            problems.append(
                Problem(
                    str(path),
                    line,
                    "ML107",
                    f"fact `{fact.id}` is already at line {facts[fact.id].line}",
                    "give each fact an id of its own",
                )
            )
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
    for node in _entries(path) if path.is_file() else ():
        line = node.start_mark.line + 1
        try:
            term = Term.model_validate({**_data(node), "line": line})
        except ValidationError as error:
            problems += [_entry_problem(path, node, item, Term) for item in error.errors()]
            continue
        if term.source and term.source not in works:
            message = f"`{term.source}` is no reference"
            problems.append(Problem(str(path), line, "ML107", message, "add it to references.bib"))
        if any(term.term == other.term for other in terms):
            message = f"the term `{term.term}` is there twice"
            problems.append(Problem(str(path), line, "ML107", message, "keep one of the two"))
        terms.append(term)
    if problems:
        raise InputProblems(problems)
    return tuple(sorted(terms, key=lambda term: term.term.casefold()))


def _entries(path: Path) -> list[yaml.MappingNode]:
    try:
        node = yaml.compose(decode(path.read_bytes(), str(path)), Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputProblems(
            [
                Problem(
                    str(path),
                    mark.line + 1 if mark else 1,
                    "ML101",
                    f"not readable as YAML: {str(error).splitlines()[0]}",
                    "mend the syntax at this line",
                )
            ]
        ) from error
    if node is None:
        return []
    entries = node.value if isinstance(node, yaml.SequenceNode) else [node]
    wrong = [entry for entry in entries if not isinstance(entry, yaml.MappingNode)]
    if wrong or not isinstance(node, yaml.SequenceNode):
        line = (wrong or [node])[0].start_mark.line + 1
        raise InputProblems(
            [
                Problem(
                    str(path),
                    line,
                    "ML102",
                    "this file is a list of mappings",
                    "begin each with `- `, the first key and a colon",
                )
            ]
        )
    return list(entries)


def _data(node: yaml.MappingNode) -> dict[Any, Any]:
    """Construct one entry as plain data: no tags beyond YAML's own, so no objects."""
    loader = _Loader("")
    try:
        return dict(loader.construct_mapping(node, deep=True))
    except yaml.YAMLError:
        return {}  # every field is then missing, and reported at this entry's line
    finally:
        loader.dispose()


def _entry_problem(
    path: Path, node: yaml.MappingNode, item: Any, kind: type[BaseModel]
) -> Problem:
    key = str(item["loc"][0]) if item["loc"] else ""
    line = next(
        (name.start_mark.line for name, _ in node.value if name.value == key),
        node.start_mark.line,
    )
    fields = ", ".join(name for name in kind.model_fields if name != "line")
    return Problem(
        str(path),
        line + 1,
        "ML103",
        f"`{key}`: {item['msg']}",
        f"the fields of an entry are {fields}",
    )


def load_references(path: Path) -> dict[str, Reference]:
    """Read the works that are cited.

    Raises:
        InputProblems: If an entry cannot be read or lacks a title or authors.
    """
    import logging

    from bibtexparser import middlewares  # slow to import; planning a build needs none of it
    from bibtexparser.entrypoint import parse_string

    from pipelines.plan.latex_text import Decoding

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # failures are reported below
    steps = [
        Decoding(),
        middlewares.SeparateCoAuthors(),
        middlewares.SplitNameParts(),
    ]
    library = parse_string(decode(path.read_bytes(), str(path)), append_middleware=steps)
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
