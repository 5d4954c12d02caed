"""The last words of a build: where the pages are, what was measured, which claims turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts.files import read_json
from pipelines.contracts.keys import experiment_of
from pipelines.contracts.problems import harmless
from pipelines.publishing.mending import Mended

_SHOWN = 5  # names of files
_THIN = 10  # claims that are next to turn


@dataclass(frozen=True)
class Told:
    """A claim as `render_lesson` leaves it in `draft/<lesson>/claims.json`."""

    place: str
    id: str
    outcome: str
    text: str
    margin: float | None = None  # in standard errors; None: chance has no part in it
    timed: bool = False

    def __str__(self) -> str:
        return f"    {self.place}: claim `{harmless(self.id)}`: {harmless(self.text)}"


def read_claims(build: Path, lessons: list[str]) -> list[Told]:
    """Return the claims of those lessons that have been rendered."""
    files = [build / "draft" / lesson / "claims.json" for lesson in lessons]
    rows = [row for file in files if file.is_file() for row in read_json(file)]
    return [_told(row) for row in rows]


def _told(row: dict[str, Any]) -> Told:
    place = f"{row.get('file', row.get('lesson', '?'))}:{row.get('line', 1)}"
    text = str(row.get("text", ""))
    margin, timed = row.get("margin"), bool(row.get("timed"))
    return Told(place, str(row.get("id", "?")), str(row.get("outcome", "")), text, margin, timed)


def turned(claims: list[Told]) -> list[Told]:
    """Return the claims that the measurements contradict."""
    return [claim for claim in claims if claim.outcome == "contradicted"]


def summary_of_measurements(build: Path) -> str:
    """Return how much the ledger holds, or nothing where there is none."""
    try:
        keys = read_json(build / "ledger.json")["measurements"]
    except (OSError, ValueError, KeyError):
        return ""
    experiments = set(map(experiment_of, keys))
    return f"Measured: {counted(len(experiments), 'experiment')}, {counted(len(keys), 'row')}."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 page, 1,234 pages."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def about_claims(claims: list[Told]) -> Iterator[str]:
    """Yield what became of the claims: those that turned, those that are undecided."""
    if not claims:
        return
    undecided = [claim for claim in claims if claim.outcome == "undecided"]
    yield (
        f"Claims: {len(claims)} checked, {len(turned(claims))} turned, {len(undecided)} undecided."
    )
    for word, some in (("turned", turned(claims)), ("undecided", undecided)):
        if some:
            yield f"  {word}:"
            yield from map(str, some)
    if thin := next_to_turn(claims):
        yield "  next to turn, with their margins in standard errors:"
        yield "    " + ", ".join(f"`{harmless(one.id)}` {one.margin:.1f}" for one in thin)


def next_to_turn(claims: list[Told]) -> list[Told]:
    """Return the decided claims with the thinnest margins; not those that hang on the clock."""
    firm = [one for one in claims if one.outcome not in ("contradicted", "undecided")]
    moved = [one for one in firm if one.margin is not None and not one.timed]
    return sorted(moved, key=lambda one: one.margin or 0.0)[:_THIN]


def about_mending(mended: Mended) -> Iterator[str]:
    """Yield what of the site was not as published."""
    if mended.files:
        more = len(mended.files) - _SHOWN
        names = ", ".join(mended.files[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        yield f"Put right in the site: {names}."
    for name in mended.lost:
        yield (
            f"{name}: error: not as published, and no draft holds it any more\n"
            "    remedy: mend the lesson's problem above and build again"
        )
