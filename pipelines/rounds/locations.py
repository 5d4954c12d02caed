"""Where a finding is: the place that it names, else what its location says in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.planning import Finding, Section
from pipelines.plan.inline import plain
from pipelines.rounds.contents import Contents, Spot, title_of

PLACE, CONTENT, ID = "Place", "Content", "Id"  # what findings of exported rounds hold besides

_SECTION = re.compile(r"\bsections?\s+(?P<number>\d{1,3}[a-z]?)\b", re.IGNORECASE)
_LIST = re.compile(
    r"\b(?P<kind>figure|table|claim|listing|question|exercise|misconception)\s+#?(?P<n>\d{1,3})\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\bnotebook\b|\bcells?[- ]\d", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“`(]([^\"”`()]{4,80})[\"”`)]")
_A_WORD, _TITLE = 5, 9  # letters that are enough where words are quoted, and in running text
_KINDS = {"misconception": "misbelief"}


def field_text(finding: Finding, *labels: str) -> str:
    """Return a field of a finding as plain text, "" where it has none."""
    wanted = {label.lower() for label in labels}
    blocks = (value for label, value in finding.fields.items() if label.lower() in wanted)
    return " ".join(_words(one) for one in blocks).strip()


def _words(blocks: Blocks) -> str:
    return " ".join(plain(getattr(block, "spans", ())) for block in blocks).strip()


def named_place(finding: Finding) -> str:
    """Return the place that a finding names, "" if it only tells it in words."""
    return field_text(finding, PLACE)


def spot_of(finding: Finding, contents: Contents) -> Spot | None:
    """Return where on the page a finding is: where it says, else what its words mean."""
    if name := named_place(finding):
        return contents.spots.get(name)
    return spot_in_words(field_text(finding, "location", "where"), contents)


def spot_in_words(text: str, contents: Contents) -> Spot | None:
    """Return the spot that a location in words means, None where it is none of the page.

    A name counts before all else, a title in quotation marks or parentheses before a number, for
    pages are numbered anew more often than named anew. What stands in a notebook is not on the
    page.
    """
    if not text or _ELSEWHERE.search(text):
        return None
    return (
        _by_name(text, contents)
        or _by_titles(_QUOTED.findall(text), contents, _A_WORD)
        or _by_number(text, contents)
        or _by_titles([text], contents, _TITLE)
    )


def _by_name(text: str, contents: Contents) -> Spot | None:
    for name in re.findall(r"[a-z][a-z0-9-]*[a-z0-9](?:/[a-z0-9-]+)?", text):
        for prefix in ("", "claim-", "figure-", "table-", "listing-"):
            plain_word = not prefix and "-" not in name
            if (spot := contents.spots.get(prefix + name)) and not plain_word:
                return spot
    return None


def _by_number(text: str, contents: Contents) -> Spot | None:
    listed, section = _LIST.search(text), _SECTION.search(text)
    if listed and not (section and section.start() < listed.start() and _follows(text, listed)):
        kind = listed["kind"].lower()
        prefix = f"{_KINDS.get(kind, kind)}-"
        of_kind = [spot for name, spot in contents.spots.items() if name.startswith(prefix)]
        place = int(listed["n"]) - 1
        if 0 <= place < len(of_kind):
            return of_kind[place]
    if not section:
        return None
    sections = (spot for spot in contents.spots.values() if isinstance(spot.node, Section))
    return next((one for one in sections if one.section == section["number"]), None)


def _follows(text: str, listed: re.Match[str]) -> bool:
    """Whether a thing is only named in a list, after a comma: "section 2, claim 3 and others"."""
    return "," in text[listed.end() :] or " and " in text[listed.end() :]


def _by_titles(said: Iterable[str], contents: Contents, least: int) -> Spot | None:
    """Return the section whose title is in some words or holds them, the longest title first."""
    titles = [
        (_bare(title_of(spot)), spot)
        for spot in contents.spots.values()
        if isinstance(spot.node, Section)
    ]
    for words in map(_bare, said):
        for title, spot in sorted(titles, key=lambda one: -len(one[0])):
            within = title in words or (least == _A_WORD and words in title)
            if min(len(title), len(words)) >= least and within:
                return spot
    return None


def _bare(text: str) -> str:
    return re.sub(r"^(?:\w+: )", "", re.sub(r"[^a-z0-9:]+", " ", text.lower()).strip())


def missing_section(finding: Finding, contents: Contents) -> str:
    """Return the section that a finding's words name and the page lacks, perhaps ""."""
    text = field_text(finding, "location", "where")
    found = _SECTION.search(text)
    if not found or _ELSEWHERE.search(text) or spot_of(finding, contents):
        return ""
    return found[0]
