"""Lines of hand-written plans: products with `*` for a sign, and mathematics in plain text."""

import re

from markdown_it.rules_inline import StateInline

from pipelines.contracts.spans import Math, Span, Spans, Text
from pipelines.handwritten.plain_math import stretches
from pipelines.plan.inline import cut, joined, line_parser, parsed_spans
from pipelines.plan.reading import Reading

_BEFORE_TIMES = re.compile(r"[\w)\]}]")  # what ends a factor
_AFTER_TIMES = re.compile(r"[\w(\[{\\√∇]")  # what begins one

_POWER = re.compile(r"[\w)\]]\*\*(?:\d|\(|-\d|[A-Za-z]\b)")


def _times_sign(state: StateInline, silent: bool) -> bool:
    """Keep the `*` of `(1-t)*x_0 + t*epsilon` from opening emphasis: it stands in a product."""
    here, text = state.pos, state.src
    if text[here] != "*" or not 0 < here < len(text) - 1:
        return False
    signs = 2 if _is_power(state, here) else 1
    if signs == 1 and not (
        _BEFORE_TIMES.match(text[here - 1]) and _AFTER_TIMES.match(text[here + 1])
    ):
        return False
    if not silent:
        state.pending += "*" * signs
    state.pos += signs
    return True


def _is_power(state: StateInline, here: int) -> bool:
    """`2**n` outside of bold text: an even number of `**` stands before it."""
    if not _POWER.match(state.src, here - 1):
        return False
    at, count = state.env.get("stars", (0, 0))
    at, count = (at, count) if at <= here else (0, 0)
    count += state.src.count("**", at, here)  # counted on from the last place
    state.env["stars"] = (here, count)
    return count % 2 == 0


_ESCAPED_BRACKETS = frozenset({r"\(", r"\)", r"\[", r"\]"})
_PARSER = line_parser()
_PARSER.inline.ruler.before("emphasis", "times_sign", _times_sign)


def read_handwritten_spans(text: str, line: int) -> tuple[Spans, list[str]]:
    """Return the spans of a text, mathematics set, and the links that were refused."""
    return parsed_spans(text, line, _PARSER, lambda found: _with_mathematics(joined(found)))


def _with_mathematics(spans: Spans) -> Spans:
    """Set what is clearly mathematics in the texts of a hand-written plan."""
    found: list[Span] = []
    for span in spans:
        at = 0
        if isinstance(span, Text):
            brackets = {at for at, written in span.escapes if written in _ESCAPED_BRACKETS}
            for start, end, latex in stretches(span.text):
                if brackets.intersection(range(start, end)):
                    continue  # of another dialect (ML526), or meant as they stand
                found += [cut(span, at, start)] if start > at else []
                found.append(Math(latex=latex, guessed=True, raw=span.text[start:end]))
                at = end
            found += [cut(span, at, len(span.text))] if at < len(span.text) else []
        else:
            found.append(span)
    return tuple(found)


def spans_and_guesses(reading: Reading, text: str, line: int) -> tuple[Spans, list[str]]:
    """Read a text, and list what was taken for mathematics in the outline among the guesses."""
    spans, refused = read_handwritten_spans(text, line)
    if reading.in_outline:
        _note_mathematics(reading, spans, line)
    return spans, refused


def _note_mathematics(reading: Reading, spans: Spans, line: int) -> None:
    for span in spans:
        if span.type == "math" and span.guessed:
            override = "write it between `$` signs, or as code to keep it as it is"
            reading.guess(line, "mathematics", span.latex, span.latex, override)
        elif span.type in ("strong", "emphasis", "link"):
            _note_mathematics(reading, span.spans, line)
