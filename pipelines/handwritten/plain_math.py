"""Plain-text mathematics such as `x_t = (1-t)*x_0 + t*epsilon` → TeX, conservatively.

A stretch counts as mathematics only if operands and operators alternate, brackets close, and
something in it cannot be prose: a subscript, a Greek name in an equation, a product of letters,
an equation of letters, a call of a letter. Everything else stays text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.handwritten.tex import (
    FUNCTIONS,
    GREEK,
    NAMED,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    Token,
    tokens_tex,
)

_SUBS, _SUPS = "".join(SUBSCRIPTS), "".join(SUPERSCRIPTS)
_ACCENTS = "\u0302\u0303\u0304\u0305\u0307"
_SIGN = "α-ωΑ-Ωϵϕ∇∂∞𝟙∑∏∫ℓℝ𝔼"
# `pi*`, `w*(y|x)`: the best one; a product has a factor on both sides
_STAR = r"\*(?=$|[.,;:!?)\]|]|\s+(?:$|[^\W\d_]{2,}(?!\w*[(_*]))|\([^()|]*\|)"
_SUB = r"_(?:\{(?:[^{}]|\{[^{}]*\})*\}|[^\W_]+)"
_TOKEN = re.compile(
    r"(?P<word>approx\b)|(?P<product>[A-Z]{2}(?=\^T\b))|"
    rf"(?P<name>(?:[A-Za-z]\d{{1,2}}(?![\w.]\d)|[A-Za-z]+|[{_SIGN}ŷẑŵĝĥîĵŝâêôûŷỹãñõᾱ]"
    rf")[{_ACCENTS}]*(?:{_SUB})*[{_SUBS}]*[{_SUPS}]*(?:'|{_STAR})?)"
    r"|(?P<dots>\.\.\.|…)"
    r"|(?P<number>\d+(?:\.\d+)?%?)"
    r"|(?P<power>\^(?:\{[^{}]*\}|\([^()]*\)|T\b|-?\d+|[A-Za-z]\b)"
    r"|\*\*(?:\([^()]*\)|-?\d+(?:\.\d+)?|[A-Za-z]\b))"
    r"|(?P<operator><=|>=|!=|:=|==|->|[-+*/=<>≈≤≥≠→∝∈±×·−~,])"
    r"|(?P<bar>\|\||\|)"
    r"|(?P<root>√)"
    r"|(?P<open>[(\[])|(?P<close>[)\]])"
)
# addresses, options, code and paths are no mathematics, whatever signs they hold
_LITERAL = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]+[@][\w-]+\.[\w.-]+"
    r"|(?<!\S)--?[a-z][\w-]{2,}(?:[ =][^\s.,;]+)?"
    r"|(?<![\w.])[A-Za-z_][\w.]*\(\)|\b[A-Za-z]:\\\S+|(?<!\S)\.{0,2}/[\w./-]+"
)
# names of programs: `max_seq_len`, `n_layers`, `log_gradient_norms`
_VARIABLE = re.compile(r"n_[a-z]{4,}|[A-Za-z]+(?:_[A-Za-z\d]+)+")
_RELATIONS = frozenset({"=", "<=", ">=", "≈", "≤", "≥", "~", "∝", "∈", "≠", "!=", ":=", "=="})
_STARTS = "|".join(sorted(GREEK | FUNCTIONS | NAMED | {"hat", "alphabar", "sqrt"}))
_START = re.compile(
    rf"(?<![A-Za-z\d_`'/\\$.])(?:(?:{_STARTS}|d[a-z]|[A-Za-z](?:\d{{1,2}})?)(?![A-Za-z])|[A-Z]{{2}}(?=\^T\b)"
    rf"|[(√|{_SIGN}ŷẑŵĝĥŝᾱ]|\d[\d.]*\s?[*<≤])"
)
# what every stretch of mathematics holds one of
_EVIDENCE = re.compile(
    rf"[_=*^~<>≤≥≈≠∝∈√+·²³{_SUBS}{_SUPS}{_SIGN}{_ACCENTS}ŷẑŵĝĥŝᾱ]|\w\(|\bapprox\b"
)
_WORD = re.compile(r"[\w'{}.-]+")
_MARKS_BELOW = frozenset({"bar", "hat", "tilde", "minus"})
_PREFIXED = FUNCTIONS | {"nabla", "∇", "∂", "∑", "∏", "∫", "argmin", "argmax"}
_LONGEST = 400  # characters of one formula
_DEEPEST = 12  # brackets in brackets
_OPERANDS = ("name", "product", "number", "close", "dots", "power", "shut")


def stretches(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and TeX of each stretch of mathematics in a text."""
    if not _EVIDENCE.search(text):
        return
    literals = [(one.start(), one.end()) for one in _LITERAL.finditer(text)]
    at = 0
    while match := _START.search(text, at):
        while literals and literals[0][1] <= match.start():
            literals.pop(0)
        if literals and literals[0][0] <= match.start():
            at = literals[0][1]
            continue
        tokens = _run(text, match.start())
        at = _word_end(text, match.start())
        if tokens and _is_evident(tokens):
            at = tokens[-1].end
            if not _at_seam(text, tokens):
                yield tokens[0].start, at, tokens_tex(tokens)


