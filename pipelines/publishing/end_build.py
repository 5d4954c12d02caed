"""The end of a build: every file held against its record, the site put right, what came out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts.files import read_json, write_json
from pipelines.contracts.keys import experiment_of
from pipelines.contracts.problems import harmless
from pipelines.manifest import KEPT, NoRecord, make_manifest
from pipelines.pages.environment import STATIC
from pipelines.publishing.front_page import FrontPage
from pipelines.publishing.site import Mended, NotPublished, mend, site_of
from pipelines.publishing.states import read_progress, write_progress
from pipelines.seals import broken_seals, broken_seals_report, hash_of


@dataclass(frozen=True)
class BuildEnd:
    """A build that ends.

    Attributes:
        front: The module's index, as the build stands.
        lessons: Slugs of all lessons.
        products: What the manifest lists.
        records: Where Snakemake keeps what made each file.
    """

    front: FrontPage
    lessons: list[str]
    products: list[Path]
    records: Path

    @property
    def build(self) -> Path:
        """The folder of the build."""
        return self.front.build

    def end(self) -> bool:
        """Do it, print what came out, and return whether all is well.

        Raises:
            OSError: The disk is full, or a folder cannot be written.
        """
        progress, failed = read_progress(self.build), self.front.failed
        if failed and progress.ended:
            return True
        under_way = bool(progress.jobs) or failed
        edited = broken_seals_report(broken_seals(self.build, thorough=True))
        lines, bad = ([edited] if edited else []), bool(edited)
        try:
            mended = self._mended().but("index.html" if under_way else "")
        except NotPublished as reason:
            mended, bad = Mended(), True
            lines.append(str(reason))
        if not failed and not edited:
            try:
                manifest = make_manifest(self.products, self.build, self.records, KEPT)
                write_json(self.build / "manifest.json", manifest)
            except NoRecord as lack:
                bad = True
                lines.append(str(lack))
        if not (progress.jobs or mended.files or bad):
            lines.append("Nothing to be done: every page is as its sources and measurements are.")
        claims = read_claims(self.build, self.lessons)
        lines += about_mending(mended)
        lines += [summary_of_measurements(self.build), *about_claims(claims)]
        if failed:
            lines.append("FAILED: what is named above, with its remedy; all else is published.")
        lines.append(f"Pages: {(site_of(self.build) / 'index.html').resolve()}")
        print(*filter(None, lines), sep="\n", flush=True)
        progress.ended = True
        write_progress(self.build, progress)
        return not (bad or mended.lost or turned_claims(claims))

    def _mended(self) -> Mended:
        """Put the site right; the index of a whole build is its draft, else it tells how far."""
        files = {f"static/{file.name}": hash_of(file) for file in STATIC.iterdir()}
        finished = None if self.front.failed else self.build / "draft/index.html"
        files["index.html"] = hash_of(finished) if finished else ""
        return mend(self.build, self.lessons, files, lambda new: self.front.write(new, finished))


_SHOWN = 5  # names of files
_THIN = 10  # claims that are next to turn


@dataclass(frozen=True)
class Told:
    """A claim as `render` leaves it in `draft/<lesson>/claims.json`."""

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
    return [_told_claim(row) for row in rows]


def _told_claim(row: dict[str, Any]) -> Told:
    place = f"{row.get('file', row.get('lesson', '?'))}:{row.get('line', 1)}"
    text = str(row.get("text", ""))
    margin, timed = row.get("margin"), bool(row.get("timed"))
    return Told(place, str(row.get("id", "?")), str(row.get("outcome", "")), text, margin, timed)


def turned_claims(claims: list[Told]) -> list[Told]:
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
    turned = turned_claims(claims)
    yield f"Claims: {len(claims)} checked, {len(turned)} turned, {len(undecided)} undecided."
    for word, some in (("turned", turned), ("undecided", undecided)):
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
