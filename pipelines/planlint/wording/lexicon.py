"""What a sentence says of sizes and of order, word by word.

Precision comes before recall: a word that has another use as often is not in the tables.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from pipelines.planlint.wording import words as w
from pipelines.planlint.wording.magnitudes import Magnitude, magnitude, word
from pipelines.planlint.wording.sentences import OBJECT, Sentence, Token

_LONGEST = 500  # words of a sentence; no one writes more, and the work grows with the square
_REACH = 7  # words between a comparative and its "than"


class Kind(StrEnum):
    """MAGNITUDE: a multiple or a fraction. DEGREE: more than an order. SET: one against all.

    QUANTITY: what is compared. RELATION: one system beside another. CHANGE: from one number to
    another, or one against another.
    """

    MAGNITUDE = "magnitude"
    DEGREE = "degree"
    SET = "set"
    QUANTITY = "quantity"
    RELATION = "relation"
    CHANGE = "change"


class Said(NamedTuple):
    """Something that a sentence says, in its words `first` to `end`.

    Attributes:
        size: Of a magnitude.
        compares: Of magnitudes and degrees: they stand at a comparative, "twice as sharp".
        members: Of a set: how many systems it has by the sentence, 0 where that is not said.
        quantity: What is compared.
        rises: Of a change: whether the second of its numbers is the greater one.
        numbers: Of a change: which of the sentence's objects it goes from and to.
    """

    kind: Kind
    first: int
    end: int
    size: Magnitude | None = None
    compares: bool = False
    members: int = 0
    quantity: str = ""
    rises: bool = False
    numbers: tuple[int, int] = (0, 0)


def said(sentence: Sentence) -> list[Said]:
    """Return all that a sentence says of sizes and of order."""
    tokens, found, i = sentence.words[:_LONGEST], list[Said](), 0
    while i < len(tokens):
        size = magnitude(tokens, i) if _begins_size(tokens[i].word) else None
        if size:
            found.append(Said(Kind.MAGNITUDE, i, size.end, size, compares=size.tail))
        for read in _READERS.get(tokens[i].word, ()):
            found.extend(one for one in read(tokens, i) if not _goes_on(found, one))
        i = size.end if size else i + 1
    return found


def _goes_on(found: Sequence[Said], one: Said) -> bool:
    """Whether a set was named just before: "the best of all" is one."""
    return any(last.kind is one.kind is Kind.SET and one.first - last.first < 4 for last in found)


def _begins_size(here: str) -> bool:
    return (
        here in w.NUMBERS
        or here in w.MULTIPLES
        or here in ("half", "factor", "order", "orders")
        or here.endswith("fold")
    )


# --- degrees ---

_Reader = Callable[[Sequence[Token], int], Iterable[Said]]


def _compared(tokens: Sequence[Token], i: int) -> bool:
    """Whether a comparison stands here that is none of numbers: not "more than ten"."""
    here, after = word(tokens, i), word(tokens, i + 1)
    if here in ("more", "less", "fewer") and after == "than":
        return False
    return here in w.COMPARATIVES


def _degree(i: int, end: int, compares: bool) -> Said:
    return Said(Kind.DEGREE, i, end, compares=compares)


def _intensifier(tokens: Sequence[Token], i: int) -> Said | None:
    """Read "far better", "much fewer", "clearly ahead", "many more", "a lot slower"."""
    here, after = tokens[i].word, word(tokens, i + 1)
    if here == "easily":
        return _degree(i, i + 2, False) if after in w.BEATING else None
    if here in ("lot", "deal"):
        gains = word(tokens, i - 1) == "a" and word(tokens, i - 2) in w.GAINING
        compared = _compared(tokens, i + 1)
        return _degree(i, i + 2, compared) if gains or compared else None
    if here == "many" and after == "times":
        return _degree(i, i + 3, True) if _compared(tokens, i + 2) else None
    if word(tokens, i - 1) == "how":  # asks, or leaves it open
        return None
    if _compared(tokens, i + 1):  # "a little better" claims little: it may stand outside of claims
        return _degree(i, i + 2, here not in ("little", "slightly"))
    if here in ("much", "greatly") and word(tokens, i - 1) in w.GAINING:
        return _degree(i, i + 1, False)
    placed = here in ("far", "clearly", "well") and after in w.PLACED
    return _degree(i, i + 2, False) if placed else None


def _strong(tokens: Sequence[Token], i: int) -> Said | None:
    return _degree(i, i + 1, _compared(tokens, i + 1))


def _nearly(tokens: Sequence[Token], i: int) -> Said | None:
    return _degree(i, i + 2, False) if word(tokens, i + 1) in w.ALIKE else None


def _nowhere(tokens: Sequence[Token], i: int) -> Said | None:
    if word(tokens, i + 1) == "near":
        return _degree(i, i + 2, False)
    return Said(Kind.SET, i, i + 1)


# --- sets ---


def _everything(tokens: Sequence[Token], i: int) -> Said | None:
    """Read "whichever solver", "never"; not "better than none", "has never seen"."""
    if word(tokens, i - 1) in ("than", "has", "have", "had", "or"):
        return None
    return Said(Kind.SET, i, i + 1, members=_counted(tokens))


def _superlative(tokens: Sequence[Token], i: int) -> Said | None:
    """Read "the best of the four"; not "at best", "the nearest neighbour"."""
    before, after = word(tokens, i - 1), word(tokens, i + 1)
    if before in ("at", "as") or after in w.NO_SUPERLATIVE:
        return None
    return Said(Kind.SET, i, i + 1, members=_counted(tokens))


def _most(tokens: Sequence[Token], i: int) -> Said | None:
    before, after = word(tokens, i - 1), word(tokens, i + 1)
    if after == "often" or (before == "the" and word(tokens, i - 2) != "at"):
        return Said(Kind.SET, i, i + 1, members=_counted(tokens))
    return None


def _ranked(tokens: Sequence[Token], i: int) -> Said | None:
    """Read "comes first", "is the last of them"."""
    before, after = word(tokens, i - 1), word(tokens, i + 1)
    before = word(tokens, i - 2) if before == "the" else before
    ends = not after or not after[0].isalpha() or after == "of"
    return (
        Said(Kind.SET, i, i + 1, members=_counted(tokens)) if before in w.RANKED and ends else None
    )


def _quantifier(tokens: Sequence[Token], i: int) -> Said | None:
    """Read "every solver", "no other method", "any number of", "all three", "each further"."""
    here, after = tokens[i].word, word(tokens, i + 1)
    between = after in ("the", "other") or 2 < w.NUMBERS.get(after, 0) < 10
    then = word(tokens, i + 2) if between else after
    kinds = then in w.KINDS or (after in w.KINDS and (here, after) != ("every", "other"))
    if here == "no":  # "no solver helps", not "it has no teacher"
        kinds = kinds and not word(tokens, i - 1)[:1].isalpha()
    if here == "each":
        kinds = (kinds and after != "other") or after in ("further", "additional", "doubling")
    if here == "all" and word(tokens, i - 1) == "of":
        kinds = kinds or not after[:1].isalpha()
    if here == "either":
        kinds = after == "of"
    return Said(Kind.SET, i, i + 2, members=_counted(tokens)) if kinds else None


def _by_margin(tokens: Sequence[Token], i: int) -> Said | None:
    """Read "by a wide margin", "in another league"."""
    wide = tokens[i].word == "league" or word(tokens, i - 1) in ("wide", "large", "clear", "big")
    return _degree(i, i + 1, False) if wide else None


def _without_exception(tokens: Sequence[Token], i: int) -> Said | None:
    return Said(Kind.SET, i, i + 1) if word(tokens, i - 1) in ("without", "no") else None


def _nothing(tokens: Sequence[Token], i: int) -> Said | None:
    return Said(Kind.SET, i, i + 2) if word(tokens, i + 1) in w.BEATING else None


def _the_more(tokens: Sequence[Token], i: int) -> Said | None:
    """Read "the lower the level, the better"."""
    if word(tokens, i + 1) not in w.COMPARATIVES:
        return None
    for at in range(i + 2, min(i + 10, len(tokens) - 1)):
        if tokens[at].word == "the" and word(tokens, at + 1) in w.COMPARATIVES:
            return Said(Kind.SET, i, at + 2)
    return None


def _counted(tokens: Sequence[Token]) -> int:
    """Return how many there are by a sentence: "of the four", "the other three"."""
    numbers = (
        w.NUMBERS.get(after.word, 0)
        for before, after in pairwise(tokens)
        if before.word in ("the", "all", "other", "these", "those")
    )
    return max((one for one in numbers if 2 < one < 10), default=0)


# --- what is compared ---


def _comparative(tokens: Sequence[Token], i: int) -> Iterator[Said]:
    here, before = tokens[i].word, word(tokens, i - 1)
    near = w.QUANTITIES.get(here) == "distance" and word(tokens, i + 1)[:1].isalpha()
    after = word(tokens, i + 1)
    own = before not in ("the", "on") and after != "or" and (not near or after in w.AFTER_DISTANCE)
    if here in w.QUANTITIES and own:
        yield Said(Kind.QUANTITY, i, i + 1, quantity=w.QUANTITIES[here])
    if here in ("more", "less", "fewer") and word(tokens, i + 1) != "than":
        yield from _counted_quantity(tokens, i)
    than = _than(tokens, i)
    if than:
        yield Said(Kind.RELATION, i, than + 1)
    yield from _opposed(tokens, i)


def _counted_quantity(tokens: Sequence[Token], i: int) -> Iterator[Said]:
    """Read "more diverse", "more of them right", "fewer samples off the data"."""
    for at in range(i + 1, min(i + _REACH, len(tokens))):
        here = tokens[at].word
        if not here[0].isalpha() or here == "than":
            return
        for quantity, names in (("right", frozenset(("right",))), ("misses", w.MISSING)):
            after = word(tokens, at + 1)
            if here == "off":
                names = names if after == "the" else frozenset()
            if here == "right":
                names = names if not after[:1].isalpha() or after in w.AFTER_RIGHT else frozenset()
            if here in names:
                yield Said(Kind.QUANTITY, i, at + 1, quantity=quantity)
                return
        if here in w.VARIED and at <= i + 2:
            yield Said(Kind.QUANTITY, i, at + 1, quantity="variety")
            return


def _than(tokens: Sequence[Token], i: int) -> int:
    """Return where the "than" of a comparative is that names another system; 0: nowhere."""
    for at in range(i + 1, min(i + _REACH + 2, len(tokens))):
        here = tokens[at].word
        if here == "than":
            number = magnitude(tokens, at + 1) or (at == i + 1 and not _compared(tokens, i))
            return 0 if number else at
        if here[0] in ".,;:?!()" or here in w.COMPARATIVES:
            return 0
    return 0


def _ahead_or_behind(tokens: Sequence[Token], i: int) -> Iterator[Said]:
    """Read "ahead of", "behind the": one system beside another."""
    if tokens[i].word == "behind" or word(tokens, i + 1) == "of":
        yield Said(Kind.RELATION, i, i + 1)


# --- changes ---


def _change(tokens: Sequence[Token], i: int) -> Iterator[Said]:
    """Read "falls from A to B"."""
    objects = [at for at in range(i, len(tokens)) if tokens[at].word == OBJECT][:2]
    if len(objects) < 2:
        return
    first, second = objects
    before = {token.word for token in tokens[i:first]}
    between = {token.word for token in tokens[first:second]}
    near = tokens[i].word not in ("down", "up") or word(tokens, i + 1) == "from"
    if near and "from" in before and "to" in between and not between & set(".;"):
        yield _changed(tokens, i, second, (first, second), tokens[i].word in w.RISING | {"up"})


def _opposed(tokens: Sequence[Token], i: int) -> Iterator[Said]:
    """Read "fewer …: A against B": the first of the numbers is that of the subject."""
    if tokens[i].word not in w.UP | w.DOWN:
        return
    objects = [at for at in range(i, len(tokens)) if tokens[at].word == OBJECT][:2]
    if len(objects) < 2:
        return
    first, second = objects
    between = tuple(token.word for token in tokens[first + 1 : second])
    nearer = any(token.word in w.COMPARATIVES for token in tokens[i + 1 : first])
    opposed = any(
        one == between[at : at + len(one)] for one in w.OPPOSED for at in range(len(between))
    )
    if opposed and not nearer and not set(between) & set(".;"):
        yield _changed(tokens, i, second, (first, second), tokens[i].word in w.DOWN)


def _changed(tokens: Sequence[Token], i: int, end: int, at: tuple[int, int], rises: bool) -> Said:
    first, second = (sum(one.word == OBJECT for one in tokens[:place]) for place in at)
    return Said(Kind.CHANGE, i, end + 1, rises=rises, numbers=(first, second))


# --- who reads which word ---


def _one(read: Callable[[Sequence[Token], int], Said | None]) -> _Reader:
    def reader(tokens: Sequence[Token], i: int) -> Iterable[Said]:
        found = read(tokens, i)
        return (found,) if found else ()

    return reader


def _readers_by_word() -> dict[str, tuple[_Reader, ...]]:
    readers: tuple[tuple[Iterable[str], _Reader], ...] = (
        (w.INTENSIFIERS, _one(_intensifier)),
        (w.STRONG | w.HARDLY, _one(_strong)),
        (w.NEARLY, _one(_nearly)),
        (("nowhere",), _one(_nowhere)),
        (w.EVERYTHING - {"nowhere"}, _one(_everything)),
        (w.SUPERLATIVES, _one(_superlative)),
        (("most", "least"), _one(_most)),
        (("first", "last"), _one(_ranked)),
        (("every", "each", "any", "no", "all", "either"), _one(_quantifier)),
        (("nothing",), _one(_nothing)),
        (("margin", "league"), _one(_by_margin)),
        (("exception",), _one(_without_exception)),
        (("the",), _one(_the_more)),
        (w.COMPARATIVES, _comparative),
        (("ahead", "behind"), _ahead_or_behind),
        (w.FALLING | w.RISING | {"down", "up"}, _change),
    )
    table: dict[str, tuple[_Reader, ...]] = {}
    for names, read in readers:
        for name in names:
            table[name] = (*table.get(name, ()), read)
    return table


_READERS = _readers_by_word()
