"""End a build: hold every file against its record, put the site right, say what came out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines.contracts.files import write_json
from pipelines.manifest import KEPT, NoRecord, make_manifest
from pipelines.pages.environment import STATIC
from pipelines.publishing.front_page import FrontPage
from pipelines.publishing.mending import Mended, mend
from pipelines.publishing.site import NotPublished, site_of, told_unable
from pipelines.publishing.states import read_progress, write_progress
from pipelines.publishing.summary import (
    about_claims,
    about_mending,
    read_claims,
    summary_of_measurements,
    turned,
)
from pipelines.seals import broken_seals, hash_of, told_broken


def main() -> None:
    args = arguments()
    try:
        conclude(args)
    except OSError as unable:
        sys.exit(told_unable(args.build, unable))


def conclude(args: argparse.Namespace) -> None:
    progress = read_progress(args.build)
    if args.failed and progress.concluded:
        return
    under_way = bool(progress.jobs) or args.failed
    edited = told_broken(broken_seals(args.build, thorough=True))
    lines, bad = ([edited] if edited else []), bool(edited)
    try:
        mended = _mended(args).but("index.html" if under_way else "")
    except NotPublished as reason:
        mended, bad = Mended(), True
        lines.append(str(reason))
    if not args.failed and not edited:
        try:
            manifest = make_manifest(args.products, args.build, args.records, KEPT)
            write_json(args.build / "manifest.json", manifest)
        except NoRecord as lack:
            bad = True
            lines.append(str(lack))
    if not (progress.jobs or mended.files or bad):
        lines.append("Nothing to be done: every page is as its sources and measurements are.")
    claims = read_claims(args.build, args.lessons)
    lines += [*about_mending(mended), summary_of_measurements(args.build), *about_claims(claims)]
    if args.failed:
        lines.append("FAILED: what is named above, with its remedy; all else is published.")
    lines.append(f"Pages: {(site_of(args.build) / 'index.html').resolve()}")
    print(*filter(None, lines), sep="\n", flush=True)
    progress.concluded = True
    write_progress(args.build, progress)
    if bad or mended.lost or turned(claims):
        sys.exit(1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--module", type=Path, required=True, help="the module plan")
    parser.add_argument("--preset", required=True)
    parser.add_argument("--lessons", nargs="+", required=True)
    parser.add_argument("--products", type=Path, nargs="*", default=[])
    parser.add_argument("--records", type=Path, default=Path(".snakemake/metadata"))
    parser.add_argument("--failed", action="store_true", help="a job of the build has failed")
    return parser.parse_args()


def _mended(args: argparse.Namespace) -> Mended:
    """Put the site right; the index of a whole build is its draft, else it tells how far it is."""
    page = FrontPage(args.module, args.build, args.preset, args.failed)
    front = {f"static/{file.name}": hash_of(file) for file in STATIC.iterdir()}
    finished = None if args.failed else args.build / "draft/index.html"
    front["index.html"] = hash_of(finished) if finished else ""
    return mend(args.build, args.lessons, front, lambda new: page.write(new, finished))


if __name__ == "__main__":
    main()