def _at_seam(text: str, tokens: list[Token]) -> bool:
    """A stretch goes on beyond what could be read: half a formula is worse than none."""
    before, after = text[tokens[0].start - 1 : tokens[0].start], text[tokens[-1].end :]
    return before in tuple("^*=+@&?") or after[:1] in tuple("^@&")


def whole_formula(text: str) -> str:
    """Return the TeX of a text that is one formula, else ""."""
    text = text.strip().rstrip(".")
    tokens = _run(text, 0) if text else []
    complete = bool(tokens) and tokens[-1].end == len(text)
    related = any(token.text in _RELATIONS for token in tokens)
    return tokens_tex(tokens) if complete and related and _has_letter(tokens) else ""


def _has_letter(tokens: list[Token]) -> bool:
    return any(token.kind == "name" for token in tokens)


def _word_end(text: str, start: int) -> int:
    match = _WORD.match(text, start)
    return match.end() if match else start + 1


def _run(text: str, start: int) -> list[Token]:
    """Return the longest sound stretch that begins at `start`, up to an operand or a bracket."""
    before = text[start - 1 : start]
    if before and (before.isalnum() or before in "_`'/\\$."):
        return []
    tokens: list[Token] = []
    open_: list[str] = []
    best, at = 0, start
    while at - start < _LONGEST and len(open_) < _DEEPEST:
        match = _TOKEN.match(text, at)
        if not match:
            break
        token = _barred(Token(match.lastgroup or "", match[0], match.start(), match.end()), open_)
        if token.kind == "norm" and _is_operand(tokens):
            token = Token("given", token.text, token.start, token.end)
        if not _follows(tokens, token, open_) or _is_article(text, token, tokens):
            break
        if len(open_) > _DEEPEST:
            break
        _nest(token, open_)
        tokens.append(token)
        if not open_ and token.kind in _OPERANDS and _ends_at(text, match.end()):
            best = len(tokens)
        at = match.end()
        at += text[at : at + 1] == " "
    return tokens[:best]


def _ends_at(text: str, end: int) -> bool:
    """No word is cut in two: `x_t.shape` is code, `3x3` a size."""
    after = text[end : end + 2]
    return not (
        after[:1].isalnum() or after[:1] == "_" or re.match(r"[.:/\\@][A-Za-z]|\.\d", after)
    )


def _is_article(text: str, token: Token, tokens: list[Token]) -> bool:
    """`x_t - a noisy image`: a word of one letter with another word after it."""
    alone = token.text in ("a", "A", "I") and text[token.start - 1 : token.start] in ("", " ")
    return alone and re.match(r"\s+[a-z]{2,}", text[token.end :]) is not None


def _barred(token: Token, open_: list[str]) -> Token:
    if token.kind != "bar":
        return token
    kind = "shut" if open_ and open_[-1] == token.text else "norm"
    return Token(kind, token.text, token.start, token.end)


def _nest(token: Token, open_: list[str]) -> None:
    if token.kind in ("open", "norm"):
        open_.append(token.text)
    elif token.kind in ("close", "shut"):
        open_.pop()


