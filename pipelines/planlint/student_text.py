"""Text for the student: multiples and strong comparisons that no claim checks, and dashes.

"Six times faster" is a number as much as "6". It stands in a claim, or its sentence quotes a
measured value, cites a source, or leads to a claim; or the plan frees it and says why.
"""

import re

from pipelines.blocks.claim import Claim
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.plan import AnyPlan
from pipelines.contracts.spans import Role, Span, Src
from pipelines.module.report import Report
from pipelines.planlint.texts import page_runs, roles, texts
from pipelines.planlint.wording import Kind, Said, Sentence, said, sentences
from pipelines.planlint.wording import words as w
from pipelines.planlint.wording.sentences import FREED, words_of

_SOURCES = ("value", "fact", "cite")
_REMEDY = (
    "make it a claim, quote the {value}, cite its source, or free it:"
    " {freed}`words|why nothing has to measure them`"
)
_DASH = re.compile(r"(?<=\S)[ \u00a0](?P<dash>—|-{2,3}|–)[ \u00a0](?=\S)")


def check_strong_words(report: Report, seen: set[int], used: set[int]) -> None:
    """Report what stands outside of claims, and freed words that need not be.

    Args:
        seen: Runs of claims, by identity.
        used: Freed roles that claims have needed.
    """
    blocks = report.blocks
    seen |= {id(one.statement) for one in blocks if isinstance(one, MisconceptionBlock)}
    claims = {one.id for one in blocks if isinstance(one, Claim)}
    freed: list[Role] = []
    for spans, src in page_runs(report.plan):
        freed += (role for role in roles(spans) if role.name == FREED)
        if id(spans) not in seen and not w.SIGNALS.isdisjoint(words_of(spans)):
            for sentence in sentences(spans):
                _look(report, sentence, src, claims, used)
    for role in freed:
        if id(role) not in used:
            message = f"`{role.target}` is freed without need"
            report.problem(role.line, "ML319", message, "write it as text", "warning")


def _look(report: Report, sentence: Sentence, src: Src, claims: set[str], used: set[int]) -> None:
    if sentence.asks or any(_is_source(one, claims) for one in sentence.objects):
        return
    for one in said(sentence):
        if one.kind in (Kind.MAGNITUDE, Kind.DEGREE) and one.compares:
            _report(report, one, sentence, src, used)


def _is_source(span: Span, claims: set[str]) -> bool:
    if not isinstance(span, Role):
        return False
    return span.name in _SOURCES or (span.name == "ref" and span.target in claims)


def _report(report: Report, one: Said, sentence: Sentence, src: Src, used: set[int]) -> None:
    found = sentence.stretch(one.first, one.end)
    if not found:
        return
    piece, at, text = found
    if piece.role:
        used.add(id(piece.role))
        return
    line, column = report.place(piece.text, at, len(text), src)
    severity = "error" if report.plan.meta.explicit_voice else "warning"
    message = f"`{text}` in text for the student, and nothing measures it"
    report.problem(line, "ML318", message, _REMEDY, severity, at=text, column=column)


def check_dashes(plan: AnyPlan, report: Report) -> None:
    """A dash between spaces breaks the line's rhythm; commas or a colon say the same."""
    for spans, src in page_runs(plan):
        for text in texts(spans):
            for match in _DASH.finditer(text):
                line, column = report.place(text, match.start(), len(match[0]), src)
                report.problem(
                    line,
                    "ML519",
                    f"a dash between spaces, `{match['dash']}`",
                    "set it without spaces, or use a comma, a colon or a new sentence",
                    "warning",
                    at=match[0],
                    column=column,
                )
