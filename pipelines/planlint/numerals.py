"""Small numbers, in digits or in words."""

from __future__ import annotations

_WORDS = [
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
]
NUMERAL = rf"\d{{1,3}}|{'|'.join(_WORDS)}|zero"
POSITIVE_NUMERAL = rf"\d{{1,3}}|{'|'.join(_WORDS[1:])}"


def value_of(text: str) -> int:
    """Return what a match of `NUMERAL` says."""
    word = text.lower()
    return int(word) if word.isdigit() else _WORDS.index("no" if word == "zero" else word)
