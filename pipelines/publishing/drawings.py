"""Figures taken from a build that may be anybody's: drawings that do nothing but look.

A picture in a page runs no script, but a reader may open an SVG by itself.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from pipelines.contracts.figure import FORM_NAMES
from pipelines.contracts.problems import InputProblems, Problem

# all that ours have
_DRAWN = frozenset(("svg", "g", "defs", "style", "path", "use", "rect", "clipPath", "image"))
_REFERENCE = re.compile(r"#.*|data:image/(?:png|webp|jpeg);base64,[A-Za-z0-9+/=\s]*")
_STYLED_ELSEWHERE = re.compile(r"@import|url\((?!#)", re.IGNORECASE)
_LARGEST = 20_000_000  # bytes


def copy_drawings(names: Iterable[str], source: Path, target: Path) -> None:
    """Copy the figures of some names, those files of them that are there.

    Raises:
        InputProblems: One is no plain file, or no drawing of ours.
    """
    files = [
        source / f"{name}.{form}"
        for name in names
        for form in (*(f"{form}.svg" for form in FORM_NAMES), "png", "csv")
    ]
    there = [file for file in files if file.is_file() or file.is_symlink()]
    if wrong := [_problem(file, fault) for file in there if (fault := _fault(file))]:
        raise InputProblems(wrong)
    target.mkdir(parents=True, exist_ok=True)
    for file in there:
        shutil.copyfile(file, target / file.name)


def _fault(file: Path) -> str:
    if file.is_symlink() or file.stat().st_size > _LARGEST:
        return "a link, or larger than any figure"
    return "" if file.suffix != ".svg" or is_still(file.read_bytes()) else "no drawing of a build"


def is_still(svg: bytes) -> bool:
    """Whether an SVG holds shapes, and nothing that runs, is fetched, or grows when it is read."""
    if b"<!ENTITY" in svg:
        return False
    try:
        tree = ElementTree.fromstring(svg)
    except (ElementTree.ParseError, ValueError):
        return False
    return all(map(_is_still, tree.iter()))


def _is_still(element: ElementTree.Element) -> bool:
    texts = [element.text or "", *element.attrib.values()]
    references = [value for key, value in element.attrib.items() if _local(key) == "href"]
    return (
        _local(element.tag) in _DRAWN
        and not any(_local(key).lower().startswith("on") for key in element.attrib)
        and all(map(_REFERENCE.fullmatch, references))
        and not any(map(_STYLED_ELSEWHERE.search, texts))
    )


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _problem(file: Path, fault: str) -> Problem:
    return Problem(str(file), 1, "ML406", f"not shown: {fault}", "draw it again: build the lesson")
