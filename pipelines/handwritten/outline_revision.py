"""Sections of a revised outline that are kept as they were in the first one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipelines.contracts.planning import Outline, Section
from pipelines.plan.inline import plain
from pipelines.plan.outline import subsections

_KEPT = re.compile(
    r"\(?\b(?:kept|keep|unchanged|same as (?:before|in|the)|as before|no changes?)\b[^()]*\)?",
    re.IGNORECASE,
)
_KEPT_WHOLE = re.compile(
    r"\W*(?:kept|keep|unchanged|same as|as before|no changes?)\b", re.IGNORECASE
)


def with_kept_sections(revised: Outline, first: Outline) -> Outline:
    """Fill the sections of a revised outline that are kept as they were from the first one."""
    return replace(revised, sections=tuple(_kept(section, first) for section in revised.sections))


def _kept(section: Section, first: Outline) -> Section:
    """Return a section with the content of the one that it keeps, if it has none of its own."""
    hints = " ".join(section.decorations)
    own = " ".join(plain(getattr(node, "spans", ())) for node in section.nodes)
    title = f"{plain(section.title)} {hints}"
    kept = _KEPT_WHOLE.match(own) if section.nodes else _KEPT.search(title)
    if not kept or len(section.nodes) > 1:
        return section
    found = _same(section, first, own)
    if not found:
        return section
    nodes = (*section.nodes, *found.nodes)
    return replace(section, nodes=nodes, subsections=subsections(nodes), taken_over=found.src)


def _same(section: Section, first: Outline, own: str) -> Section | None:
    """Find the section that is meant: the one it names, else of its title, else of its number."""
    named = re.search(r"(?:section|as|from)\s+#?(\d+)\b", own)
    title = _words(section)
    keys: tuple[Callable[[Section], bool], ...] = (
        lambda one: bool(named) and one.number == named[1],  # type: ignore[index]
        lambda one: _words(one) == title,
        lambda one: one.number == section.number and one.kind is section.kind,
    )
    return next((one for same in keys for one in first.sections if same(one)), None)


def _words(section: Section) -> str:
    return re.sub(r"\W+", " ", _KEPT.sub("", plain(section.title)).lower()).strip()
