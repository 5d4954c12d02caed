"""The tables and lists of the first two phases and of the design."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.contracts.plan import (
    Concept,
    Connection,
    Example,
    Gap,
    Misconception,
    Modality,
    Named,
    Prerequisite,
    Spans,
    Src,
    TableHead,
    Text,
)
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading, plain
from pipelines.plan.tables import Grid, grid
from pipelines.plan.vocabulary import (
    read_depth,
    read_family,
    read_polarity,
    read_references,
    read_status,
)

_DASH = re.compile(r"^\s*(?:--+|[-–—:])\s*")
_BOLD_START = re.compile(r"\s*\*\*(?P<name>.+?)\*\*(?P<rest>.*)", re.DOTALL)
# role → the headers that mean it, tried in order; the rest of a header does not matter
_CONCEPT = {
    "concept": r"concept",
    "depth": r"depth",
    "source": r"source|how established",
    "note": r"note|relevan|how it",
}
_PREREQUISITE = {
    "concept": r"concept|prerequisite",
    "required": r"required",
    "actual": r"actual",
    "source": r"source",
    "status": r"status",
    "reasoning": r"reason",
}
_MISCONCEPTION = {
    "claim": r"misconception",
    "why": r"why",
    "negative": r"negative",
    "where": r"where",
}
_EXAMPLE = {"what": r"example", "type": r"type", "purpose": r"purpose", "why": r"why"}
_MODALITY = {"name": r"modality", "what": r"what", "why": r"why|rationale"}
_GAP = {"gap": r"gap$|concept", "size": r"(?:gap )?size", "resolution": r"resolution|action"}
_CONNECTION = {
    "new": r"new|this lesson|concept in this",
    "prior": r"prior|existing|connects to|connected to",
    "how": r"how|connection$|relationship",
}


@dataclass(frozen=True)
class Row:
    """One row of a table, by role; the texts of other columns by their header."""

    reading: Reading
    src: Src
    cells: dict[str, str]
    others: dict[str, str]

    def text(self, role: str) -> str:
        return self.cells.get(role, "")

    def spans(self, role: str) -> Spans:
        return self.reading.spans(self.text(role), self.src.line)

    @property
    def extra(self) -> dict[str, Spans]:
        return {
            name: self.reading.spans(text, self.src.line) for name, text in self.others.items()
        }


def rows(reading: Reading, raws: list[Raw], roles: dict[str, str]) -> Iterator[Row]:
    """Yield the rows of all tables among `raws`."""
    for raw in raws:
        if raw.kind == "table":
            cells = grid(reading, raw)
            head = TableHead(src=reading.src(raw.line, raw.line + 1), columns=cells.columns)
            reading.heads.append(head)
            yield from _rows_of(reading, cells, _places(cells, roles))


def _places(cells: Grid, roles: dict[str, str]) -> dict[str, int]:
    """Return the column of each role: the first unused header that its pattern begins."""
    places: dict[str, int] = {}
    for role, pattern in roles.items():
        for index, header in enumerate(cells.columns):
            if index not in places.values() and re.match(pattern, header.strip("* ").lower()):
                places[role] = index
                break
    return places


def _rows_of(reading: Reading, cells: Grid, places: dict[str, int]) -> Iterator[Row]:
    taken = set(places.values())
    for line, row in cells.rows:
        yield Row(
            reading,
            reading.src(line),
            {role: row[index] for role, index in places.items()},
            {
                header or f"column {index + 1}": row[index]
                for index, header in enumerate(cells.columns)
                if index not in taken and row[index]
            },
        )


def concepts(reading: Reading, raws: list[Raw]) -> tuple[Concept, ...]:
    return tuple(
        Concept(
            src=row.src,
            name=row.spans("concept"),
            depth=read_depth(row.text("depth")),
            sources=read_references(row.text("source")),
            source_raw=row.text("source"),
            note=row.spans("note"),
            extra=row.extra,
        )
        for row in rows(reading, raws, _CONCEPT)
    )


def prerequisites(reading: Reading, raws: list[Raw]) -> tuple[Prerequisite, ...]:
    return tuple(_prerequisite(row) for row in rows(reading, raws, _PREREQUISITE))


def _prerequisite(row: Row) -> Prerequisite:
    required, actual = read_depth(row.text("required")), read_depth(row.text("actual"))
    return Prerequisite(
        src=row.src,
        concept=row.spans("concept"),
        required=required,
        actual=actual,
        sources=read_references(row.text("source")),
        source_raw=row.text("source"),
        status=read_status(row.text("status")),
        status_raw=row.text("status"),
        reasoning=row.spans("reasoning"),
        computed_gap=0 <= actual.level.rank < required.level.rank,
        extra=row.extra,
    )


def gaps(reading: Reading, raws: list[Raw]) -> tuple[Gap, ...]:
    return tuple(
        Gap(
            src=row.src,
            concept=row.spans("gap"),
            size=row.text("size"),
            resolution=row.spans("resolution"),
        )
        for row in rows(reading, raws, _GAP)
    )


def misconceptions(reading: Reading, raws: list[Raw]) -> tuple[Misconception, ...]:
    return tuple(
        Misconception(
            src=row.src,
            number=number,
            claim=row.spans("claim"),
            why=row.spans("why"),
            negative_example=row.spans("negative"),
            where=row.spans("where"),
            extra=row.extra,
        )
        for number, row in enumerate(rows(reading, raws, _MISCONCEPTION), 1)
    )


def examples(reading: Reading, raws: list[Raw]) -> tuple[Example, ...]:
    return tuple(
        Example(
            src=row.src,
            what=row.spans("what"),
            polarity=read_polarity(row.text("type")),
            type_raw=row.text("type"),
            purpose=row.spans("purpose"),
            why=row.spans("why"),
            extra=row.extra,
        )
        for row in rows(reading, raws, _EXAMPLE)
    )


def modalities(reading: Reading, raws: list[Raw]) -> tuple[Modality, ...]:
    return tuple(
        Modality(
            src=row.src,
            family=read_family(row.text("name")),
            name=plain(row.spans("name")),
            what=row.spans("what"),
            why=row.spans("why"),
            extra=row.extra,
        )
        for row in rows(reading, raws, _MODALITY)
    )


def connections(reading: Reading, raws: list[Raw]) -> tuple[Connection, ...]:
    """Read the connections table, in either direction, or the bullets that stand for it."""
    found = [
        Connection(src=row.src, new=row.spans("new"), prior=row.spans("prior"), how=_how(row))
        for row in rows(reading, raws, _CONNECTION)
    ]
    bullets = named(reading, raws)
    return (
        *found,
        *(
            Connection(src=one.src, new=(Text(text=one.name),), prior=(), how=one.spans)
            for one in bullets
        ),
    )


def _how(row: Row) -> Spans:
    spans = row.spans("how")
    for name, more in row.extra.items():
        spans = (*spans, Text(text=f" {name}: "), *more)
    return spans


def named(reading: Reading, raws: list[Raw]) -> tuple[Named, ...]:
    """Read bullets `**"name"** -- text`; one without a bold name has an empty name."""
    return tuple(
        _named(reading, item) for raw in raws if raw.kind == "list" for item in raw.children
    )


def _named(reading: Reading, item: Raw) -> Named:
    text = "\n".join(child.text for child in item.children if child.kind == "paragraph")
    match = _BOLD_START.match(text)
    src = reading.src(item.line, item.end)
    if not match:
        return Named(src=src, name="", spans=reading.spans(text, item.line))
    name = match["name"].strip().rstrip(":").strip('"“”')
    rest = _DASH.sub("", match["rest"])
    return Named(src=src, name=name, spans=reading.spans(rest, item.line))
