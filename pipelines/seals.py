"""Seals: the hash of every product, written by the job that made it.

A file that was edited afterwards no longer agrees with its seal and is refused by name, so that
no page shows a number that nothing measured. A seal is an output of its job, like the products:
Snakemake removes both before the job runs, and no file is held against the seal of an older run.

Standard library only: every job ends with `python -m pipelines.seals SEAL FILE…`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = "seals"


@dataclass(frozen=True)
class Seal:
    """What a file was when its job ended; `stamp` is its time, so that most need no hashing."""

    sha256: str
    bytes: int
    stamp: int

    def fits(self, path: Path, thorough: bool) -> bool:
        """Tell whether a file is as it was; a thorough look hashes it whatever its time."""
        seen = path.stat()
        if seen.st_size != self.bytes:
            return False
        if not thorough and seen.st_mtime_ns == self.stamp:
            return True
        return hash_of(path) == self.sha256


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_seal(seal: Path, products: Iterable[Path]) -> None:
    """Write the seal of a job's products; of a folder, of all files in it."""
    files = [file for product in products if product != seal for file in _files(product)]
    sealed = {file.as_posix(): _sealed(file) for file in sorted(files)}
    seal.parent.mkdir(parents=True, exist_ok=True)
    aside = seal.with_name(f".{seal.name}.{os.getpid()}")
    aside.write_text(json.dumps(sealed, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    aside.replace(seal)


def _files(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]


def _sealed(file: Path) -> dict[str, str | int]:
    seen = file.stat()
    return {"sha256": hash_of(file), "bytes": seen.st_size, "stamp": seen.st_mtime_ns}


def read_seals(build: Path) -> dict[Path, Seal]:
    """Return the seals of a build, by product. A seal that cannot be read seals nothing.

    Of two that name the same product the newer counts: a rule that had another name in the last
    build has left its old seals behind.
    """
    found: dict[Path, Seal] = {}
    for file in sorted((build / FOLDER).rglob("*.json"), key=_written):
        try:
            sealed = json.loads(file.read_text(encoding="utf-8"))
            found |= {Path(name): Seal(**one) for name, one in sealed.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            continue  # being written, or not ours: the job that owns it will write it again
    return found


def _written(seal: Path) -> tuple[int, Path]:
    """Return when a seal was written; one that is gone by now comes first."""
    try:
        return seal.stat().st_mtime_ns, seal
    except OSError:
        return 0, seal


def broken_seals(
    build: Path, thorough: bool = False, among: set[Path] | None = None
) -> Iterator[Path]:
    """Yield the products that are no longer what their jobs made.

    Args:
        thorough: Hash every file, also one whose size and time are as they were.
        among: Look at these only.
    """
    for path, seal in read_seals(build).items():
        if (among is None or path in among) and path.is_file() and not seal.fits(path, thorough):
            yield path


def broken_seals_report(paths: Iterable[Path]) -> str:
    """Return the report of edited products, each with its remedy; empty if there is none."""
    return "\n".join(
        f"{path}: error: changed since its job made it, so no page may show it\n"
        f"    remedy: delete it (rm '{path}'); the next build makes it again"
        for path in paths
    )


def main() -> None:
    write_seal(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])


if __name__ == "__main__":
    main()
