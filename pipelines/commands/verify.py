"""`verify ONE OTHER`: does the second build reproduce the first, within its own tolerances?

Each side is the folder of a build or the file of a reference. The exit status is 0 if all is
identical or within tolerance and no verdict has turned, 1 if not, 2 if it cannot be told.
"""

import argparse
import sys
from pathlib import Path

from pipelines.contracts.files import write_text


def add(parser: argparse.ArgumentParser) -> None:
    """Name the two builds, and where to report."""
    parser.add_argument("one", type=Path, metavar="ONE", help="a build, or a reference")
    parser.add_argument("other", type=Path, metavar="OTHER", help="the build to be verified")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--exact", action="store_true", help="nothing but timings may differ")
    how.add_argument(
        "--shared",
        action="store_true",
        help="judge only numbers and claims that both have, for sources that were edited since",
    )
    parser.add_argument("--html", type=Path, help="report with text and figures side by side")
    parser.add_argument("--markdown", type=Path, help="report for a pull request")
    parser.add_argument("--json", type=Path, help="everything that was compared")
    parser.add_argument("--junit", type=Path, help="report for CI, in JUnit's XML")


def run(args: argparse.Namespace) -> int:
    """Compare, report, and return the exit status."""
    from pipelines.publishing.recorded import not_as_recorded
    from pipelines.verification import reports
    from pipelines.verification.changes import changes_of
    from pipelines.verification.comparison import compare
    from pipelines.verification.evidence import UNREADABLE, NoEvidence, evidence_of

    try:
        one, other = evidence_of(args.one), evidence_of(args.other)
        builds = [path for path in (args.one, args.other) if path.is_dir()]
        faults = tuple(f"{path}: {fault}" for path in builds for fault in not_as_recorded(path))
        found = compare(one, other, faults, exact=args.exact, shared=args.shared)
        changes = changes_of(found, args.one, args.other)
    except NoEvidence as lack:
        print(lack, file=sys.stderr)
        return 2
    except UNREADABLE as wrong:
        print(f"{args.one}, {args.other}: error: cannot be compared: {wrong}", file=sys.stderr)
        print("    remedy: name two builds that have ended, or references", file=sys.stderr)
        return 2
    named = reports.Named(found, args.one, args.other, changes)
    wanted = (
        (args.html, reports.as_html),
        (args.markdown, reports.as_markdown),
        (args.json, reports.as_json),
        (args.junit, reports.as_junit),
    )
    for path, maker in wanted:
        if path:
            write_text(path, maker(named))
    print(reports.as_text(named))
    return int(named.comparison.answer.value)
