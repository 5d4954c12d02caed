"""Publish one lesson: its finished pages take their place in the site, whole and at once."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from pipelines.manifest import lineage_of
from pipelines.publishing.front_page import FrontPage
from pipelines.publishing.site import NotPublished, put, renewed, write_record
from pipelines.publishing.states import read_progress, write_progress
from pipelines.seals import broken_seals, broken_seals_report
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lesson")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--module", type=Path, required=True, help="the module plan")
    parser.add_argument("--preset", required=True)
    parser.add_argument("--records", type=Path, default=Path(".snakemake/metadata"))
    parser.add_argument("--files", nargs="+", help="relative to the draft and to the site")
    args = parser.parse_args()
    drafts = [args.build / "draft" / name for name in args.files]
    edited = broken_seals_report(broken_seals(args.build, among=lineage_of(drafts, args.records)))
    if edited:
        sys.exit(edited)
    front = FrontPage(args.module, args.build, args.preset)
    try:
        with renewed(args.build) as new:
            shutil.rmtree(new / args.lesson, ignore_errors=True)
            for name, draft in zip(args.files, drafts, strict=True):
                put(new, name, draft)
            progress = read_progress(args.build)
            progress.pending.pop(args.lesson, None)
            write_progress(args.build, progress)
            front.write(new)
    except NotPublished as reason:
        sys.exit(str(reason))
    write_record(args.build, args.lesson, args.files)
    print(f"published: {args.build}/site/{args.lesson}/index.html")


if __name__ == "__main__":
    main()