def _is_operand(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[-1].kind in _OPERANDS


def _follows(tokens: list[Token], token: Token, open_: list[str]) -> bool:
    """Operands and operators alternate; a name that may be a word must be called or lettered."""
    previous = tokens[-1] if tokens else None
    after = _is_operand(tokens)
    touches = bool(previous and previous.end == token.start)
    if token.kind == "name":
        joined = bool(previous and _joins(previous, token, touches))
        times = bool(previous and previous.text == "*" and touches)
        return (not after or joined) and (is_symbol(token.text) or times)
    if token.kind in ("number", "root", "product"):
        return not after
    if token.kind == "dots":
        return bool(open_) and not after
    if token.kind == "open":
        return not after or (touches and previous is not None and previous.kind == "name")
    if token.kind == "close":
        return after and bool(open_) and open_[-1] == {")": "(", "]": "["}[token.text]
    if token.kind in ("power", "shut"):
        return after and (touches or token.kind == "shut")
    if token.kind == "given":
        return after and bool(open_)
    if token.kind == "norm":
        return not after
    if token.text == ",":
        return after and bool(open_)
    return after or (
        token.text in tuple("-−+") and not (previous and previous.text in tuple("-−+"))
    )


def _joins(previous: Token, token: Token, touches: bool) -> bool:
    """No sign between two operands: `log p`, `2x`, `W_Q x_t`."""
    if previous.kind == "number":
        return touches and not previous.text.endswith("%")
    if previous.kind == "close" and token.text.isupper() and len(token.text) == 1:
        return token.text not in ("A", "I") and not touches
    if previous.kind == "name" and _base(previous.text) in _PREFIXED:
        return True
    return "_" in token.text and (previous.kind == "power" or "_" in previous.text)


@lru_cache(maxsize=4096)
def is_symbol(name: str) -> bool:
    """Say whether a name is one of mathematics: a letter, Greek, a function."""
    base = _base(name)
    if _is_variable(name, base):
        return False
    known = base in GREEK or base in FUNCTIONS or base in NAMED
    lettered = len(base.strip(_ACCENTS)) == 1 or re.fullmatch(r"[A-Za-z]\d{1,2}|d[a-z]", base)
    return known or bool(lettered) or base in ("hat", "alphabar", "sqrt")


def _is_variable(name: str, base: str) -> bool:
    """A name of a program: a function's with an English word below it, a count, or two words."""
    if "_" not in name or not _VARIABLE.fullmatch(name):
        return False
    words = [one for one in name.split("_")[1:] if len(one) > 2 and one.islower()]
    plain_words = [one for one in words if one not in GREEK | _MARKS_BELOW]
    counted = name.startswith("n_")
    called = base in FUNCTIONS | NAMED and base.islower()
    return bool(plain_words) and (counted or called or len(plain_words) > 1)


def _base(name: str) -> str:
    return re.split(rf"[_{_SUBS}{_SUPS}]", name)[0].rstrip("'*")


def _is_evident(tokens: list[Token]) -> bool:
    """Something in a stretch is no prose."""
    texts = [token.text for token in tokens]
    names = [token for token in tokens if token.kind in ("name", "product")]
    if any(re.search(r"_|(?<![AaI])\*", name.text) or not name.text.isascii() for name in names):
        return True
    if not names:
        return False
    related = any(text in _RELATIONS for text in texts)
    operated = related or any(text in ("*", "+", "^", "·") for text in texts)
    powered = any(token.kind in ("power", "root") for token in tokens)
    greek = any(name.text in GREEK for name in names)
    return powered or related or (greek and operated) or _is_product(tokens) or _is_call(tokens)


def _is_product(tokens: list[Token]) -> bool:
    """`w1*x`: letters around a sign that touches both."""
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(
        two.text == "*" and one.end == two.start and two.end == three.start
        for one, two, three in triples
    )


def _is_call(tokens: list[Token]) -> bool:
    """`f(x, t)`, `KL(p || q)`, `sqrt(d)`; not `A(1)`, an item of a list."""
    names = [token.text for token in tokens if token.kind == "name"]
    called = len(tokens) > 3 and tokens[1].text == "(" and tokens[0].kind == "name"
    return called and len(names) > 1 and names[0] not in ("a", "A", "I")
