"""The frame of a lesson plan: which heading holds what."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.contracts.plan import Dialect
from pipelines.contracts.planning import Design, StudentState
from pipelines.plan import phases
from pipelines.plan.blocks import typed
from pipelines.plan.checklists import checklist, has_boxes
from pipelines.plan.frame import is_outline, part_of
from pipelines.plan.gathering import Gathering, as_extra, is_entry
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.outline import read_outline
from pipelines.plan.reading import Reading, plain
from pipelines.plan.reviews import numbered, read_review
from pipelines.plan.roles import by_role, role_of
from pipelines.plan.scope import scope
from pipelines.plan.structure import Part

_NOT_COVERED = re.compile(
    r"\bnot\b.*(?:cover|taught|know|seen|explain|learn|introduc)|not been|deferred|not yet"
    r"|unknown|does not know|never",
    re.IGNORECASE,
)
# what a heading of phase 2 calls, tried in order; `misconception` before `example`: negative ones
_ANALYSIS = (
    (r"prereq|required (?:knowledge|concepts|depth)", "prerequisites"),
    (r"\bgaps?\b", "gaps"),
    (r"misconception", "misconceptions"),
    (r"\bexamples?\b", "examples"),
    (r"modalit", "modalities"),
)
_TABLES: dict[str, Callable[[Reading, list[Raw]], Any]] = {
    "prerequisites": phases.prerequisites,
    "gaps": phases.gaps,
    "misconceptions": phases.misconceptions,
    "examples": phases.examples,
    "modalities": phases.modalities,
}
# what a heading says of the time after the lesson was built → field
_AFTERWARDS = {
    "built": "built",
    "revision": "revisions",
    "fixes": "fix_passes",
    "widget": "widget_specs",
}


def _role(part: Part) -> str:
    title = part.title.lower()
    return next((name for pattern, name in _ANALYSIS if re.search(pattern, title)), "")


class LessonReader(Gathering):
    """Goes through the headings and gathers a plan's fields; keeps what it does not know."""

    def __init__(self, reading: Reading, sections: list[Part]) -> None:
        super().__init__(reading)
        self.plan: dict[str, Any] = {"checklist": (), "reviews": ()}
        self.state: dict[str, Any] = {}
        self.design: dict[str, Any] = {}
        self.outline_parts: list[Part] = []
        below = (one for part in sections for one in part.walk())
        self.outlined = any(one.level < 4 and is_outline(one.title) for one in below)
        for part in sections:
            self.take(part)
        self.plan["reviews"] = numbered(self.plan["reviews"])
        self.read_outlines()

    def take(self, part: Part) -> None:
        """Read a part of the plan, or keep it."""
        name = part_of(part)
        if name in ("analyze", "design"):
            self.each(part, self.analyze if name == "analyze" else self.design_part)
        elif name in ("reviews", "phases"):
            self.each(part, self.take)
        elif name == "review":
            self.plan["reviews"] += (read_review(self.reading, part),)
        elif name == "orient":
            self.orient(part)
        elif name == "checklists":
            self.checklists(part)
        elif name == "outline":
            self.outline(part)
        elif name in _AFTERWARDS:
            self.afterwards(part, name)
        elif _role(part) in self.plan:
            self.keep(part)  # told again, after the plan
        else:
            self.analyze(part)

    def afterwards(self, part: Part, name: str) -> None:
        """Have the importer read what tells of the time after the lesson was built."""
        if not self.reading.importer:
            self.keep(part)
            return
        found = self.reading.importer().afterwards(self.reading, part, name)
        field = _AFTERWARDS[name]
        self.plan[field] = (*self.plan.get(field, ()), found)

    def fields(self, status: str) -> dict[str, Any]:
        """Return the fields of a `LessonPlan` that the headings gave.

        Args:
            status: What the metadata say of the plan's state.
        """
        built = "retroactive" in status.lower() or (
            "built" in self.plan and not self.outline_parts
        )
        return {
            **self.plan,
            "dialect": Dialect.RETROACTIVE if built else Dialect.PLANNED,
            "student": StudentState(**self.state),
            "design": Design(**self.design),
            "extra": tuple(self.extra),
        }

    def each(self, part: Part, take: Callable[[Part], None]) -> None:
        """Hand out a phase's headings; tables before them are read, other text is kept."""
        raws = raw_blocks(self.reading, *part.own)
        self.rest(part, self.tables(raws, ""))
        for child in self.children(part):
            take(child)

    def children(self, part: Part) -> list[Part]:
        """Return the parts of a phase; in a hand-written plan the outline may be nested in one."""
        empty = any(is_outline(one.title) and not one.children for one in part.children)
        if not self.reading.importer or (self.outlined and not empty):
            return part.children
        return self.reading.importer().parts(part.children, not self.outlined)

    def tables(self, raws: list[Raw], name: str) -> list[Raw]:
        """Read tables by their header, else as `name`; return the blocks that are left."""
        tables = [raw for raw in raws if raw.kind == "table"]
        read = [raw for raw in tables if name or role_of(raw) in _TABLES]
        for role, found in by_role(read, name, _TABLES).items():
            rows = _TABLES[role](self.reading, found)
            self.plan[role] = self.plan.get(role, ()) + rows
        return [raw for raw in raws if raw not in read]

    def orient(self, part: Part) -> None:
        """Read phase 1; its table may stand under the phase's own heading."""
        raws = [raw for raw in raw_blocks(self.reading, *part.own) if raw.kind != "rule"]
        self.concepts([raw for raw in raws if raw.kind == "table"])
        rest = [raw for raw in raws if raw.kind != "table"]
        self.state["intro"] = self.state.get("intro", ()) + typed(self.reading, rest)
        for child in part.children:
            self.orient_part(child)

    def concepts(self, tables: list[Raw]) -> None:
        if tables:
            found = phases.concepts(self.reading, tables)
            self.state["concepts"] = self.state.get("concepts", ()) + found

    def orient_part(self, part: Part) -> None:
        title = part.title.lower()
        raws = raw_blocks(self.reading, *part.whole)
        if re.search(r"mental model|analog", title):
            self.named(self.state, "mental_models", part, "list")
        elif _NOT_COVERED.search(title):
            self.once(self.state, "not_covered", part, self.blocks(part))
        elif "readiness" in title:
            self.once(self.state, "readiness", part, self.blocks(part))
        elif tables := [raw for raw in raws if raw.kind == "table" and self.knows(raw, title)]:
            self.concepts(tables)
            self.rest(part, [raw for raw in raws if raw not in tables])
        elif re.search(r"concept|student|knowledge|prior", title) and any(map(is_entry, raws)):
            self.listed(self.state, "concepts", part, raws)
        else:
            self.keep(part)

    def knows(self, raw: Raw, title: str) -> bool:
        named = re.search(r"concept|student|knowledge|prior", title)
        return bool(named) or role_of(raw) == "concepts"

    def analyze(self, part: Part) -> None:
        """Read a part of phase 2: by its title, its tables by their header."""
        name = _role(part)
        apart = [one for one in part.children if _role(one) not in ("", name)]
        raws = self.without(part, apart)
        has_table = any(raw.kind == "table" and (name or role_of(raw) in _TABLES) for raw in raws)
        if has_table:
            self.rest(part, self.tables(raws, name))
        elif name and any(is_entry(raw) or raw.kind == "heading" for raw in raws):
            self.listed(self.plan, name, part, raws)
        elif "target concept" in part.title.lower():
            self.once(self.plan, "target_concept", part, self.blocks(part))
        elif part_of(part) in _AFTERWARDS:
            self.afterwards(part, part_of(part))
        else:
            self.keep(part) if not apart else self.rest(part, raws)
        for one in apart:
            self.analyze(one)

    def design_part(self, part: Part) -> None:
        title = part.title.lower()
        if part_of(part) == "outline":
            self.outline(part)
        elif part_of(part) == "checklists":
            self.checklists(part)
        elif "narrative" in title:
            self.once(self.design, "narrative", part, self.blocks(part))
        elif "cognitive load" in title:
            self.once(self.design, "load_assessment", part, self.blocks(part))
        elif "connection" in title:
            self.connections(part)
        elif re.search(r"analog.*(?:mislead|risk|danger)|misleading", title):
            self.named(self.design, "analogies_misleading", part, "list")
        elif "analog" in title:
            self.named(self.design, "analogies_extended", part, "list")
        elif "scope" in title:
            self.once(self.design, "scope", part, scope(self.reading, part))
        else:
            self.analyze(part)

    def connections(self, part: Part) -> None:
        raws = raw_blocks(self.reading, *part.whole)
        kind = "table" if any(raw.kind == "table" for raw in raws) else "list"
        self.named(self.design, "connections", part, kind)

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
        revised = self.design.get("outline_revised")
        if revised and self.reading.importer:
            first = self.design["outline"]
            self.design["outline_revised"] = self.reading.importer().revised(revised, first)

    def checklists(self, part: Part) -> None:
        for group in part.walk():
            for raw in raw_blocks(self.reading, *group.own):
                if has_boxes(raw):
                    title = group.title if group is not part else ""
                    self.plan["checklist"] += checklist(self.reading, raw, title)
                elif raw.kind != "rule":
                    blocks = typed(self.reading, [raw])
                    self.extra.append(as_extra(self.reading, group, blocks))
