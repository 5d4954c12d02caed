"""An entry of the cache: one file that holds what one job made, and the hash of each part.

One file, so that it is there or not: it is written aside and moved into place in one step, and
two builds that write the same entry leave one of two that are equally good. What is read is held
against the hashes before any of it is put into a build.
"""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from pipelines.contracts.files import written_aside
from pipelines.seals import hash_of

STAMP = ".snakemake_timestamp"  # Snakemake puts it into folders that are outputs
_RECORD = "record.json"


class Unfit(Exception):
    """An entry is not what was put there."""


def files_of(product: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a product, each with its path within; of a file, itself."""
    if not product.is_dir():
        yield "", product
        return
    for path in sorted(product.rglob("*")):
        if path.is_file() and path.name != STAMP:
            yield path.relative_to(product).as_posix(), path


def pack(entry: Path, products: Mapping[str, Path]) -> None:
    """Write an entry of products, each under a name."""
    files = {
        (PurePosixPath(name) / within).as_posix(): path
        for name, product in products.items()
        for within, path in files_of(product)
    }
    record = json.dumps({name: hash_of(path) for name, path in files.items()}).encode()
    with written_aside(entry) as aside, tarfile.open(aside, "w") as archive:
        _add(archive, _RECORD, len(record), io.BytesIO(record))
        for name, path in files.items():
            with path.open("rb") as file:
                _add(archive, name, path.stat().st_size, file)


def _add(archive: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    """Add a file without its owner, time and rights: they are those of one machine."""
    header = tarfile.TarInfo(name)
    header.size = size
    archive.addfile(header, content)


def unpack(entry: Path, products: Mapping[str, Path]) -> None:
    """Put the products of an entry where they belong, all or none.

    Raises:
        Unfit: The entry is damaged, or not of these products.
        OSError: It cannot be read, or what it holds cannot be written.
    """
    beside = next(iter(products.values())).parent
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".cached.") as folder:
        aside = Path(folder)
        try:
            with tarfile.open(entry, "r:") as archive:
                _extract(archive, aside)
        except (tarfile.TarError, ValueError, KeyError, AttributeError, EOFError) as damage:
            raise Unfit(str(damage)) from damage
        if {path.name for path in aside.iterdir()} != products.keys():
            raise Unfit("it holds other products")
        for name, product in products.items():
            _place(aside / name, product)


def _extract(archive: tarfile.TarFile, aside: Path) -> None:
    """Write the files of an archive whose hashes are as its record says."""
    members = {member.name: member for member in archive if member.isreg()}
    record: dict[str, str] = json.loads(_opened(archive, members.pop(_RECORD)).read())
    if record.keys() != members.keys():
        raise Unfit("it holds other files than its record names")
    for name, sha256 in record.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise Unfit(f"it leads out of the build: {name}")
        target = aside / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(_opened(archive, members[name]), file)
        if hash_of(target) != sha256:
            raise Unfit(f"{name} has changed")


def _opened(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    assert file is not None  # it is a regular file
    return file


def _place(made: Path, product: Path) -> None:
    product.parent.mkdir(parents=True, exist_ok=True)
    if product.is_dir():
        shutil.rmtree(product)
    made.replace(product)
