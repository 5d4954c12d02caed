"""What `repair` and `format` share: a plan's text, and putting a new one in its place."""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.files import write_text
from pipelines.plan.lines import decode


def text_of(path: Path) -> tuple[str, str]:
    """Return a plan's text as it lies on the disk, and as it is read.

    Raises:
        InputProblems: If the file is not UTF-8.
    """
    data = path.read_bytes()
    text = decode(data, str(path))
    return data.decode("utf-8"), text


def rewrite(path: Path, text: str) -> None:
    """Write a plan aside and move it into place: the old one stays whole until then."""
    write_text(path, text)
    print(f"{path}: rewritten")
