"""What is there though its job did not end well: removed before a build looks at what is there.

A job's command is several processes. If one of them is killed, the job has failed, and Snakemake
removes what it had made; but a process that goes on may write some of it once more, and Snakemake
would take that for the products of a job that has ended.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from pipelines.manifest import record_file
from pipelines.publishing.site import remove_entry
from pipelines.seals import FOLDER, read_seals
from pipelines.steering.entries import STAMP


def remove_unsealed(build: Path, records: Path, rules: Collection[str]) -> list[Path]:
    """Remove the products that their jobs have not sealed, and return them.

    Args:
        records: Where Snakemake keeps who made each product.
        rules: Names of the rules that seal what they make.
    """
    sealed = set(read_seals(build))
    unsealed = [file for file in _files_of(build) if file not in sealed]
    wholes = {_whole(file, build, records, rules) for file in unsealed}
    found = sorted(filter(None, wholes))
    for product in found:
        remove_entry(product)
    return found


def _whole(file: Path, build: Path, records: Path, rules: Collection[str]) -> Path | None:
    """Return the product that a file is, or lies in; None if it is of none of those rules."""
    within = [path for path in (file, *file.parents) if path.is_relative_to(build)]
    return next((path for path in within if _maker(path, records) in rules), None)


def _files_of(build: Path) -> Iterator[Path]:
    """Yield the files of a build, but its seals, Snakemake's stamps and other builds below it."""
    for entry in list(build.iterdir()):
        if not entry.is_dir() or entry.is_symlink():
            if entry.name != STAMP:
                yield entry
        elif entry.name != FOLDER and not (entry / FOLDER).exists():
            yield from _files_of(entry)


def _maker(product: Path, records: Path) -> str:
    """Return the rule that made a product, or nothing where nobody knows."""
    try:
        record = json.loads(record_file(product, records).read_text(encoding="utf-8"))
        return str(record["rule"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
