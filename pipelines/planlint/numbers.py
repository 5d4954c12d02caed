"""Numbers in text: which are names, which would have to be measured, and small ones in words.

A number that a page asserts is measured, cited or declared as given. Digits that belong to a
name are none of this: "2D", "x_0", "W2", "DPM-Solver++(2M)", "SD 1.5", "CIFAR-10", "Level 3".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = re.compile(r"(?<![\w.])[-−~≈<>≤≥]?\d+(?:[.,]\d+)*(?:\s?[×x]\s?\d+)*(?:[eE][-−]?\d+)?")
_NAMES = re.compile(
    r"""
      DPM-Solver(?:\+\+)?(?:-\d)?(?:\s?\(?\d[MS]\)?)?         # DPM-Solver++(2M), DPM-Solver-3
    | \b(?:SD|SDXL|Stable\ Diffusion|SDXL\ Turbo)\ v?\d(?:\.\d)?\b
    | \b(?:CIFAR|LAION|GPT|COCO|ResNet|VGG|Inception)-?\d+[A-Z]?\b
    | \bImageNet[- ]\d+(?:\s?[×x]\s?\d+)?
    | \bCFG\+\+
    | \b(?:Modules?|Lessons?|Series|Exercises?|Questions?|Sections?|Figures?|Tables?|Parts?|Levels?
        |Steps?|Equations?|Algorithms?|Phases?|Cells?)\ \d+(?:\.\d+)*[a-z]?\b
    | \b(?:sections?|exercises?|questions?|modules?|lessons?)\ \d+(?:\.\d+)*\b
    | \(\d+(?:\.\d+){2}\)                                   # a lesson's number: (7.2.2)
    | \b\d[A-Z]{1,2}\b                                      # 2D, 1D, 2M
    | \b[A-Za-z_]\w*(?:[-.]\d\w*)*                          # x_0, W2, fp16, sd-1: letters first
    """,
    re.VERBOSE,
)
_WORDS = [
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
]
NUMERAL = rf"\d{{1,3}}|{'|'.join(_WORDS)}|zero"
POSITIVE_NUMERAL = rf"\d{{1,3}}|{'|'.join(_WORDS[1:])}"


def literal_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Yield position and text of each number that stands in no name."""
    blanked = _NAMES.sub(_blank_names_with_digits, text)
    for match in _NUMBER.finditer(blanked):
        yield match.start(), match[0]


def _blank_names_with_digits(match: re.Match[str]) -> str:
    return "_" * len(match[0]) if re.search(r"\d", match[0]) else match[0]


def value_of(text: str) -> int:
    """Return what a match of `NUMERAL` says."""
    word = text.lower()
    return int(word) if word.isdigit() else _WORDS.index("no" if word == "zero" else word)
