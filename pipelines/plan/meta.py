"""What a document says of itself: its title and the `**Key:** value` lines below."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.contracts.names import RULE, shown, slug_fault, slug_from
from pipelines.contracts.plan import Meta, Place
from pipelines.plan.reading import Reading

UNFIT = "ML112"

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
_MODULE = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,9})+)\s*(?:[-–—:]+\s*)?\(?(?P<name>[^()]*)\)?")
_LESSON = re.compile(
    r"(?:lesson\s+)?(?<!\d)(?P<n>\d{1,9}) of \d+\+?(?P<where>[^,]*)", re.IGNORECASE
)
_FIRST_OF = re.compile(r"first lesson of module (?P<number>\d{1,9}(?:\.\d{1,9})+)(?P<name>)", re.I)
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
    "second sitting": "second_sitting",
    "author": "author",
    "authors": "author",
}
_FIRST = r"(?P<first>first|second|third|fourth|fifth|last)\s+lesson\s+(?:of|in)"
_PLACE = re.compile(
    r"(?:lesson\s+)?#?(?P<n>\d{1,3})\s*(?:of|/)\s*"
    r"(?:(?P<of>\d{1,3})(?P<more>\+)?(?:\s*(?:in|of)\s+(?:the\s+)?|\s+)?)?"
    r"(?P<scope>module|series|course)?(?:\s+(?P<number>\d+(?:\.\d+)*))?"
    rf"|{_FIRST}\s+(?P<scope2>module|series|course)(?:\s+(?P<number2>\d+(?:\.\d+)*))?"
    r"|^lesson\s+(?P<only>\d{1,3})$|^(?P<alone>\d{1,3})$",
    re.IGNORECASE,
)
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")
_SLUG_KEY = re.compile(r"\bslug\b", re.IGNORECASE)
_SLUG_WORD = r"[a-z0-9]+(?:-[a-z0-9]+)+"
_PLAN = r"(?:plan|(?:planning|design) document)"
_RECORD = r"(?:lesson design|(?:lesson )?(?:plan(?:ning)?(?: document)?|record))"
_FRAME = re.compile(
    rf"^(?:(?:lesson(?: (?:plan(?:ning)?|design))?(?: document)?|{_PLAN})"
    r"(?:\s+#?(?P<lesson>\d{1,9}(?:\.\d{1,9})*))?\s*(?::|--+|[–—])"
    r"|module\s+(?P<module>[\d.]+),\s*lesson\s+(?P<in_module>\d{1,9})\s*[:–—-]+"
    r"|module\s+(?P<plan>[\d.]+)\s*[:–—-]+|module (?:plan|record)\s*:)\s*"
    rf"|(?:\s*(?:--+|[–—:])\s*|\s{{2,}}|\s*\(){_RECORD}\)?\s*$",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(
    r"^(?P<numbers>\d{1,9}\.\d{1,9}(?:\.\d{1,9})?)\s*[:.–—-]*\s+(?=[^\W\d])"
)
_SLUG_FIRST = re.compile(
    rf"^(?P<tick>`?)(?P<slug>{_SLUG_WORD})(?P=tick)\s*(?::|--+|[–—])\s*(?=\S)"
)
_ORNAMENT = re.compile(r"^[^\w\s`\"“(\[*$\\]+\s+")
_NUMBERS = re.compile(
    r"\s*\((?:module )?(?P<numbers>\d{1,9}(?:\.\d{1,9})*)(?:, lesson (?P<lesson>\d{1,9}))?\)\s*$",
    re.IGNORECASE,
)
_SLUG_LAST = re.compile(rf"\s*\(`?(?P<slug>{_SLUG_WORD})`?\)\s*$")


# --- keys and values ---


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
        places=tuple(lesson_positions(fields.get("position") or fields.get("module", ""))),
        type=extra.get("Type", ""),
        extra=extra,
        written=pairs,
    )


def is_metadata(text: str) -> bool:
    """Every line of a paragraph begins with a bold key."""
    return bool(text.strip()) and all(_KEY.match(line.strip()) for line in text.split("\n"))


def is_explicit(pairs: dict[str, str]) -> bool:
    """Say whether the keys hold `Voice: explicit`."""
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


def lesson_positions(position: str) -> Iterator[Place]:
    """Yield every place that a position names: `Lesson 2 of 4 in module, Lesson 12 of 30`."""
    for match in _PLACE.finditer(position.strip("`* ")):
        word = (match["first"] or "").lower()
        if word and word not in _ORDINALS:
            continue  # the last of an unknown number
        number = match["n"] or match["only"] or match["alone"] or _ORDINALS.index(word)
        if match["n"] and not (match["of"] or match["scope"]):
            continue
        yield Place(
            n=int(number),
            of=int(match["of"]) if match["of"] else None,
            open_ended=bool(match["more"]),
            scope=(match["scope"] or match["scope2"] or "").lower(),
            number=match["number"] or match["number2"] or "",
            raw=match[0].strip(),
        )


# --- titles without their frame: `# Lesson Plan: X (Module 1.3, Lesson 5)` → X ---


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
    if re.fullmatch(rf"`?{_SLUG_WORD}`?", found.title):
        found = Title(found.title.strip("`"), found.title.strip("`"), found.module, found.lesson)
    return found


def _shorter(one: Title) -> Title:
    if match := _SLUG_LAST.search(one.title):
        return Title(one.title[: match.start()], match["slug"], one.module, one.lesson)
    if match := _NUMBERS.search(one.title):
        module, lesson = _module_and_lesson(match["numbers"], match["lesson"])
        return Title(one.title[: match.start()], one.slug, one.module or module, lesson)
    if match := _FRAME.search(one.title):
        rest = one.title[: match.start()] + one.title[match.end() :]
        module, lesson = _module_and_lesson(match["lesson"] or "", match["in_module"])
        module = (match["module"] or match["plan"] or module).strip(".")
        lesson = one.lesson if lesson is None else lesson
        return Title(_unbold(rest.strip()), one.slug, one.module or module, lesson)
    if match := _NUMBER_FIRST.match(one.title):
        module, lesson = _module_and_lesson(match["numbers"], None)
        return Title(one.title[match.end() :], one.slug, one.module or module, lesson)
    match = _SLUG_FIRST.match(one.title)
    if match and (match["tick"] or _as_slug(one.title[match.end() :]) == match["slug"]):
        return Title(one.title[match.end() :], match["slug"], one.module, one.lesson)
    return one


def _unbold(title: str) -> str:
    """Take bold print off that goes from end to end."""
    return title[2:-2] if re.fullmatch(r"\*\*[^*]+\*\*", title) else title


def _as_slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _module_and_lesson(numbers: str, lesson: str | None) -> tuple[str, int | None]:
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


# --- slugs: they name folders of the build and of the site, and must be fit for that ---


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
    found = (at for at, line in enumerate(lines, 1) if slug in line and _SLUG_KEY.search(line))
    return next(found, 1)
