"""A document's title without its frame: `# Lesson Plan: X (Module 1.3, Lesson 5)` → X."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.contracts.plan import Meta

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)+"
_PLAN = r"(?:plan|(?:planning|design) document)"
_RECORD = r"(?:lesson design|(?:lesson )?(?:plan(?:ning)?(?: document)?|record))"
_FRAME = re.compile(
    rf"^(?:(?:lesson(?: (?:plan(?:ning)?|design))?(?: document)?|{_PLAN})"
    r"(?:\s+#?(?P<lesson>\d+(?:\.\d+)*))?\s*(?::|--+|[–—])"
    r"|module\s+(?P<module>[\d.]+),\s*lesson\s+(?P<in_module>\d+)\s*[:–—-]+"
    r"|module\s+(?P<plan>[\d.]+)\s*[:–—-]+|module (?:plan|record)\s*:)\s*"
    rf"|(?:\s*(?:--+|[–—:])\s*|\s{{2,}}|\s*\(){_RECORD}\)?\s*$",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(r"^(?P<numbers>\d+\.\d+(?:\.\d+)?)\s*[:.–—-]*\s+(?=[^\W\d])")
_SLUG_FIRST = re.compile(rf"^(?P<tick>`?)(?P<slug>{_SLUG})(?P=tick)\s*(?::|--+|[–—])\s*(?=\S)")
_ORNAMENT = re.compile(r"^[^\w\s`\"“(\[*$\\]+\s+")
_NUMBERS = re.compile(
    r"\s*\((?:module )?(?P<numbers>\d+(?:\.\d+)*)(?:, lesson (?P<lesson>\d+))?\)\s*$",
    re.IGNORECASE,
)
_SLUG_LAST = re.compile(rf"\s*\(`?(?P<slug>{_SLUG})`?\)\s*$")


@dataclass(frozen=True)
class Title:
    """A title, and what its frame says: slug, module and number of the lesson."""

    title: str
    slug: str = ""
    module: str = ""
    lesson: int | None = None


def read_title(written: str) -> Title:
    """Take a title's frame off, from both ends, until nothing more comes off."""
    found = Title(_ORNAMENT.sub("", _unbold(written.strip())))
    while (shorter := _shorter(found)).title != found.title:
        found = shorter
    if re.fullmatch(rf"`?{_SLUG}`?", found.title):
        found = Title(found.title.strip("`"), found.title.strip("`"), found.module, found.lesson)
    return found


def _shorter(one: Title) -> Title:
    if match := _SLUG_LAST.search(one.title):
        return Title(one.title[: match.start()], match["slug"], one.module, one.lesson)
    if match := _NUMBERS.search(one.title):
        module, lesson = _place(match["numbers"], match["lesson"])
        return Title(one.title[: match.start()], one.slug, one.module or module, lesson)
    if match := _FRAME.search(one.title):
        rest = one.title[: match.start()] + one.title[match.end() :]
        module, lesson = _place(match["lesson"] or "", match["in_module"])
        module = (match["module"] or match["plan"] or module).strip(".")
        lesson = one.lesson if lesson is None else lesson
        return Title(_unbold(rest.strip()), one.slug, one.module or module, lesson)
    if match := _NUMBER_FIRST.match(one.title):
        module, lesson = _place(match["numbers"], None)
        return Title(one.title[match.end() :], one.slug, one.module or module, lesson)
    match = _SLUG_FIRST.match(one.title)
    if match and (match["tick"] or _slug_of(one.title[match.end() :]) == match["slug"]):
        return Title(one.title[match.end() :], match["slug"], one.module, one.lesson)
    return one


def _unbold(title: str) -> str:
    """Take bold print off that goes from end to end."""
    return title[2:-2] if re.fullmatch(r"\*\*[^*]+\*\*", title) else title


def _slug_of(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _place(numbers: str, lesson: str | None) -> tuple[str, int | None]:
    """Read `7.3.3` and `1.3, Lesson 5`: module and lesson within it."""
    if lesson:
        return numbers, int(lesson)
    if numbers.isdecimal():
        return "", int(numbers)
    module, _, last = numbers.rpartition(".")
    return (module, int(last)) if module.count(".") == 1 else (numbers, None)


def with_title(meta: Meta, title: Title) -> Meta:
    """Add what only the title says."""
    module = meta.module_number or title.module
    lesson = meta.lesson_number if meta.lesson_number is not None else title.lesson
    return replace(meta, module_number=module, lesson_number=lesson)
