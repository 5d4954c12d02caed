"""YAML between `---` lines at the very beginning: settings of other tools, and a title."""

import re

from pipelines.plan.reading import Reading

_LONGEST = 60  # lines
_PAIR = re.compile(r"(?P<key>title|slug):[ \t]+(?P<value>.+?)[ \t]*$", re.IGNORECASE)
_ANY_PAIR = re.compile(r"[A-Za-z_][\w-]*:(?:\s|$)")


def front_matter(reading: Reading) -> tuple[int, dict[str, str]]:
    """Return the last line of the front matter, 0 without one, with its title and slug.

    The rest is kept with the plan, and neither shown nor judged.
    """
    lines = reading.source.lines
    if not lines[0].startswith("---") or lines[0].strip() != "---":
        return 0, {}
    rows = lines[1:_LONGEST]
    end = next((at for at, row in enumerate(rows) if row.strip() in ("---", "...")), -1)
    if end < 1 or not _ANY_PAIR.match(rows[0]):
        return 0, {}
    pairs: dict[str, str] = {}
    for number, row in enumerate(rows[:end], 2):
        reading.label(number, row)
        if match := _PAIR.match(row):
            pairs.setdefault(match["key"].lower(), match["value"].strip("\"'"))
    if "slug" in pairs:
        pairs["Slug"] = f"`{pairs.pop('slug')}`"
    return end + 2, pairs
