"""The fields of a lesson plan, gathered from its headings."""

import re
from collections.abc import Callable
from typing import Any

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.plan import Dialect, Extra
from pipelines.contracts.planning import Design, StudentState
from pipelines.plan import phases
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.checklists import checklist, has_boxes
from pipelines.plan.columns import table_role, tables_by_role
from pipelines.plan.frame import is_outline, part_of
from pipelines.plan.inline import plain
from pipelines.plan.lines import Heading
from pipelines.plan.markdown import raw_blocks
from pipelines.plan.outline import read_outline
from pipelines.plan.phases import read_scope
from pipelines.plan.raw import Raw
from pipelines.plan.reading import Reading
from pipelines.plan.reviews import number_cycles, read_review

_BOLD = re.compile(r"\s*\*\*.+?\*\*", re.DOTALL)
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
    "prerequisites": phases.read_prerequisites,
    "gaps": phases.read_gaps,
    "misconceptions": phases.read_misconceptions,
    "examples": phases.read_examples,
    "modalities": phases.read_modalities,
}
# what a heading says of the time after the lesson was built → field
_AFTERWARDS = {
    "built": "built",
    "revision": "revisions",
    "fixes": "fix_passes",
    "widget": "widget_specs",
}


class FieldCollector:
    """Gathers fields from the parts of a plan; `extra` is all that no field holds."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.extra: list[Extra] = []

    def keep(self, part: Heading) -> None:
        """Keep a part that nothing else takes, with everything below it."""
        self.add_extra(part, self.part_blocks(part))

    def rest(self, part: Heading, raws: list[Raw]) -> None:
        """Keep blocks that no field holds."""
        if kept := [raw for raw in raws if raw.kind != "rule"]:
            self.add_extra(part, typed(self.reading, kept))

    def add_extra(self, part: Heading, nodes: Blocks) -> None:
        """Keep blocks under the heading of a part."""
        title = self.reading.spans(part.title, part.line)
        src = self.reading.src(part.line, part.end)
        self.extra.append(Extra(src=src, title=title, level=max(part.level, 1), nodes=nodes))

    def part_blocks(self, part: Heading) -> Blocks:
        """Read all of a part but the rule that ends it."""
        blocks = read_blocks(self.reading, *part.whole)
        return blocks[:-1] if blocks and blocks[-1].type == "rule" else blocks

    def without(self, part: Heading, apart: list[Heading]) -> list[Raw]:
        """Read what stands under a heading, some of the headings below it left out."""
        if not apart:
            return raw_blocks(self.reading, *part.whole)
        raws = raw_blocks(self.reading, *part.own)
        for one in part.children:
            raws += raw_blocks(self.reading, one.line, one.end) if one not in apart else []
        return raws

    def once(self, fields: dict[str, Any], name: str, part: Heading, value: Any) -> None:
        """Set a field that no earlier heading has set; keep a second one as it is."""
        if name in fields:
            self.keep(part)
        else:
            fields[name] = value

    def set_rows_of_list(
        self, fields: dict[str, Any], name: str, part: Heading, raws: list[Raw]
    ) -> None:
        """Have the importer read a list that stands for a table; keep the part if it does not."""
        found: tuple[Any, ...] = ()
        if self.reading.importer and name not in fields:
            found, raws = self.reading.importer().rows(self.reading, raws, name)
        if found:
            fields[name] = found
            self.rest(part, raws)
        else:
            self.keep(part)

    def named(
        self,
        fields: dict[str, Any],
        name: str,
        part: Heading,
        read: Callable[[Reading, list[Raw]], Any] = phases.read_named,
        kinds: tuple[str, ...] = ("list",),
    ) -> None:
        """Read names and what is said of them; keep the part if it has no block of these kinds."""
        raws = raw_blocks(self.reading, *part.whole)
        if not any(raw.kind in kinds for raw in raws):
            self.keep(part)
            return
        fields[name] = fields.get(name, ()) + read(self.reading, raws)
        self.rest(part, [raw for raw in raws if raw.kind not in kinds])


def is_entry(raw: Raw) -> bool:
    """A list, or a paragraph that begins in bold: it may stand for the rows of a table."""
    return raw.kind == "list" or (raw.kind == "paragraph" and bool(_BOLD.match(raw.text)))


def _analyzed(part: Heading) -> str:
    """Name the tables of phase 2 that a heading calls."""
    title = part.title.lower()
    return next((name for pattern, name in _ANALYSIS if re.search(pattern, title)), "")


class LessonReader(FieldCollector):
    """Goes through the headings and gathers a plan's fields; keeps what it does not know."""

    def __init__(self, reading: Reading, sections: list[Heading]) -> None:
        super().__init__(reading)
        self.plan: dict[str, Any] = {"checklist": (), "reviews": ()}
        self.state: dict[str, Any] = {}
        self.design: dict[str, Any] = {}
        self.outline_parts: list[Heading] = []
        below = (one for part in sections for one in part.with_inner())
        self.outlined = any(one.level < 4 and is_outline(one.title) for one in below)
        for part in sections:
            self.take_part(part)
        self.plan["reviews"] = number_cycles(self.plan["reviews"])
        self.read_outlines()

    def take_part(self, part: Heading) -> None:
        """Read a part of the plan, or keep it."""
        name = part_of(part)
        if name in ("analyze", "design"):
            self.each(part, self.analyze if name == "analyze" else self.design_part)
        elif name in ("reviews", "phases"):
            self.each(part, self.take_part)
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
        elif _analyzed(part) in self.plan:
            self.keep(part)  # told again, after the plan
        else:
            self.analyze(part)

    def afterwards(self, part: Heading, name: str) -> None:
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

    def each(self, part: Heading, take: Callable[[Heading], None]) -> None:
        """Hand out a phase's headings; tables before them are read, other text is kept."""
        raws = raw_blocks(self.reading, *part.own)
        self.rest(part, self.tables(raws, ""))
        for child in self.children(part):
            take(child)

    def children(self, part: Heading) -> list[Heading]:
        """Return the parts of a phase; in a hand-written plan the outline may be nested in one."""
        empty = any(is_outline(one.title) and not one.children for one in part.children)
        if not self.reading.importer or (self.outlined and not empty):
            return part.children
        return self.reading.importer().parts(part.children, not self.outlined)

    def tables(self, raws: list[Raw], name: str) -> list[Raw]:
        """Read tables by their header, else as `name`; return the blocks that are left."""
        tables = [raw for raw in raws if raw.kind == "table"]
        read = [raw for raw in tables if name or table_role(raw) in _TABLES]
        for role, found in tables_by_role(read, name, _TABLES).items():
            rows = _TABLES[role](self.reading, found)
            self.plan[role] = self.plan.get(role, ()) + rows
        return [raw for raw in raws if raw not in read]

    def orient(self, part: Heading) -> None:
        """Read phase 1; its table may stand under the phase's own heading."""
        raws = [raw for raw in raw_blocks(self.reading, *part.own) if raw.kind != "rule"]
        self.concepts([raw for raw in raws if raw.kind == "table"])
        rest = [raw for raw in raws if raw.kind != "table"]
        self.state["intro"] = self.state.get("intro", ()) + typed(self.reading, rest)
        for child in part.children:
            self.orient_part(child)

    def concepts(self, tables: list[Raw]) -> None:
        """Read tables of what the student knows."""
        if tables:
            found = phases.read_concepts(self.reading, tables)
            self.state["concepts"] = self.state.get("concepts", ()) + found

    def orient_part(self, part: Heading) -> None:
        """Read a part of phase 1: by its title, a table of concepts by its header, too."""
        title = part.title.lower()
        raws = raw_blocks(self.reading, *part.whole)
        tables = [raw for raw in raws if raw.kind == "table"]
        known = re.search(r"concept|student|knowledge|prior", title)
        if re.search(r"mental model|analog", title):
            self.named(self.state, "mental_models", part)
        elif _NOT_COVERED.search(title):
            self.once(self.state, "not_covered", part, self.part_blocks(part))
        elif "readiness" in title:
            self.once(self.state, "readiness", part, self.part_blocks(part))
        elif mine := [raw for raw in tables if known or table_role(raw) == "concepts"]:
            self.concepts(mine)
            self.rest(part, [raw for raw in raws if raw not in mine])
        elif known and any(map(is_entry, raws)):
            self.set_rows_of_list(self.state, "concepts", part, raws)
        else:
            self.keep(part)

    def analyze(self, part: Heading) -> None:
        """Read a part of phase 2: by its title, its tables by their header."""
        name = _analyzed(part)
        apart = [one for one in part.children if _analyzed(one) not in ("", name)]
        raws = self.without(part, apart)
        if any(raw.kind == "table" and (name or table_role(raw) in _TABLES) for raw in raws):
            self.rest(part, self.tables(raws, name))
        elif name and any(is_entry(raw) or raw.kind == "heading" for raw in raws):
            self.set_rows_of_list(self.plan, name, part, raws)
        elif "target concept" in part.title.lower():
            self.once(self.plan, "target_concept", part, self.part_blocks(part))
        elif part_of(part) in _AFTERWARDS:
            self.afterwards(part, part_of(part))
        else:
            self.keep(part) if not apart else self.rest(part, raws)
        for one in apart:
            self.analyze(one)

    def design_part(self, part: Heading) -> None:
        """Read a part of phase 3, by its title."""
        title = part.title.lower()
        if part_of(part) == "outline":
            self.outline(part)
        elif part_of(part) == "checklists":
            self.checklists(part)
        elif "narrative" in title:
            self.once(self.design, "narrative", part, self.part_blocks(part))
        elif "cognitive load" in title:
            self.once(self.design, "load_assessment", part, self.part_blocks(part))
        elif "connection" in title:
            kinds = ("list", "table")
            self.named(self.design, "connections", part, phases.read_connections, kinds)
        elif re.search(r"analog.*(?:mislead|risk|danger)|misleading", title):
            self.named(self.design, "analogies_misleading", part)
        elif "analog" in title:
            self.named(self.design, "analogies_extended", part)
        elif "scope" in title:
            self.once(self.design, "scope", part, read_scope(self.reading, part))
        else:
            self.analyze(part)

    def outline(self, part: Heading) -> None:
        """Remember the outline: it is read last, when the misconceptions are known."""
        if len(self.outline_parts) < 2:
            self.outline_parts.append(part)
        else:
            self.keep(part)

    def read_outlines(self) -> None:
        """Read the first outline and the one that revises it."""
        rows = self.plan.get("misconceptions", ())
        self.reading.misconceptions = [plain(row.claim) for row in rows]
        self.reading.in_outline = True
        names = ("outline", "outline_revised")
        for name, part in zip(names, self.outline_parts, strict=False):
            self.design[name] = read_outline(self.reading, part)
        revised = self.design.get("outline_revised")
        if revised and self.reading.importer:
            first = self.design["outline"]
            self.design["outline_revised"] = self.reading.importer().revised(revised, first)

    def checklists(self, part: Heading) -> None:
        """Read the boxes under a heading and those below it; keep what has none."""
        for group in part.with_inner():
            for raw in raw_blocks(self.reading, *group.own):
                if has_boxes(raw):
                    title = group.title if group is not part else ""
                    self.plan["checklist"] += checklist(self.reading, raw, title)
                elif raw.kind != "rule":
                    self.add_extra(group, typed(self.reading, [raw]))
