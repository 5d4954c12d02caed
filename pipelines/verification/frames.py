"""What a file holds beside its numbers: two builds that only measured otherwise agree in it.

Of a page and of a figure's description that is the text with each number blanked, without
alternative texts, which say numbers in words; of weights and samples the names and shapes.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from pipelines.pages.timing_mask import blank_timings

NUMBER = re.compile(r"[-+\u2212]?\d+(?:[,\u202f]\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_ALT = re.compile(r'\salt="[^"]*"')
_GENERATED = re.compile(r"<(?:data|td|th|svg)\b[^>]*>")
_LONGEST_HEADER = 100_000_000  # of a safetensors file: its format's own limit


def frame_of(path: Path) -> str:
    """Return a digest of a file without its numbers; empty where numbers are all it has."""
    if path.suffix == ".html":
        return _digest("\n".join(frame_of_page(path.read_text(encoding="utf-8"))))
    if path.suffix == ".safetensors":
        return _digest(_header(path))
    if path.suffix in (".json", ".csv") and path.parent.name == "figures":
        return _digest(_blanked_description(path.read_text(encoding="utf-8"), path.suffix))
    return ""


def frame_of_page(page: str) -> list[str]:
    """Return the lines of a page with its numbers, its timings and alternative texts blanked."""
    plain = _GENERATED.sub(lambda tag: tag[0].split()[0] + ">", _ALT.sub("", blank_timings(page)))
    return NUMBER.sub("#", plain).splitlines()


def _blanked_description(text: str, suffix: str) -> str:
    if suffix == ".csv":
        return NUMBER.sub("#", text)
    described = {key: value for key, value in json.loads(text).items() if key != "alt"}
    return NUMBER.sub("#", json.dumps(described, sort_keys=True, ensure_ascii=False))


def _header(path: Path) -> str:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"{path}: no safetensors file")
        header = json.loads(file.read(length))
    shapes = {
        name: (one["dtype"], one["shape"])
        for name, one in header.items()
        if name != "__metadata__"
    }
    return json.dumps(shapes, sort_keys=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
