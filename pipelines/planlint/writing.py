"""How the text for the student is set."""

from __future__ import annotations

import re

from pipelines.contracts.plan import AnyPlan
from pipelines.module.report import Report
from pipelines.planlint.texts import page_runs, texts

_DASH = re.compile(r"(?<=\S)[ \u00a0](?P<dash>—|-{2,3}|–)[ \u00a0](?=\S)")


def dashes(plan: AnyPlan, report: Report) -> None:
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
