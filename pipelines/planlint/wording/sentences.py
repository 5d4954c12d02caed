"""Runs of spans → sentences, with the way back to the spans."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pipelines.contracts.spans import Role, Span, Spans

OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for a number, a formula, code
FREED = "freed"  # the role of words that a plan frees, with a reason


class Token(NamedTuple):
    """A word in small letters, or a single sign; `start` and `end` are places in the run."""

    word: str
    start: int
    end: int


class Piece(NamedTuple):
    """A stretch of a run that stands in one text span, or in one freed role."""

    start: int
    end: int
    text: str  # of the whole span
    role: Role | None = None


class Sentence(NamedTuple):
    """Attributes:
    words: Its words and signs.
    objects: What the `OBJECT` signs among them stand for, in order.
    pieces: Where its words come from.
    asks: Whether it is a question.
    """

    words: tuple[Token, ...]
    objects: tuple[Span, ...]
    pieces: tuple[Piece, ...]
    asks: bool

    def stretch(self, first: int, end: int) -> tuple[Piece, int, str] | None:
        """Return the piece that holds some words, where they begin in it, and how it spells them.

        What goes on in another piece is cut off; None where they begin in no piece.
        """
        start, last = self.words[first].start, self.words[min(end, len(self.words)) - 1].end
        piece = next((one for one in self.pieces if one.start <= start < one.end), None)
        at = start - piece.start if piece else 0
        return (piece, at, piece.text[at : at + last - start]) if piece else None


@cache
def _signs() -> re.Pattern[str]:
    return re.compile(r"[a-z]+(?:[-'’][a-z]+)*|[^\sa-z]")


def words_of(spans: Spans) -> set[str]:
    """Return the words and signs of a run, for a first look."""
    return set(_signs().findall("".join(_flat(spans, 0, [], []))))


def sentences(spans: Spans) -> Iterator[Sentence]:
    """Cut a run into sentences."""
    pieces, objects = list[Piece](), list[Span]()
    text = "".join(_flat(spans, 0, pieces, objects))
    tokens = [Token(found[0], *found.span()) for found in _signs().finditer(text)]
    begin, seen, low = 0, 0, 0  # of words, objects and pieces
    for i, token in enumerate(tokens):
        last = i + 1 == len(tokens)
        if not last and not (token.word in ".?!" and text[token.end : token.end + 1] in " \n"):
            continue
        words = tuple(tokens[begin : i + 1])
        count = sum(one.word == OBJECT for one in words)
        while low < len(pieces) and pieces[low].end <= words[0].start:
            low += 1
        within = tuple(_begun(pieces, low, words[-1].end))
        yield Sentence(words, tuple(objects[seen : seen + count]), within, token.word == "?")
        begin, seen = i + 1, seen + count


def _begun(pieces: list[Piece], low: int, end: int) -> Iterator[Piece]:
    """Yield the pieces from one on that begin before a place."""
    while low < len(pieces) and pieces[low].start < end:
        yield pieces[low]
        low += 1


def _flat(spans: Spans, at: int, pieces: list[Piece], objects: list[Span]) -> Iterator[str]:
    """Yield the texts of spans in small letters, an `OBJECT` for each that has none."""
    for span in spans:
        if inner := getattr(span, "spans", ()):
            for text in _flat(inner, at, pieces, objects):
                at += len(text)
                yield text
            continue
        role = span if isinstance(span, Role) and span.name == FREED else None
        written = role.target if role else span.text if span.type == "text" else OBJECT
        if written == OBJECT:
            objects.append(span)
        else:
            pieces.append(Piece(at, at + len(written), written, role))
        at += len(written)
        yield _small(written)


def _small(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text
