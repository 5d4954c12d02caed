"""The slug of a plan: it names a folder of the build and of the site, and must be fit for that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines.contracts.names import RULE, shown, slug_fault, slug_from
from pipelines.contracts.plan import AnyPlan, LessonPlan
from pipelines.contracts.problems import Problem
from pipelines.plan.asked import PLAN as PLAN
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
        line = _line_of(written, reading.source.lines) if written else 1
        reading.problem(line, UNFIT, message, f"write `**Slug:** …`: {RULE}")
    return slug_from(f"{slug} lesson")


def _line_of(slug: str, lines: Iterable[str]) -> int:
    found = (at for at, line in enumerate(lines, 1) if slug in line and _KEY.search(line))
    return next(found, 1)


def wrong_folder(plan: AnyPlan, file: Path) -> Iterator[Problem]:
    """Report a lesson of a module whose folder cannot be its address, or is not its slug."""
    folder = file.absolute().parent.name
    if fault := slug_fault(folder):
        remedy = f"rename the folder: {RULE}"
        yield Problem(str(file), 1, UNFIT, f"the folder of this plan: {fault}", remedy)
        return
    slug = plan.meta.slug if isinstance(plan, LessonPlan) else ""
    if slug not in ("", folder) and not slug_fault(slug):
        line = _line_of(slug, "".join(one.raw for one in plan.segments).split("\n"))
        message = f"the slug `{slug}` is not the folder's name, `{shown(folder)}`"
        yield Problem(str(file), line, "ML113", message, "give both the same name")
