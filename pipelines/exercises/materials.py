"""The zip of a lesson: notebooks, what they import, what they load. Equal files, equal bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path

from pipelines.exercises.running import WEIGHTS

MOST = 25_000_000  # bytes
_DATE = (1980, 1, 1, 0, 0, 0)
# Of a model's folder: what a build and its tools keep there, and trainings with other seeds.
_LEFT_OUT = ("card.json", ".*", "seed[0-9]*")


class TooLarge(Exception):
    """A zip that is larger than students should have to load."""


def pack(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by their names below one folder.

    Raises:
        TooLarge: It is larger than 25 MB.
    """
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{folder}/{name}", _DATE)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = 0o644 << 16
            packed.writestr(info, files[name])
    made = content.getvalue()
    if len(made) > MOST:
        raise TooLarge(f"{len(made) / 1e6:.0f} MB, of at most {MOST / 1e6:.0f}: load fewer models")
    return made


def gathered(
    notebooks: Mapping[str, Path], support: Sequence[Path], models: Mapping[str, Path]
) -> dict[str, bytes]:
    """Return what the zip of a lesson holds: notebooks by name, support modules, models."""
    files = {f"{name}.ipynb": path.read_bytes() for name, path in notebooks.items()}
    files |= {path.name: path.read_bytes() for path in support}
    for model, place in models.items():
        files |= {f"{WEIGHTS}/{name}": path.read_bytes() for name, path in _files(model, place)}
    return files


def _files(model: str, place: Path) -> Iterator[tuple[str, Path]]:
    if place.is_file():
        yield f"{model}{place.suffix}", place
        return
    for path in sorted(place.rglob("*")):
        parts = path.relative_to(place).parts
        left_out = any(fnmatch(part, name) for part in parts for name in _LEFT_OUT)
        if path.is_file() and not left_out:
            yield f"{model}/{path.relative_to(place).as_posix()}", path
