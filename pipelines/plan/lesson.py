"""The frame of a lesson plan: which heading holds what."""

from __future__ import annotations

import re
from typing import Any

from pipelines.contracts.plan import (
    Blocks,
    Extra,
    LessonPlan,
    StudentState,
)
from pipelines.plan import phases
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.lists import checklist, scope
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.outline import read_outline
from pipelines.plan.reading import Reading, plain
from pipelines.plan.reviews import numbered, read_review
from pipelines.plan.structure import Part

ORIENT = re.compile(r"(?:phase 1\b|student state|orient\b)", re.IGNORECASE)
ANALYZE = re.compile(r"(?:phase 2\b|analy[sz]e|analysis)", re.IGNORECASE)
DESIGN = re.compile(r"(?:phase 3\b|design$)", re.IGNORECASE)
_CHECKLISTS = re.compile(r"(?:planning |design |review )?checklists?\b|gate check", re.IGNORECASE)
_REVIEW = re.compile(
    r"(?:re-?)?review\b|.*\breview\b.*(?:\d{4}-\d{2}|iteration \d)", re.IGNORECASE
)
_REVIEWS = re.compile(r"reviews?(?: log| history)?$", re.IGNORECASE)
_OUTLINE = re.compile(r"(?:revised )?(?:lesson |section )*outline\b", re.IGNORECASE)
_NOT_COVERED = re.compile(
    r"\bnot\b.*(?:cover|taught|know|seen|explain|learn|introduc)|not been|deferred|not yet"
    r"|unknown|does not know|never",
    re.IGNORECASE,
)
_ANALYSIS = (
    (r"prerequisite", "prerequisites", phases.prerequisites),
    (r"\bgap", "gaps", phases.gaps),
    (r"misconception", "misconceptions", phases.misconceptions),
    (r"\bexamples?\b", "examples", phases.examples),
    (r"modalit", "modalities", phases.modalities),
)


def is_lesson(root: Part) -> bool:
    """A lesson plan has at least two of the three phases."""
    titles = [part.title for part in root.walk() if part.level == 2]
    return sum(any(map(phase.match, titles)) for phase in (ORIENT, ANALYZE, DESIGN)) >= 2


