"""How files are written: aside, then moved into place; JSON sorted, floats as repr."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

# of pages and plans: with the package, in a checkout as in a wheel
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


class Strict(BaseModel):
    """What a file of ours holds: no key that we do not know, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a private temporary path; move it to `path` if the block succeeds.

    A build that was killed leaves an orphan process; it must not be able to write into the
    output of the next build, so nobody ever opens the final name for writing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def written_folder(path: Path) -> Iterator[Path]:
    """Yield a private temporary folder; let it take the place of `path` if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Write texts by name into a folder that takes the place of `path`, all or none."""
    with written_folder(path) as folder:
        for name, text in files.items():
            write_text(folder / name, text)


def write_text(path: Path, text: str) -> None:
    with written_aside(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, data: Any) -> None:
    """Write sorted JSON; pydantic models become plain data first."""
    if isinstance(data, BaseModel):
        data = data.model_dump(mode="json")
    write_text(path, json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
