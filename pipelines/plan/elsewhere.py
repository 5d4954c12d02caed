"""What other dialects of Markdown have and plans have not: it is printed, and so reported."""

import re
from collections.abc import Iterator, Sequence

from pipelines.plan.lines import CLOSING, OPENING, fenced
from pipelines.plan.reading import Reading

_TAGS = (
    "a abbr audio b big blockquote br button center code dd del details div dl dt em embed"
    " figcaption figure font form h1 h2 h3 h4 h5 h6 hr i iframe img input ins kbd li mark ol p"
    " pre q s script small source span strong style sub summary sup svg"
    " table tbody td th thead tr u ul video"
)
_TAG = re.compile(rf"(?<!\()</?(?P<tag>{'|'.join(_TAGS.split())})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_CODE = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)")
_FOREIGN = re.compile(r" {0,3}:{3,12}(?![{:])[ \t]*(?=\S)[^:\s].*$")
_FENCE_NAME = re.compile(r"\s*(?:`{3,}|~{3,})\{(?P<name>[\w:-]+)\}")
_FENCE_END = re.compile(r"\s*(?:`{3,}|~{3,})\s*$")
_FOLDS = ("details", "summary")  # hand-written plans fold answers with them
_KINDS = (
    (re.compile(r"!\[[^\]]*\]\("), "a picture: pages show a link to it", "write `:::{figure}`"),
    (
        re.compile(r"\[\^[^\]\s]+\]"),
        "a footnote: plans have none",
        "write what it says where it belongs",
    ),
    (
        re.compile(r"^ {0,3}\[[^\]^]+\]:\s+\S|\]\[[^\]]+\](?!\()"),
        "a link whose address stands elsewhere: it is shown as it is typed",
        "write `[text](address)`",
    ),
    (
        re.compile(
            r"\\\[(?=\s|[^\]]*(?:[=^]|\\[a-z])).*\\\]|\\\((?=\s|[^)]*(?:[=^]|\\[a-z])).*\\\)"
        ),
        "brackets with a backslash: they begin no mathematics here",
        "write `$…$`, or `$$` on lines of their own",
    ),
    (re.compile(r"<!--"), "a comment inside a line: it is shown", "give it lines of its own"),
)


def report_elsewhere(reading: Reading) -> None:
    """Report what stands in the plan's lines and is shown as it is typed."""
    lines = reading.source.lines
    inside, _ = fenced(lines)
    severity = "error" if reading.explicit else "warning"
    for number, what, remedy in _found(lines, inside, folds=not reading.explicit):
        reading.problem(number, "ML526", what, remedy, "warning")  # it may be meant as it stands
    for number in sorted(_foreign_directives(reading)):
        words = lines[number - 1].strip()
        name = re.sub(r"callout-|[^a-z-]", "", words.split()[-1].lower())
        known = name if name in reading.directives else "note"
        remedy = f"write `:::{{{known}}}`: colons, and right behind them a name in braces"
        reading.problem(number, "ML206", f"`{words[:60]}` opens no directive", remedy)
    for number, name in _named_fences(lines, inside):
        message = f"a code fence that is named `{{{name}}}`: it is shown as code"
        known = name if name in reading.directives else "note"
        remedy = f"write `:::{{{known}}}` … `:::`, or name the language without braces"
        reading.problem(number, "ML204", message, remedy, severity)


def foreign_closings(reading: Reading) -> frozenset[int]:
    """Return the lines of colons that close what only looks like a directive."""
    return frozenset(end for end in _foreign_directives(reading).values() if end)


def _foreign_directives(reading: Reading) -> dict[int, int]:
    """Return the lines of `::: {.callout-note}` and `:::note`, each with its closing line or 0."""
    if reading.foreign is None:
        reading.foreign = {}
        open_: list[int] = []  # lines, negative where a directive is open
        inside, _ = fenced(reading.source.lines)
        for number, line in enumerate(reading.source.lines, 1):
            if inside[number - 1] or ":::" not in line:
                continue
            if OPENING.match(line):
                open_.append(-number)
            elif _FOREIGN.match(line):
                open_.append(number)
                reading.foreign[number] = 0
            elif CLOSING.match(line) and open_ and (opened := open_.pop()) > 0:
                reading.foreign[opened] = number
    return reading.foreign


def _found(
    lines: Sequence[str], inside: Sequence[bool], *, folds: bool
) -> Iterator[tuple[int, str, str]]:
    for number, (line, code) in enumerate(zip(lines, inside, strict=True), 1):
        if code or not any(sign in line for sign in "<[\\"):
            continue
        text = _CODE.sub("", line) if "`" in line else line
        tags = [one["tag"].lower() for one in _TAG.finditer(text)] if "<" in text else []
        if tags := [tag for tag in tags if not (folds and tag in _FOLDS)]:
            yield (
                number,
                f"HTML, `<{tags[0]}>`: it is shown as it is typed",
                "write it in Markdown or as a directive",
            )
        for pattern, what, remedy in _KINDS:
            if pattern.search(text):
                yield number, what, remedy


def _named_fences(lines: Sequence[str], inside: Sequence[bool]) -> Iterator[tuple[int, str]]:
    for at, line in enumerate(lines):
        begins = inside[at] and (at == 0 or not inside[at - 1] or _FENCE_END.match(lines[at - 1]))
        if begins and (match := _FENCE_NAME.match(line)):
            yield at + 1, match["name"]
