"""Plain-text mathematics such as `x_t = (1-t)*x_0 + t*epsilon` → TeX, conservatively.

A stretch counts as mathematics only if operands and operators alternate, brackets close, and at
least one operand cannot be a word: one with a subscript (`x_t`, `alpha_bar_t`), or a Greek name
or a root in an equation. Everything else stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_GREEK = frozenset(
    re.findall(
        r"\w+",
        "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi"
        " chi psi omega nabla Gamma Delta Theta Lambda Sigma Phi Psi Omega",
    )
)
_FUNCTIONS = {"log", "exp", "min", "max", "sin", "cos", "sqrt"}
_SUB = r"_(?:\{(?:[^{}]|\{[^{}]*\})*\}|[A-Za-z0-9]+)"
_TOKEN = re.compile(
    rf"(?P<name>[A-Za-z]+(?:{_SUB})*'?)"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<operator><=|>=|->|\^T\b|[-+*/=^<>≈,−·])"
    r"|(?P<open>[(\[])|(?P<close>[)\]])"
)
_OPERATORS = {"*": r"\,", "<=": r"\le", ">=": r"\ge", "->": r"\to", "≈": r"\approx"} | {
    "−": "-",
    "·": r"\cdot",
}
_START = re.compile(r"[A-Za-z(]")
_WORD = re.compile(r"[\w'{}]+")
_LONGEST = 400  # characters of one formula


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


def stretches(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and TeX of each stretch of mathematics in a text."""
    if "_" not in text:
        return
    at = 0
    while match := _START.search(text, at):
        tokens = _run(text, match.start())
        at = _word_end(text, match.start())
        if tokens and _is_evident(tokens):
            at = tokens[-1].end
            yield tokens[0].start, at, _tex(tokens)


def whole(text: str) -> str:
    """Return the TeX of a text that is one formula, else ""."""
    text = text.strip().rstrip(".")
    tokens = _run(text, 0) if text else []
    complete = bool(tokens) and tokens[-1].end == len(text)
    return _tex(tokens) if complete and any(t.text == "=" for t in tokens) else ""


def _word_end(text: str, start: int) -> int:
    match = _WORD.match(text, start)
    return match.end() if match else start + 1


def _run(text: str, start: int) -> list[Token]:
    """Return the longest sound stretch that begins at `start`, up to an operand or a bracket."""
    tokens: list[Token] = []
    best = depth = 0
    before = text[start - 1 : start]
    if before and (before.isalnum() or before in "_`'/"):
        return []
    at = start
    while at - start < _LONGEST and (match := _TOKEN.match(text, at)):
        token = Token(match.lastgroup or "", match[0], match.start(), match.end())
        if not _follows(tokens, token) or (token.text == "," and not depth):
            break
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            break
        tokens.append(token)
        if depth == 0 and token.kind in ("name", "number", "close"):
            best = len(tokens)
        at = match.end()
        if text[at : at + 1] == " ":
            at += 1
    return tokens[:best]


def _follows(tokens: list[Token], token: Token) -> bool:
    """Operands and operators alternate; a name that may be a word must be called or lettered."""
    previous = tokens[-1] if tokens else None
    after_operand = bool(previous and previous.kind in ("name", "number", "close"))
    if token.kind == "name":
        return not after_operand and _is_symbol(token.text)
    if token.kind == "number":
        return not after_operand
    if token.kind == "open":
        touches = bool(previous and previous.end == token.start)
        return not after_operand or (touches and previous is not None and previous.kind == "name")
    if token.kind == "close":
        return after_operand
    return after_operand or (token.text in "-−" and not (previous and previous.text == "-"))


def _is_symbol(name: str) -> bool:
    base = name.split("_")[0].rstrip("'")
    known = base in _GREEK or base in _FUNCTIONS or base in ("hat", "MSE", "ODE", "alphabar")
    return known or len(base) == 1


def _is_evident(tokens: list[Token]) -> bool:
    names = [token.text for token in tokens if token.kind == "name"]
    return any("_" in name for name in names)


def _tex(tokens: list[Token]) -> str:
    parts: list[str] = []
    roots: list[bool] = []  # of each open bracket: does it belong to a root?
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.kind == "open":
            root = index > 0 and tokens[index - 1].text == "sqrt"
            roots.append(root)
            parts.append("{" if root else token.text)
        elif token.kind == "close":
            parts.append("}" if roots.pop() else token.text)
        elif token.kind == "name":
            called = bool(following and following.kind == "open")
            parts.append(_name(token.text, called=called))
        elif token.text == "^T":
            parts.append(r"^{\top}")
        else:
            parts.append(_OPERATORS.get(token.text, token.text))
    return " ".join(parts)


def _name(name: str, *, called: bool) -> str:
    """Set `alpha_bar_t` as \\bar{\\alpha}_{t}, `theta_minus` as \\theta^{-}."""
    prime = "'" if name.endswith("'") else ""
    words = re.findall(r"\{(?:[^{}]|\{[^{}]*\})*\}|[^_{}]+", name.rstrip("'"))
    base, rest = words[0], words[1:]
    if base == "hat" and rest:
        base, rest = rest[0], rest[1:]
        tex = rf"\hat{{{_letter(base)}}}"
    elif base == "sqrt" and called:
        return r"\sqrt"
    else:
        tex = _letter(base)
    for accent in ("bar", "hat"):
        if accent in rest:
            rest.remove(accent)
            tex = rf"\{accent}{{{tex}}}"
    if "minus" in rest:
        rest.remove("minus")
        below = rf"_{{{_letter(rest.pop())}^{{-}}}}" if rest else "^{-}"
        return tex + below + prime
    below = ",".join(_inside(word) for word in rest)
    return tex + (f"_{{{below}}}" if below else "") + prime


def _inside(word: str) -> str:
    if not word.startswith("{"):
        return _letter(word)
    inner = word[1:-1]
    tokens = _run(inner, 0)
    sound = tokens and tokens[-1].end == len(inner)
    return _tex(tokens) if sound else rf"\text{{{inner.replace('_', ' ')}}}"


def _letter(word: str) -> str:
    if word in _GREEK or word in _FUNCTIONS - {"sqrt"}:
        return rf"\{word}"
    return word if len(word) == 1 or word.isdigit() else rf"\text{{{word}}}"
