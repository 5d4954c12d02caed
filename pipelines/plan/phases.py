"""The tables and lists of the first two phases and of the design."""

import re

from pipelines.contracts.planning import (
    Concept,
    Connection,
    DepthTarget,
    Direction,
    Example,
    Gap,
    Misconception,
    Modality,
    Named,
    Prerequisite,
    Scope,
)
from pipelines.contracts.spans import Text
from pipelines.plan.blocks import typed
from pipelines.plan.columns import Row, rows_by_role
from pipelines.plan.inline import plain
from pipelines.plan.lines import Heading
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.vocabulary import (
    read_depth,
    read_family,
    read_polarity,
    read_references,
    read_role,
    read_size,
    read_status,
)

_DASH = re.compile(r"^\s*(?:--+|[-–—:])\s*")
_BOLD_START = re.compile(r"\s*\*\*(?P<name>.+?)\*\*(?P<rest>.*)", re.DOTALL)
# role → the headers that mean it, tried in order; the rest of a header does not matter
_CONCEPT = {
    "concept": r".*\b(?:concept|topic|skill|knowledge|idea|term)",
    "depth": r".*\bdepth|level",
    "source": r"source|how established|lesson|where|from",
    "note": r"note|relevan|how it",
}
_PREREQUISITE = {
    "concept": r"concept|prereq|knowledge|topic|skill",
    "required": r".*\b(?:req(?:uired)?\b|need)",
    "actual": r".*\b(?:act(?:ual)?\b|current|available|have\b)",
    "source": r"source|src|lesson|where",
    "status": r"status|ok\b|gap|met\b",
    "reasoning": r"reason|why|note",
}
_MISCONCEPTION = {
    "claim": r"misconception|(?:wrong|false) (?:idea|belief)|belief",
    "why": r"why|reason",
    "negative": r".*negative|.*counter",
    "where": r"where",
}
_EXAMPLE = {
    "what": r"example",
    "type": r"type|kind|polarity|.*positive|\+|category",
    "purpose": r"purpose|what",
    "why": r"why",
}
_MODALITY = {"name": r"modalit|representation|mode", "what": r"what", "why": r"why|rationale"}
_GAP = {
    "gap": r"(?:missing )?(?:gap$|concept|prereq)",
    "size": r"(?:gap )?(?:size|magnitude|severity)|gap",
    "resolution": r".*resol|action|plan|fix|remed",
}
_NO_GAP = re.compile(r"\W*(?:none|no gaps?|n/?a|nothing)?\W*", re.IGNORECASE)
_CONNECTION = {
    "new": r"new|this lesson|concept in this",
    "prior": r"prior|existing|connects to|connected to",
    "how": r"how|connection$|relationship",
    "risk": r"risk|mislead",
}
_TARGET = re.compile(r"\s*(?P<concept>.+?):\s*(?P<depth>[A-Z][A-Z ]+\b.*)", re.DOTALL)
_TURNS = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        ("excludes", r"\*\*(?:this lesson )?is not about:?\*\*:?"),
        ("excludes", r"\*\*(?:not|out of) (?:in )?scope:?\*\*"),
        ("covers", r"\*\*(?:this lesson )?is about:?\*\*:?|\*\*in scope:?\*\*"),
        ("targets", r"\*\*(?:target )?depth targets?:?\*\*"),
    )
)


def read_concepts(reading: Reading, raws: list[Raw]) -> tuple[Concept, ...]:
    """Read tables of concepts."""
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
        for row in rows_by_role(reading, raws, _CONCEPT)
    )


def read_prerequisites(reading: Reading, raws: list[Raw]) -> tuple[Prerequisite, ...]:
    """Read tables of prerequisites."""
    return tuple(_prerequisite(row) for row in rows_by_role(reading, raws, _PREREQUISITE))


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
        size=read_size(row.text("status")),
        reasoning=row.spans("reasoning"),
        computed_gap=0 <= actual.level.rank < required.level.rank,
        extra=row.extra,
    )


def read_gaps(reading: Reading, raws: list[Raw]) -> tuple[Gap, ...]:
    """Read the rows that name a gap; `| None | — |` says that there is none."""
    found = []
    for row in rows_by_role(reading, raws, _GAP):
        if _NO_GAP.fullmatch(row.text("gap")):
            reading.label(row.src.line, reading.source.line(row.src.line))
        else:
            size = row.text("size")
            found.append(
                Gap(
                    src=row.src,
                    concept=row.spans("gap"),
                    size=read_size(size),
                    size_raw=size,
                    resolution=row.spans_and_extra("resolution"),
                )
            )
    return tuple(found)


def read_misconceptions(reading: Reading, raws: list[Raw]) -> tuple[Misconception, ...]:
    """Read tables of misconceptions."""
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
        for number, row in enumerate(rows_by_role(reading, raws, _MISCONCEPTION), 1)
    )


