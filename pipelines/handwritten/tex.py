"""Tokens of plain-text mathematics → TeX: `alpha_bar_t`, `theta_minus`, `x₀²`, `ŷ`, `w1`."""

import re
import unicodedata
from dataclasses import dataclass

GREEK = frozenset(
    re.findall(
        r"\w+",
        "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi"
        " chi psi omega nabla Gamma Delta Theta Lambda Sigma Phi Psi Omega",
    )
)
# what TeX knows as a function, and what it has to be told
FUNCTIONS = frozenset(
    {"log", "ln", "exp", "min", "max", "sin", "cos", "tan", "tanh", "det", "lim"}
)
NAMED = frozenset(
    {"KL", "MSE", "ELBO", "softmax", "sigmoid", "ReLU", "relu", "argmin", "argmax", "Var", "Cov"}
    | {"Pr", "ODE", "sign", "SNR", "erf", "round", "mean", "std"}
)
_UNICODE = {"∇": r"\nabla", "∂": r"\partial", "∞": r"\infty", "𝟙": r"\mathbf{1}", "Σ": r"\Sigma"}
_UNICODE |= {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "ϵ": r"\epsilon", "ε": r"\epsilon"}
_UNICODE |= {"ϕ": r"\phi", "φ": r"\phi", "ℓ": r"\ell", "ℝ": r"\mathbb{R}", "𝔼": r"\mathbb{E}"}
_UNICODE |= {"ς": r"\varsigma", "ο": "o", "ι": r"\iota", "υ": r"\upsilon"}
_MARKS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u0305": "bar"}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀⁱ", "0123456789+-nTi", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-aeijklmnoprstuvx", strict=True))
_PIECE = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}|[^_{}]+")
_SCRIPTED = re.compile(
    rf"(?P<base>.*?)(?P<digits>(?<=^[A-Za-z])\d+)?(?P<sub>[{''.join(SUBSCRIPTS)}]*)"
    rf"(?P<sup>[{''.join(SUPERSCRIPTS)}]*)$"
)

_OPERATORS = {"*": r"\,", "<=": r"\le", ">=": r"\ge", "->": r"\to", "≈": r"\approx"} | {
    "−": "-",
    "·": r"\cdot",
    "!=": r"\ne",
    "==": "=",
    "approx": r"\approx",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "→": r"\to",
    "∝": r"\propto",
    "∈": r"\in",
    "±": r"\pm",
    "×": r"\times",
    "~": r"\sim",
}


@dataclass(frozen=True)
class Token:
    """`kind` is a group of the pattern; a bar is `norm`, `shut` (its end) or `given`."""

    kind: str
    text: str
    start: int
    end: int


def name_tex(name: str, *, called: bool) -> str:
    """Set `alpha_bar_t` as \\bar{\\alpha}_{t}, `theta_minus` as \\theta^{-}, `x₀²` as x_{0}^{2}.

    Args:
        called: A bracket follows, as after a function.
    """
    prime = "'" if name.endswith("'") else "^{*}" if name.endswith("*") else ""
    first, *rest = _PIECE.findall(name.rstrip("'*"))
    if first == "sqrt" and called:
        return r"\sqrt"
    if first == "hat" and rest:
        first, rest = rest[0], ["hat", *rest[1:]]
    match = _SCRIPTED.match(first)
    assert match  # every part of the pattern may be empty
    tex = letter(match["base"])
    for accent in ("bar", "hat", "tilde"):
        if accent in rest:
            rest.remove(accent)
            tex = rf"\{accent}{{{tex}}}"
    below = [match["digits"] or "", "".join(SUBSCRIPTS[sign] for sign in match["sub"])]
    above = "".join(SUPERSCRIPTS[sign] for sign in match["sup"])
    if "minus" in rest:
        rest.remove("minus")
        if rest:
            return tex + rf"_{{{inner(rest.pop())}^{{-}}}}" + prime
        return tex + "^{-}" + prime
    script = ",".join(one for one in (*below, *(inner(word) for word in rest)) if one)
    return tex + (f"_{{{script}}}" if script else "") + prime + _above(above)


def _above(text: str) -> str:
    return "^{" + text.replace("T", r"\top") + "}" if text else ""


def inner(word: str) -> str:
    """Set what stands in a subscript."""
    if not word.startswith("{"):
        return letter(word)
    text = word[1:-1]
    parts = re.findall(r"[^\W\d_]+(?:_[^\W_]+)*|\d+|[-+,=*]|\s+|.", text)
    if all(re.fullmatch(r"[^\W_]+(?:_[^\W_]+)*|[-+,=]|\s+", part) for part in parts):
        return "".join(name_tex(one, called=False) if one.strip() else " " for one in parts)
    return rf"\text{{{text.replace('_', ' ')}}}"


def letter(word: str) -> str:
    """Set one name without its scripts: Greek, a function, an accented letter or a word."""
    if word in GREEK or word in FUNCTIONS:
        return rf"\{word}"
    if word in NAMED:
        return rf"\text{{{word}}}"
    if re.fullmatch(r"d[a-z]", word):  # a differential
        return word
    base, *marks = list(unicodedata.normalize("NFD", word))
    tex = _sign(base) if all(mark in _MARKS for mark in marks) else ""
    if not tex or (len(word) == 1 and not marks):
        return tex or (word if len(word) == 1 or word.isdigit() else rf"\text{{{word}}}")
    for mark in marks:
        tex = rf"\{_MARKS[mark]}{{{tex}}}"
    return tex


def _sign(base: str) -> str:
    if base in _UNICODE:
        return _UNICODE[base]
    if "Α" <= base <= "ω":
        name = unicodedata.name(base).split()[-1].lower()
        name = "lambda" if name == "lamda" else name
        small = base.islower()
        return rf"\{name}" if small else _capital(base, name)
    return base if base.isalnum() or base in "-+,=" else rf"\text{{{base}}}"


def _capital(base: str, name: str) -> str:
    """Greek capitals that look Latin have no command of their own in TeX."""
    command = name.capitalize()
    return rf"\{command}" if command in GREEK or command in ("Xi", "Pi") else base


def tokens_tex(tokens: list[Token]) -> str:
    """Set a sound stretch of tokens."""
    parts: list[str] = []
    roots: list[bool] = []  # of each open bracket: does it belong to a root?
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.kind == "open":
            roots.append(bool(before and before.text in ("sqrt", "√")))
            parts.append("{" if roots[-1] else token.text)
        elif token.kind == "close":
            parts.append("}" if roots.pop() else token.text)
        elif token.kind == "name":
            called = bool(following and following.kind == "open")
            parts.append(name_tex(token.text, called=called))
        else:
            parts.append(_other(token, before, following))
    return " ".join(parts)


def _other(token: Token, before: Token | None, following: Token | None) -> str:
    if token.kind == "power":
        inside = token.text.lstrip("^*").strip("{}()")
        return "^{" + (r"\top" if inside == "T" else inside) + "}"
    if token.kind == "product":
        return " ".join(token.text)
    if token.kind == "dots":
        return r"\ldots"
    if token.kind == "root":
        return r"\sqrt"
    if token.kind in ("norm", "shut", "given"):
        bar = r"\|" if token.text == "||" else "|"
        return r"\mid" if token.kind == "given" and bar == "|" else bar
    if token.text == "*" and before and following and before.kind == following.kind == "number":
        return r"\cdot"
    return _OPERATORS.get(token.text, token.text.replace("%", r"\%"))
