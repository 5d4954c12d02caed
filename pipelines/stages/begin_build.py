"""Say in the module's index what a build that begins is about to measure."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines.publishing.front_page import FrontPage
from pipelines.publishing.site import NotPublished, renewed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--module", type=Path, required=True, help="the module plan")
    parser.add_argument("--preset", required=True)
    args = parser.parse_args()
    front = FrontPage(args.module, args.build, args.preset)
    try:
        with renewed(args.build) as new:
            front.write(new)
    except NotPublished as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