def read_examples(reading: Reading, raws: list[Raw]) -> tuple[Example, ...]:
    """Read tables of examples."""
    return tuple(_example(reading, row) for row in rows_by_role(reading, raws, _EXAMPLE))


def _example(reading: Reading, row: Row) -> Example:
    written = row.text("type") if "type" in row.cells else _heading_above(reading, row.src.line)
    return Example(
        src=row.src,
        what=row.spans("what"),
        polarity=read_polarity(written),
        type_raw=written,
        role=read_role(written),
        purpose=row.spans("purpose"),
        why=row.spans("why"),
        extra=row.extra,
    )


def _heading_above(reading: Reading, number: int) -> str:
    """Return the heading or bold line above a row: a table without types has them there."""
    above = reading.source.lines[max(0, number - 60) : number - 1]
    reached = [line for line in above if line.startswith(("#", "**"))]
    return reached[-1].strip("#*: ") if reached else ""


def read_modalities(reading: Reading, raws: list[Raw]) -> tuple[Modality, ...]:
    """Read tables of modalities."""
    return tuple(
        Modality(
            src=row.src,
            family=read_family(row.text("name")),
            name=plain(row.spans("name")),
            what=row.spans("what"),
            why=row.spans("why"),
            extra=row.extra,
        )
        for row in rows_by_role(reading, raws, _MODALITY)
    )


def read_connections(reading: Reading, raws: list[Raw]) -> tuple[Connection, ...]:
    """Read the connections table, in either direction, or the bullets that stand for it."""
    found = [
        Connection(
            src=row.src,
            new=row.spans("new"),
            prior=row.spans("prior"),
            how=row.spans_and_extra("how"),
            risk=row.spans("risk"),
            direction=_direction(row),
        )
        for row in rows_by_role(reading, raws, _CONNECTION)
    ]
    found += [
        Connection(src=one.src, new=(Text(text=one.name),), prior=(), how=one.spans)
        for one in read_named(reading, raws)
    ]
    return tuple(found)


def _direction(row: Row) -> Direction:
    """Return which concept's column comes first."""
    first = next((role for role in row.order if role in ("new", "prior")), "")
    known = {"new": Direction.NEW_TO_PRIOR, "prior": Direction.PRIOR_TO_NEW}
    return known.get(first, Direction.UNKNOWN)


def read_named(reading: Reading, raws: list[Raw]) -> tuple[Named, ...]:
    """Read bullets `**"name"** -- text`; one without a bold name has an empty name."""
    return tuple(
        _named_item(reading, item) for raw in raws if raw.kind == "list" for item in raw.children
    )


def _named_item(reading: Reading, item: Raw) -> Named:
    text = "\n".join(child.text for child in item.children if child.kind == "paragraph")
    match = _BOLD_START.match(text)
    src = reading.src(item.line, item.end)
    if not match:
        return Named(src=src, name="", spans=reading.spans(text, item.line))
    name = _unquoted(match["name"].strip().rstrip(":"))
    rest = _DASH.sub("", match["rest"])
    return Named(src=src, name=name, spans=reading.spans(rest, item.line))


def _unquoted(name: str) -> str:
    """Return a name without the quotation marks around it; one that only begins so keeps them."""
    bare = name.strip('"“”')
    return name if re.search('["“”]', bare) else bare


def read_scope(reading: Reading, part: Heading) -> Scope:
    """Read what a lesson is about, what not, and how deep it goes."""
    piles: dict[str, list[Raw]] = {"covers": [], "excludes": [], "targets": []}
    pile = "covers"
    for raw in raw_blocks(reading, *part.whole):
        turns = (
            name for name, words in _TURNS if raw.kind == "paragraph" and words.match(raw.text)
        )
        if turn := next(turns, ""):
            pile = turn
            reading.label(raw.line, raw.text, raw.end)
        elif raw.kind != "rule":
            piles[pile].append(raw)
    return Scope(
        covers=typed(reading, piles["covers"]),
        excludes=typed(reading, piles["excludes"]),
        depth_targets=tuple(
            _target(reading, one) for raw in piles["targets"] for one in raw.children
        ),
    )


def _target(reading: Reading, raw: Raw) -> DepthTarget:
    text = " ".join(child.text for child in raw.children if child.kind == "paragraph")
    match = _TARGET.match(text.replace("**", ""))
    concept, rest = (match["concept"], match["depth"]) if match else (text, "")
    depth, role, said = rest.partition("{")  # a role says where, or why nowhere
    return DepthTarget(
        src=reading.src(raw.line, raw.end),
        concept=reading.spans(concept, raw.line),
        depth=read_depth(depth),
        said=reading.spans(role + said, raw.line),
    )
