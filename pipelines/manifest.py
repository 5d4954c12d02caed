"""The manifest: every product of a build with its hash, its producer and what it came from.

Who made what is read from Snakemake's own records of the jobs that ran (`.snakemake/metadata`,
one JSON file an output, named by the base64 of its path), so that it cannot differ from what
happened. Wall-clock values differ from run to run; `untimed` is the hash with them blanked:
what two builds are compared by.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel

from pipelines.contracts.base_card import CARD
from pipelines.contracts.evidence import Origin
from pipelines.contracts.files import Strict
from pipelines.contracts.input_files import lies_in
from pipelines.pages import timing_mask
from pipelines.recalled import FOLDER, Recalled

# Files of wall-clock rows; of verdicts, some of which hang on the clock; of hashes of timed pages.
TIMED = re.compile(r"\.timing\.json$|(?:^|/)(?:timings|published)/|/claims\.json$")

KEPT = FOLDER / "untimed.json"
RECORDS = Path(".snakemake/metadata")  # where Snakemake keeps who made each file
_PACKAGES = (
    "torch",
    "numpy",
    "diffusers",
    "transformers",
    "peft",
    "matplotlib",
)  # results hang on
_LONGEST = os.pathconf("/", "PC_NAME_MAX") - 1  # characters of a record's name


class Entry(Strict):
    """One file. `untimed` is None for a file of wall-clock rows: nothing of it can be compared."""

    sha256: str
    untimed: str | None
    bytes: int
    rule: str
    inputs: tuple[str, ...]


def _within(name: str) -> str:
    """Let the path of a product pass that stays in its build, whoever wrote the manifest."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"`{name}` lies outside of the build")
    return name


class Manifest(Strict):
    origin: Origin = Origin()
    sources: dict[str, str]  # path → sha256 of what people wrote
    # path within the build → what it is
    products: dict[Annotated[str, AfterValidator(_within)], Entry]


class NoRecord(LookupError):
    """Snakemake holds no record of who made a file."""


def make_manifest(
    outputs: list[Path], build: Path, records: Path, kept: Path | None = None
) -> Manifest:
    """Follow `outputs` back to the sources.

    Args:
        build: Folder of the build; products are named relative to it.
        records: Snakemake's metadata folder.
        kept: File in which hashes of pages without their timings are kept, by the pages' own.

    Raises:
        NoRecord: If a product has no record.
    """
    sources: dict[str, str] = {}
    products: dict[str, Entry] = {}
    seen: set[Path] = set()
    waiting = list(outputs)
    blanked = _Blanked(Recalled(kept))
    while waiting:
        path = waiting.pop()
        if not path.is_relative_to(build):
            sources |= {file.as_posix(): _sha256(file.read_bytes()) for file in _files(path)}
        elif path not in seen:
            seen.add(path)
            record = _record(path, records)
            inputs = [Path(entry) for entry in record.input]
            for file in _files(path):
                name = file.relative_to(build).as_posix()
                products[name] = _entry(file, record.rule, _names(inputs, build), blanked)
            waiting.extend(inputs)
    blanked.recalled.save()
    return Manifest(origin=origin_here(), sources=sources, products=products)


def origin_here() -> Origin:
    """Return the commit of the checkout that this process works in, and its Python."""
    ours = bool(_git("ls-files", "Snakefile"))  # and not a folder around an unpacked archive
    commit = _git("rev-parse", "HEAD") if ours else ""
    changes = _git("status", "--porcelain") if ours else None
    return Origin(
        commit=(commit or "").strip(),
        clean=changes == "",
        python=platform.python_version(),
        platform=platform.platform(),
        packages={name: version(name) for name in _PACKAGES},
    )


def _git(*words: str) -> str | None:
    """Return what git says of this folder, or None where it says nothing."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout


def lineage_of(outputs: list[Path], records: Path) -> set[Path]:
    """Return `outputs`, all that they came from, and the files of folders among them.

    Files without a record, sources among them, are ends.
    """
    seen: set[Path] = set()
    waiting = list(outputs)
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.update((path, *_files(path)))
            if record_file(path, records).is_file():
                waiting.extend(Path(entry) for entry in _record(path, records).input)
    return seen


def _files(path: Path) -> list[Path]:
    """Return a file, or all files of a folder that one job writes as a whole."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file())


def _names(paths: list[Path], build: Path) -> tuple[str, ...]:
    inside = (path.relative_to(build) if path.is_relative_to(build) else path for path in paths)
    return tuple(sorted({path.as_posix() for path in inside}))


def _entry(path: Path, rule: str, inputs: tuple[str, ...], blanked: _Blanked) -> Entry:
    content = path.read_bytes()
    sha256 = _sha256(content)
    if TIMED.search(path.as_posix()) or _of_timed_figure(path):
        without: str | None = None
    elif path.name == CARD:
        without = _sha256(_without_seconds(content))
    elif path.suffix in (".html", ".svg"):
        without = blanked.sha256(content, sha256)
    else:
        without = sha256
    return Entry(sha256=sha256, untimed=without, bytes=len(content), rule=rule, inputs=inputs)


class _Blanked:
    """Hashes of pages and figures with their timings blanked: reading them is the slow part."""

    def __init__(self, recalled: Recalled) -> None:
        self.recalled = recalled
        how = [sys.version.encode(), Path(timing_mask.__file__).read_bytes()]
        self.how = _sha256(b"\0".join(how))

    def sha256(self, content: bytes, sha256: str) -> str:
        key = _sha256(f"{self.how} {sha256}".encode())
        kept: str | None = self.recalled.get(key)
        if kept is None:
            kept = _sha256(timing_mask.blank_timings(content.decode()).encode())
            self.recalled.remember(key, kept)
        return kept


def _without_seconds(card: bytes) -> bytes:
    """Return the card of a trained base without how long its trainings took."""
    entries = {key: value for key, value in json.loads(card).items() if key != "seconds"}
    return json.dumps(entries, sort_keys=True).encode()


def _of_timed_figure(path: Path) -> bool:
    """Tell whether a file is what a figure that shows seconds is told or taken along by."""
    described = path.with_suffix(".json")
    if path.suffix not in (".json", ".csv", ".png") or not described.is_file():
        return False
    description = json.loads(described.read_bytes())
    return isinstance(description, dict) and description.get("timed") is True


class _Record(BaseModel):
    """What is used of Snakemake's record of an output."""

    rule: str
    input: tuple[str, ...]


def record_file(path: Path, records: Path) -> Path:
    """Return where Snakemake keeps the record: long names in folders, all but the last with @."""
    name = base64.urlsafe_b64encode(path.as_posix().encode()).decode()
    *folders, last = (name[i : i + _LONGEST] for i in range(0, len(name), _LONGEST))
    return records.joinpath(*(f"@{folder}" for folder in folders), last)


def _record(path: Path, records: Path) -> _Record:
    file = record_file(path, records)
    if not file.is_file():
        raise NoRecord(
            f"{path}: error: Snakemake has no record of who made it\n"
            f"    remedy: delete it (rm -r '{path}'); the next build makes it again"
        )
    return _Record.model_validate_json(file.read_text(encoding="utf-8"))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def altered(manifest: Manifest, build: Path) -> list[str]:
    """Return the products that are missing from a build or are not what its manifest says."""
    return [
        name
        for name, entry in manifest.products.items()
        if not lies_in(build / name, build) or _sha256((build / name).read_bytes()) != entry.sha256
    ]
