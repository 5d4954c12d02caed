"""The end of a build: every file held against its record, the site put right, what came out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.contracts.files import write_json
from pipelines.manifest import KEPT, NoRecord, make_manifest
from pipelines.pages.environment import STATIC
from pipelines.publishing.front_page import FrontPage
from pipelines.publishing.mending import Mended, mend
from pipelines.publishing.site import NotPublished, site_of
from pipelines.publishing.states import read_progress, write_progress
from pipelines.publishing.summary import (
    about_claims,
    about_mending,
    read_claims,
    summary_of_measurements,
    turned,
)
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
        return not (bad or mended.lost or turned(claims))

    def _mended(self) -> Mended:
        """Put the site right; the index of a whole build is its draft, else it tells how far."""
        files = {f"static/{file.name}": hash_of(file) for file in STATIC.iterdir()}
        finished = None if self.front.failed else self.build / "draft/index.html"
        files["index.html"] = hash_of(finished) if finished else ""
        return mend(self.build, self.lessons, files, lambda new: self.front.write(new, finished))