class LessonReader:
    """Goes through the headings and gathers a plan's fields; keeps what it does not know."""

    def __init__(self, reading: Reading, sections: list[Part]) -> None:
        self.reading = reading
        self.plan: dict[str, Any] = {"checklist": (), "reviews": ()}
        self.state: dict[str, Any] = {}
        self.design: dict[str, Any] = {}
        self.extra: list[Extra] = []
        self.outline_parts: list[Part] = []
        for part in sections:
            self.take(part)
        self.plan["reviews"] = numbered(self.plan["reviews"])
        self.read_outlines()

    def take(self, part: Part) -> None:
        title = part.title.strip("* ")
        if _CHECKLISTS.match(title):
            self.checklists(part)
        elif ORIENT.match(title):
            self.orient(part)
        elif ANALYZE.match(title):
            self.each(part, self.analyze)
        elif DESIGN.match(title):
            self.each(part, self.design_part)
        elif _REVIEWS.match(title) and any(_REVIEW.match(one.title) for one in part.children):
            self.each(part, self.take)
        elif _REVIEW.match(title):
            self.plan["reviews"] += (read_review(self.reading, part),)
        elif _OUTLINE.match(title):
            self.outline(part)
        else:
            self.analyze(part)

    def fields(self) -> dict[str, Any]:
        """Return the fields of a `LessonPlan` that the headings gave."""
        student = StudentState(**self.state)
        design = LessonPlan.model_fields["design"].annotation(**self.design)  # type: ignore[misc]
        return {**self.plan, "student": student, "design": design, "extra": tuple(self.extra)}

    def keep(self, part: Part) -> None:
        self.extra.append(keep(self.reading, part))

    def each(self, part: Part, take: Any) -> None:
        """Hand out a phase's headings; text of its own before them is kept."""
        raws = [raw for raw in raw_blocks(self.reading, *part.own) if raw.kind != "rule"]
        if raws:
            self.extra.append(_extra(self.reading, part, typed(self.reading, raws)))
        for child in part.children:
            take(child)

    def blocks(self, part: Part) -> Blocks:
        """Read all of a part but the rule that ends it."""
        return unruled(read_blocks(self.reading, *part.whole))

    def once(self, fields: dict[str, Any], name: str, part: Part, value: Any) -> None:
        """Set a field that no earlier heading has set; keep a second one as it is."""
        if name in fields:
            self.keep(part)
        else:
            fields[name] = value

    def orient(self, part: Part) -> None:
        """Read phase 1; its table may stand under the phase's own heading."""
        raws = [raw for raw in raw_blocks(self.reading, *part.own) if raw.kind != "rule"]
        if any(raw.kind == "table" for raw in raws):
            self.state["concepts"] = phases.concepts(self.reading, raws)
        rest = [raw for raw in raws if raw.kind != "table"]
        self.state["intro"] = typed(self.reading, rest)
        for child in part.children:
            self.orient_part(child)

    def orient_part(self, part: Part) -> None:
        title = part.title.lower()
        if re.search(r"mental model|analog", title):
            self.table(self.state, "mental_models", part, phases.named, "list")
        elif _NOT_COVERED.search(title):
            self.once(self.state, "not_covered", part, self.blocks(part))
        elif "readiness" in title:
            self.once(self.state, "readiness", part, self.blocks(part))
        elif re.search(r"concept|student|knowledge|prior", title):
            self.table(self.state, "concepts", part, phases.concepts, "table")
        else:
            self.keep(part)

    def table(self, fields: dict[str, Any], name: str, part: Part, read: Any, kind: str) -> None:
        """Read what a part's tables (or lists) say; keep the part if it holds anything else."""
        raws = raw_blocks(self.reading, *part.whole)
        if not any(raw.kind == kind for raw in raws):
            self.keep(part)
            return
        fields[name] = fields.get(name, ()) + read(self.reading, raws)
        kinds = {"table", "rule"} if kind == "table" else {"list", "rule"}
        kinds |= {"list", "table"} if name == "connections" else set()
        rest = [raw for raw in raws if raw.kind not in kinds]
        if rest:
            self.extra.append(_extra(self.reading, part, typed(self.reading, rest)))

    def analyze(self, part: Part) -> None:
        title = part.title.lower()
        for pattern, name, read in _ANALYSIS:
            if re.search(pattern, title):
                self.table(self.plan, name, part, read, "table")
                return
        if "target concept" in title:
            self.once(self.plan, "target_concept", part, self.blocks(part))
        else:
            self.keep(part)

    def design_part(self, part: Part) -> None:
        title = part.title.lower()
        if _OUTLINE.match(title):
            self.outline(part)
        elif "modalit" in title:
            self.table(self.plan, "modalities", part, phases.modalities, "table")
        elif "narrative" in title:
            self.once(self.design, "narrative", part, self.blocks(part))
        elif "cognitive load" in title:
            self.once(self.design, "load_assessment", part, self.blocks(part))
        elif "connection" in title:
            self.connections(part)
        elif re.search(r"analog.*(?:mislead|risk|danger)|misleading", title):
            self.table(self.design, "analogies_misleading", part, phases.named, "list")
        elif "analog" in title:
            self.table(self.design, "analogies_extended", part, phases.named, "list")
        elif "scope" in title:
            self.once(self.design, "scope", part, scope(self.reading, part))
        else:
            self.analyze(part)

    def connections(self, part: Part) -> None:
        raws = raw_blocks(self.reading, *part.whole)
        kind = "table" if any(raw.kind == "table" for raw in raws) else "list"
        self.table(self.design, "connections", part, phases.connections, kind)

    def outline(self, part: Part) -> None:
        """Remember the outline: it is read last, when the misconceptions are known."""
        if len(self.outline_parts) < 2:
            self.outline_parts.append(part)
        else:
            self.keep(part)

    def read_outlines(self) -> None:
        """Read the first outline and the one that revises it."""
        rows = self.plan.get("misconceptions", ())
        self.reading.mistakes = [plain(row.claim) for row in rows]
        self.reading.in_outline = True
        names = ("outline", "outline_revised")
        for name, part in zip(names, self.outline_parts, strict=False):
            self.design[name] = read_outline(self.reading, part)

    def checklists(self, part: Part) -> None:
        for group in part.walk():
            for raw in raw_blocks(self.reading, *group.own):
                if raw.kind == "list" and any(one.ticked is not None for one in raw.children):
                    title = group.title if group is not part else ""
                    self.plan["checklist"] += checklist(self.reading, raw, title)
                elif raw.kind != "rule":
                    blocks = typed(self.reading, [raw])
                    self.extra.append(_extra(self.reading, group, blocks))


def unruled(blocks: Blocks) -> Blocks:
    return blocks[:-1] if blocks and blocks[-1].type == "rule" else blocks


def keep(reading: Reading, part: Part) -> Extra:
    """Keep a part that nothing else takes, with everything below it."""
    return _extra(reading, part, unruled(read_blocks(reading, *part.whole)))


def _extra(reading: Reading, part: Part, nodes: Blocks) -> Extra:
    return Extra(
        src=reading.src(part.line, part.end),
        title=reading.spans(part.title, part.line),
        level=max(part.level, 1),
        nodes=nodes,
    )
