"""End a build: hold every file against its record, put the site right, say what came out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines.publishing.end_build import BuildEnd
from pipelines.publishing.front_page import FrontPage
from pipelines.publishing.site import site_failure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--module", type=Path, required=True, help="the module plan")
    parser.add_argument("--preset", required=True)
    parser.add_argument("--lessons", nargs="+", required=True)
    parser.add_argument("--products", type=Path, nargs="*", default=[])
    parser.add_argument("--records", type=Path, default=Path(".snakemake/metadata"))
    parser.add_argument("--failed", action="store_true", help="a job of the build has failed")
    args = parser.parse_args()
    front = FrontPage(args.module, args.build, args.preset, args.failed)
    try:
        well = BuildEnd(front, args.lessons, args.products, args.records).end()
    except OSError as unable:
        sys.exit(site_failure(args.build, unable))
    if not well:
        sys.exit(1)


if __name__ == "__main__":
    main()
