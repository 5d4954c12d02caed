"""The slug of a plan: it names a folder of the build and of the site, and must be fit for that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pipelines.contracts.names import RULE, shown, slug_fault, slug_from
from pipelines.plan.reading import Reading

UNFIT = "ML112"
_KEY = re.compile(r"\bslug\b", re.IGNORECASE)


def slug_of(reading: Reading, written: str, *, lesson: bool) -> str:
    """Return a plan's slug as written, else from the name of its file: always an identifier.

    What cannot be used is a problem of a lesson; of other plans nothing is named by it.
    """
    stem = Path(reading.source.file).stem
    slug = written or slug_from(stem)
    if not (fault := slug_fault(slug)):
        return slug
    if lesson:
        message = fault if written else f"no slug, and none in the file's name, `{shown(stem)}`"
        line = line_of_slug(written, reading.source.lines) if written else 1
        reading.problem(line, UNFIT, message, f"write `**Slug:** …`: {RULE}")
    return slug_from(f"{slug} lesson")


def line_of_slug(slug: str, lines: Iterable[str]) -> int:
    """Return the one-based line that gives a slug, 1 if none does."""
    found = (at for at, line in enumerate(lines, 1) if slug in line and _KEY.search(line))
    return next(found, 1)
