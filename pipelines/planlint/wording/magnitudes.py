"""Multiples and fractions in words, and the factors in a check that would say the same."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from pipelines.planlint.wording import words as w
from pipelines.planlint.wording.sentences import OBJECT, Token

_AROUND = 6  # words in which "at least" still belongs to a number
_BEFORE = 4  # words in which a verb still governs it


class Sense(IntEnum):
    """Whether a number is a bound; its sign turns with that of what the number is of."""

    LEAST = 1
    NONE = 0
    MOST = -1


class Factor(NamedTuple):
    """A factor that says the same: `a third of` is 0.333, `a third less` is 0.667.

    `sign` is 1 where more of the number is a greater factor, -1 where it is a smaller one.
    """

    value: float
    sign: int


class Magnitude(NamedTuple):
    """Words `first` to `end` of a sentence; `tail`: they compare ("twice as", "half fewer")."""

    first: int
    end: int
    factors: tuple[Factor, ...]
    sense: Sense
    tail: bool


def magnitude(tokens: Sequence[Token], i: int) -> Magnitude | None:
    """Read a multiple or a fraction that begins at a word."""
    found = _multiple(tokens, i) or _fraction(tokens, i)
    return None if found and _of_design(tokens, found.end) else found


def word(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].word if 0 <= i < len(tokens) else ""


def _of_design(tokens: Sequence[Token], i: int) -> bool:
    """Whether a number is of something that was chosen: "half the evaluations", or a unit."""
    while word(tokens, i) in w.WAY_TO_DESIGN:
        i += 1
    return word(tokens, i) in w.DESIGN | w.TIMES


# --- multiples ---


def _multiple(tokens: Sequence[Token], i: int) -> Magnitude | None:
    number, end = _times(tokens, i)
    after = word(tokens, end)
    compared = after in w.COMPARED or after in w.COMPARATIVES
    if word(tokens, i) in ("half",) and word(tokens, i + 1) == "again":
        number, end, compared = 1.5, i + 2, True
    if not number or not (
        compared or word(tokens, end - 1) in ("magnitude", "") or _whole(tokens, i)
    ):
        return None
    factors = [Factor(number, 1), Factor(1 / number, -1)]
    if after in w.UP:
        factors += [Factor(number + 1, 1), Factor(1 / (number + 1), -1)]
    return Magnitude(i, end, tuple(factors), _sense(tokens, i, end), True)


def _whole(tokens: Sequence[Token], i: int) -> bool:
    """Whether a multiple needs nothing after it: "tenfold", "a factor of ten"."""
    return word(tokens, i).endswith("fold") or word(tokens, i) in ("factor", "order", "orders")


def _times(tokens: Sequence[Token], i: int) -> tuple[float, int]:
    """Return a multiple and the place after it; 0 where there is none."""
    here, then = word(tokens, i), word(tokens, i + 1)
    if here in w.MULTIPLES:
        return w.MULTIPLES[here], i + 1
    if here.endswith("fold") and (number := w.NUMBERS.get(here[:-4].rstrip("-"), 0)) > 1:
        return number, i + 1
    if here in ("order", "orders") and then == "of" and word(tokens, i + 2) == "magnitude":
        return 10.0 ** max(1, w.NUMBERS.get(word(tokens, i - 1), 1)), i + 3
    if here == "factor" and then == "of":
        return w.NUMBERS.get(word(tokens, i + 2), 0), i + 3
    if then == "times" and (number := w.NUMBERS.get(here, 0)) > 1:
        return number, i + 2
    return 0, i + 1


# --- fractions ---


def _fraction(tokens: Sequence[Token], i: int) -> Magnitude | None:
    part, end = _part(tokens, i)
    if not 0 < part < 1:
        return None
    sense = _sense(tokens, i, end)
    factors, tail = _factors(tokens, i, end, part)
    return Magnitude(i, end, factors, sense, tail)


def _part(tokens: Sequence[Token], i: int) -> tuple[float, int]:
    """Return a fraction and the place after it; 0 where there is none."""
    here, then = word(tokens, i), word(tokens, i + 1)
    number = w.NUMBERS.get(here, 0)
    if here == "half" and _is_fraction_half(tokens, i):
        return 0.5, i + 1
    if number and then in w.PARTS:
        named = then in w.ORDINAL_TOO and number == 1
        return (
            (0, i + 1)
            if named and not _measures(tokens, i + 2)
            else (number / w.PARTS[then], i + 2)
        )
    if number and then == "per" and word(tokens, i + 2) == "cent":
        return number / 100, i + 3
    return (
        _one_in(tokens, i, number) if number and here not in ("a", "an", "another") else (0, i + 1)
    )


def _is_fraction_half(tokens: Sequence[Token], i: int) -> bool:
    before, after = word(tokens, i - 1), word(tokens, i + 1)
    if before in ("first", "second", "other", "lower", "upper") or after in ("a", "an"):
        return False
    return after in {*w.COMPARED, "of", "again"} or before in ("than", "by", "to", "least", "most")


def _measures(tokens: Sequence[Token], i: int) -> bool:
    """Whether `a third` before a word is a part, not the next after the second."""
    after = word(tokens, i)
    small = ("of", "as", "or", "at", "than", "to", "with", "and", "again", "the", "is", "are")
    return not after or not after[0].isalpha() or after in small or after in w.COMPARATIVES


def _one_in(tokens: Sequence[Token], i: int, number: int) -> tuple[float, int]:
    """Read `one in ten`, `one sample in ten`."""
    for at in (i + 1, i + 2):
        if word(tokens, at) == "in":
            many = w.NUMBERS.get(word(tokens, at + 1), 0)
            counted = word(tokens, at + 2) not in {*w.DESIGN, "trials", "seconds", "minutes"}
            return (
                (number / many, at + 2) if many > 2 and number < many and counted else (0, i + 1)
            )
    return 0, i + 1


def _factors(
    tokens: Sequence[Token], i: int, end: int, part: float
) -> tuple[tuple[Factor, ...], bool]:
    """Return what a fraction may stand for, by the words around it, and whether they compare."""
    after, before = word(tokens, end), {word(tokens, at) for at in range(i - _BEFORE, i)}
    of_it = [Factor(part, 1), Factor(1 / part, -1)]
    less = [Factor(1 - part, -1), Factor(1 / (1 - part), 1)]
    more = [Factor(1 + part, 1), Factor(1 / (1 + part), -1)]
    if after == "as":
        return tuple(of_it), True
    if after in w.COMPARATIVES:
        up = after in w.UP
        down = after in w.DOWN
        return tuple([] if down else more) + tuple([] if up else less), True
    if before & w.REMOVING or _until_sign(tokens, end) & w.GONE:
        return tuple(less), False
    if "by" in before:
        return (*less, *more), bool(before & (w.FALLING | w.RISING))
    return (*of_it, *less, *more), False


def _until_sign(tokens: Sequence[Token], i: int) -> set[str]:
    found = set[str]()
    while (here := word(tokens, i)) and here not in ".,;:?!()" + OBJECT:
        found.add(here)
        i += 1
    return found


# --- bounds ---


def _sense(tokens: Sequence[Token], i: int, end: int) -> Sense:
    back = i - 1
    while word(tokens, back) in ("by", "to", "a", "an", "only"):
        back -= 1
    one, two, three = (word(tokens, at) for at in (back, back - 1, back - 2))
    if (two, one) == ("at", "least") or one == "over":
        return Sense.LEAST
    if (two, one) == ("at", "most") or one in ("below", "under"):
        return Sense.MOST
    if one == "than" and two in ("more", "less", "fewer"):
        turned = three in ("no", "not")
        return Sense.LEAST if (two == "more") != turned else Sense.MOST
    return _sense_after(tokens, end)


def _sense_after(tokens: Sequence[Token], end: int) -> Sense:
    for at in range(end, end + _AROUND):
        pair = word(tokens, at), word(tokens, at + 1)
        if pair in (("at", "least"), ("or", "more")):
            return Sense.LEAST
        if pair in (("at", "most"), ("or", "less")):
            return Sense.MOST
    return Sense.NONE
