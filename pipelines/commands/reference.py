"""`reference BUILD`: keep what a build gives in evidence as the module's reference.

The build has ended well, from a checkout as committed: `verify` holds other builds against it, and
pages say how they compare.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from pipelines.contracts.evidence import REFERENCE, Evidence
from pipelines.contracts.files import write_text


def add(parser: argparse.ArgumentParser) -> None:
    """Name the build and where its reference is kept."""
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("--module", type=Path, required=True, help="folder of the plans")


def run(args: argparse.Namespace) -> int:
    """Write the reference, unless the build is no fit for one."""
    from pipelines.publishing.recorded import not_as_recorded
    from pipelines.verification.evidence import NoEvidence, evidence_of

    try:
        evidence = evidence_of(args.build)
    except NoEvidence as lack:
        print(lack, file=sys.stderr)
        return 2
    if found := [*unfit(evidence), *not_as_recorded(args.build)]:
        print(f"{args.build}: error: no reference: {'; '.join(found)}", file=sys.stderr)
        print("    remedy: commit all changes and build again", file=sys.stderr)
        return 1
    out = args.module / REFERENCE
    kept = without_inputs(evidence).model_copy(
        update={"made": datetime.now(UTC).date().isoformat()}
    )
    write_text(out, as_text(kept))
    counts = f"{len(kept.numbers)} numbers, {len(kept.verdicts)} verdicts"
    print(f"{counts}, {len(kept.products)} files: {out}")
    return 0


def unfit(evidence: Evidence) -> list[str]:
    """Return why evidence cannot be a reference; empty if it can."""
    turned = [name for name, one in evidence.verdicts.items() if one.outcome == "contradicted"]
    found = [f"`{name}` is not as its text says" for name in turned]
    if not evidence.origin.clean:
        found.append("it was not built from a checkout as committed")
    return found


def without_inputs(evidence: Evidence) -> Evidence:
    """Return evidence without what files were made from: the other side of a comparison tells."""
    products = {
        name: product.model_copy(update={"inputs": ()})
        for name, product in evidence.products.items()
    }
    return evidence.model_copy(update={"products": products})


def as_text(evidence: Evidence) -> str:
    """Return evidence as JSON, one number, verdict or file a line."""
    data = evidence.model_dump(mode="json", exclude_defaults=True)
    parts = []
    for name in sorted(data):
        if isinstance(data[name], dict) and name != "origin":
            lines = (f"  {_line(key)}: {_line(data[name][key])}" for key in sorted(data[name]))
            parts.append(f" {_line(name)}: {{\n" + ",\n".join(lines) + "\n }")
        else:
            parts.append(f" {_line(name)}: {_line(data[name])}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
