"""Expressions over measured numbers: `{value}` roles and the checks of claims.

A small grammar, parsed by hand:

    check   := conj ("or" conj)*           conj := neg ("and" neg)*       neg := "not" neg | rel
    rel     := sum (("<" | "<=" | ">" | ">=" | "==") sum)*
    sum     := term (("+" | "-") term)*    term := unary (("*" | "/") unary)*
    unary   := "-" unary | atom
    atom    := number | key | "fact(" id ")" | ("abs" | "min" | "max") "(" sum ("," sum)* ")"
             | ("lowest" | "highest") "(" key ")" | "(" check ")"

Keys hold "/" and "-", so an operator has a space on both sides. `==` means equal within one part
in a thousand million. Chains such as `a < b < c` mean what they mean in mathematics. `lowest` and
`highest` are of the trainings of one row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.contracts.keys import KEY_PATTERN
from pipelines.contracts.measurement import FACT_ID

_TOKEN = re.compile(
    rf"\s*(?:(?P<key>{KEY_PATTERN})"
    rf"|fact\(\s*(?P<fact>{FACT_ID.pattern})\s*\)"
    r"|(?P<number>\d+(?:\.\d+)?(?:e-?\d+)?)"
    r"|(?P<word>and|or|not|abs|min|max|lowest|highest)\b"
    r"|(?P<op><=|>=|==|[-+*/<>(),]))"
)
_LONGEST = 2_000  # characters; nobody writes more, and recursion stays shallow
_DEEPEST = 40  # nested parentheses
_MOST = 200  # words and signs: a long sum is a deep tree


class ClaimError(ValueError):
    """The text is no expression. `column` is where it stopped making sense (zero-based)."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Expression:
    """A parsed node: `kind` is number, key, fact, or an operator's or function's name."""

    kind: str
    name: str = ""
    number: float = 0.0
    parts: tuple[Expression, ...] = ()

    def subexpressions(self) -> Iterator[Expression]:
        """Yield this expression and all parts, from the left."""
        yield self
        for part in self.parts:
            yield from part.subexpressions()

    @property
    def keys(self) -> list[str]:
        """Ledger keys, in order of appearance, each once."""
        return list(
            dict.fromkeys(node.name for node in self.subexpressions() if node.kind == "key")
        )

    @property
    def facts(self) -> list[str]:
        """Cited facts, in order of appearance, each once."""
        return list(
            dict.fromkeys(node.name for node in self.subexpressions() if node.kind == "fact")
        )


def parse(text: str) -> Expression:
    """Parse a whole text.

    Raises:
        ClaimError: With the column of the mistake.
    """
    if len(text) > _LONGEST:
        raise ClaimError(f"longer than {_LONGEST} characters", _LONGEST)
    return _Parser(text).whole_text()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        if len(self.tokens) > _MOST:
            raise ClaimError(f"more than {_MOST} words and signs", self.tokens[_MOST][2])
        self.at = 0
        self.depth = 0

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        position = 0
        while self.text[position:].strip():
            match = _TOKEN.match(self.text, position)
            if not match:
                start = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                raise ClaimError(f"cannot read {self.text[start : start + 20]!r}", start)
            kind = match.lastgroup or ""
            yield kind, match[kind], match.start(kind)
            position = match.end()

    def whole_text(self) -> Expression:
        node = self.disjunction()
        if self.at < len(self.tokens):
            _, word, column = self.tokens[self.at]
            raise ClaimError(f"unexpected {word!r}", column)
        return node

    def peek(self, *words: str) -> str:
        """Return the next operator or word if it is one of `words`, else ""."""
        if self.at < len(self.tokens):
            kind, word, _ = self.tokens[self.at]
            if kind in ("op", "word") and word in words:
                return word
        return ""

    def take(self, *words: str) -> str:
        word = self.peek(*words)
        self.at += bool(word)
        return word

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise ClaimError(f"{word!r} is missing", self.column())

    def column(self) -> int:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)

    def disjunction(self) -> Expression:
        parts = [self.conjunction()]
        while self.take("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Expression("or", parts=tuple(parts))

    def conjunction(self) -> Expression:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Expression("and", parts=tuple(parts))

    def negation(self) -> Expression:
        if self.take("not"):
            return Expression("not", parts=(self.nested(self.negation),))
        return self.relation()

    def relation(self) -> Expression:
        left = self.sum()
        links: list[Expression] = []
        while operator := self.take("<=", ">=", "==", "<", ">"):
            right = self.sum()
            links.append(Expression(operator, parts=(left, right)))
            left = right
        if not links:
            return left
        return links[0] if len(links) == 1 else Expression("and", parts=tuple(links))

    def sum(self) -> Expression:
        node = self.term()
        while operator := self.take("+", "-"):
            node = Expression(operator, parts=(node, self.term()))
        return node

    def term(self) -> Expression:
        node = self.unary()
        while operator := self.take("*", "/"):
            node = Expression(operator, parts=(node, self.unary()))
        return node

    def unary(self) -> Expression:
        if self.take("-"):
            return Expression("negative", parts=(self.nested(self.unary),))
        return self.atom()

    def nested(self, rule: Callable[[], Expression]) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ClaimError("nested too deeply", self.column())
        node = rule()
        self.depth -= 1
        return node

    def atom(self) -> Expression:
        if self.at == len(self.tokens):
            raise ClaimError("ends too early", len(self.text))
        if function := self.take("abs", "min", "max"):
            return self.call(function)
        if function := self.take("lowest", "highest"):
            return self.extreme(function)
        if self.take("("):
            node = self.nested(self.disjunction)
            self.expect(")")
            return node
        kind, word, column = self.tokens[self.at]
        if kind not in ("key", "fact", "number"):
            raise ClaimError(f"unexpected {word!r}", column)
        self.at += 1
        if kind == "number":
            if math.isinf(value := float(word)):
                raise ClaimError(f"{word} is too large a number", column)
            return Expression("number", number=value)
        return Expression(kind, name=word)

    def extreme(self, function: str) -> Expression:
        self.expect("(")
        part = self.atom()
        if part.kind != "key":
            raise ClaimError(f"{function}() takes one measured key", self.column())
        self.expect(")")
        return Expression(function, parts=(part,))

    def call(self, function: str) -> Expression:
        self.expect("(")
        parts = [self.nested(self.sum)]
        while self.take(","):
            parts.append(self.nested(self.sum))
        self.expect(")")
        if function == "abs" and len(parts) > 1:
            raise ClaimError("abs() takes one number", self.column())
        return Expression(function, parts=tuple(parts))
