"""What is done with any part of a plan: set a field once, read a list, keep what nothing takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.plan import Extra
from pipelines.plan import phases
from pipelines.plan.blocks import read_blocks, typed
from pipelines.plan.markdown import Raw, raw_blocks
from pipelines.plan.reading import Reading
from pipelines.plan.structure import Part

_BOLD = re.compile(r"\s*\*\*.+?\*\*", re.DOTALL)


class Gathering:
    """Gathers fields from the parts of a plan; `extra` is all that no field holds."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.extra: list[Extra] = []

    def keep(self, part: Part) -> None:
        self.extra.append(keep(self.reading, part))

    def rest(self, part: Part, raws: list[Raw]) -> None:
        """Keep blocks that no field holds."""
        kept = [raw for raw in raws if raw.kind != "rule"]
        if kept:
            self.extra.append(as_extra(self.reading, part, typed(self.reading, kept)))

    def blocks(self, part: Part) -> Blocks:
        """Read all of a part but the rule that ends it."""
        return unruled(read_blocks(self.reading, *part.whole))

    def without(self, part: Part, apart: list[Part]) -> list[Raw]:
        """Read what stands under a heading, some of the headings below it left out."""
        if not apart:
            return raw_blocks(self.reading, *part.whole)
        raws = raw_blocks(self.reading, *part.own)
        for one in part.children:
            raws += raw_blocks(self.reading, one.line, one.end) if one not in apart else []
        return raws

    def once(self, fields: dict[str, Any], name: str, part: Part, value: Any) -> None:
        """Set a field that no earlier heading has set; keep a second one as it is."""
        if name in fields:
            self.keep(part)
        else:
            fields[name] = value

    def listed(self, fields: dict[str, Any], name: str, part: Part, raws: list[Raw]) -> None:
        """Have the importer read a list that stands for a table; keep the part if it does not."""
        found: tuple[Any, ...] = ()
        if self.reading.importer and name not in fields:
            found, raws = self.reading.importer().rows(self.reading, raws, name)
        if found:
            fields[name] = found
            self.rest(part, raws)
        else:
            self.keep(part)

    def named(self, fields: dict[str, Any], name: str, part: Part, kind: str) -> None:
        """Read names and what is said of them; keep the part if it holds anything else."""
        raws = raw_blocks(self.reading, *part.whole)
        if not any(raw.kind == kind for raw in raws):
            self.keep(part)
            return
        read: Callable[[Reading, list[Raw]], Any] = phases.named
        kinds = {kind}
        if name == "connections":
            read, kinds = phases.connections, {"list", "table"}
        fields[name] = fields.get(name, ()) + read(self.reading, raws)
        self.rest(part, [raw for raw in raws if raw.kind not in kinds])


def is_entry(raw: Raw) -> bool:
    """A list, or a paragraph that begins in bold: it may stand for the rows of a table."""
    return raw.kind == "list" or (raw.kind == "paragraph" and bool(_BOLD.match(raw.text)))


def unruled(blocks: Blocks) -> Blocks:
    return blocks[:-1] if blocks and blocks[-1].type == "rule" else blocks


def keep(reading: Reading, part: Part) -> Extra:
    """Keep a part that nothing else takes, with everything below it."""
    return as_extra(reading, part, unruled(read_blocks(reading, *part.whole)))


def as_extra(reading: Reading, part: Part, nodes: Blocks) -> Extra:
    return Extra(
        src=reading.src(part.line, part.end),
        title=reading.spans(part.title, part.line),
        level=max(part.level, 1),
        nodes=nodes,
    )
