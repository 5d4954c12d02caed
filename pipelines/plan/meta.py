"""The `**Key:** value` lines between a plan's title and its first rule."""

from __future__ import annotations

import re

from pipelines.contracts.plan import Meta
from pipelines.plan.places import read_places
from pipelines.plan.reading import Reading

# A key begins a line or follows ", " or " | " after another key's value: values hold commas too.
_KEY = re.compile(
    r"(?:^(?:[-*]\s+|>\s*)*|(?:,|;|\||·|•)\s+|\s\|\s*|\s{2,})(?P<mark>\*\*|__)"
    r"(?P<key>[^*:_]{1,60})(?::(?P=mark)|(?P=mark):)[ \t]*"
)
# `Slug: x`, `*Slug:* x`, `| Slug | x |`: without bold print only the keys of `_FIELDS` are keys.
_PLAIN_KEY = re.compile(r"^(?:[-*]\s+|>\s*)*\*?(?P<key>[A-Za-z][A-Za-z ]{2,30}?)\*?:\*?[ \t]+")
_ROW = re.compile(
    r"^\|\s*\**(?P<key>[A-Za-z][A-Za-z ]{2,30}?):?\**\s*\|\s*(?P<value>[^|]*?)\s*\|$"
)
_SLUG = re.compile(r"`?(?P<slug>[a-z0-9]+(?:[-_][a-z0-9]+)*)(?:\.md)?`?(?=\s*(?:\(.*|[-–—].*)?$)")
_MODULE = re.compile(r"(?P<number>\d+(?:\.\d+)+)\s*(?:[-–—:]+\s*)?\(?(?P<name>[^()]*)\)?")
_LESSON = re.compile(r"(?:lesson\s+)?(?P<n>\d+) of \d+\+?(?P<where>[^,]*)", re.IGNORECASE)
_FIRST_OF = re.compile(r"first lesson of module (?P<number>\d+(?:\.\d+)+)(?P<name>)", re.I)
_LOADS = ("STRETCH", "CONSOLIDATE", "BUILD", "PROJECT")
_FIELDS = {
    "slug": "slug",
    "lesson slug": "slug",
    "series": "series",
    "module": "module",
    "position": "position",
    "module position": "position",
    "lesson": "position",
    "cognitive load": "load",
    "load": "load",
    "lesson type": "load",
    "cognitive load type": "load",
    "load type": "load",
    "type": "load",
    "status": "status",
    "kind": "kind",
    "notebook": "notebook",
    "colab notebook": "notebook",
    "has notebook": "notebook",
    "previous": "previous",
    "next": "next",
    "previous lesson": "previous",
    "next lesson": "next",
    "duration": "duration",
}


def read_pairs(reading: Reading, first: int, last: int) -> dict[str, str]:
    """Return the keys and values of the one-based lines `first` to `last`, as written."""
    pairs: dict[str, str] = {}
    for line in reading.source.lines[first - 1 : last]:
        text = line.strip()
        matches = list(_KEY.finditer(text))
        stops = [match.start() for match in matches[1:]] + [len(text)]
        for match, stop in zip(matches, stops[: len(matches)], strict=True):
            value = text[match.end() : stop].strip()
            pairs.setdefault(match["key"].strip().rstrip(":"), value)
        if not matches and (found := _unmarked(text)):
            pairs.setdefault(*found)
    return pairs


def _unmarked(text: str) -> tuple[str, str] | None:
    """Return key and value of a line that shows by its key alone what it is."""
    row = _ROW.match(text)
    match = row or _PLAIN_KEY.match(text)
    if not match or match["key"].strip().lower() not in _FIELDS:
        return None
    return match["key"].strip(), (row["value"] if row else text[match.end() :]).strip("* ")


def read_meta(pairs: dict[str, str]) -> Meta:
    """Sort the pairs into fields; keys without one are kept in `extra`."""
    fields: dict[str, str] = {}
    extra: dict[str, str] = {}
    for key, value in pairs.items():
        name = _FIELDS.get(key.lower(), "")
        if name == "load" and not _load(value)[0]:
            name = ""  # `Type` also means "Interactive web lesson"
        if name and name not in fields:
            fields[name] = value
        elif key.lower() != "voice":
            extra[key] = value
    load, note = _load(fields.pop("load", ""))
    module = _MODULE.match(fields.get("module", "")) or _FIRST_OF.search(
        fields.get("position", "")
    )
    if "slug" in fields:
        slug = _SLUG.match(fields["slug"])
        fields["slug"] = slug["slug"] if slug else fields["slug"].strip("` ")
    return Meta(
        **fields,
        load=load,
        load_note=note,
        module_number=module["number"] if module else "",
        module_name=module["name"].strip() if module else "",
        lesson_number=_lesson_number(fields),
        explicit_voice=is_explicit(pairs),
        places=read_places(fields.get("position") or fields.get("module", "")),
        type=extra.get("Type", ""),
        extra=extra,
        written=pairs,
    )


def is_metadata(text: str) -> bool:
    """Every line of a paragraph begins with a bold key."""
    return bool(text.strip()) and all(_KEY.match(line.strip()) for line in text.split("\n"))


def is_explicit(pairs: dict[str, str]) -> bool:
    return any(k.lower() == "voice" and v.lower() == "explicit" for k, v in pairs.items())


def _load(value: str) -> tuple[str, str]:
    """Split `STRETCH (2 new concepts)` into its word and its note."""
    word = re.match(r"\W*([A-Za-z]+)", value)
    if not word or word[1].upper() not in _LOADS:
        word = re.search(rf"\b({'|'.join(_LOADS)})\b", value)
        return (word[1], value) if word else ("", value)
    return word[1].upper(), value[word.end() :].strip().removeprefix("(").removesuffix(")")


def _lesson_number(fields: dict[str, str]) -> int | None:
    """Return the number within the module: of several `n of m`, the one said to be in it."""
    position = fields.get("position", "")
    if _FIRST_OF.search(position):
        return 1
    found = [(match["where"].lower(), int(match["n"])) for match in _LESSON.finditer(position)]
    for where, number in found:
        if "module" in where:
            return number
    in_module = _LESSON.search(fields.get("module", ""))
    if in_module:
        return int(in_module["n"])
    return next((number for where, number in found if "series" not in where), None)
