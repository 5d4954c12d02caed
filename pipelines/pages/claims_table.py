"""All claims of a page, also those that fail: as its table, and as data for a build's last words.

What is said and why, what became of it, by which numbers.
"""

import math
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from pipelines.blocks.claim import Claim
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import Paragraph
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Spans
from pipelines.pages.inline import Inline, unlinked
from pipelines.pages.numbers import NumberCell, timed_mark
from pipelines.pages.page import Page, new_page
from pipelines.pages.places import find_places
from pipelines.pages.sources import Sources
from pipelines.pages.verdicts import ClaimView, view_claim

_VERDICT = Markup(
    '<span{} class="verdict verdict-{}"><span class="sign" aria-hidden="true">{}</span> {}</span>'
)


Cell = Markup | NumberCell


@dataclass(frozen=True)
class LedgerTable:
    """A table ready to be set: the first cell of a row is its label.

    `unseen` are titles of columns, each with what its numbers do not see.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Markup, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()


def claims_table(page: Page, request: TableRequest) -> LedgerTable:
    """Set one row a claim, in the order of the page."""
    rows = tuple(_claim_row(page, claim) for claim in page.places.claims)
    return LedgerTable(("What is said", "Verdict", "The check, in numbers", "Margin"), rows)


def _claim_row(page: Page, claim: Claim) -> tuple[Cell, ...]:
    view, inline = view_claim(page, claim), Inline(page)
    anchor = page.places.of(claim).anchor
    statement = Markup('<a href="#{}">{}</a>').format(anchor, unlinked(inline.spans(gist(claim))))
    if claim.found and view.refuted:
        found = Markup('<span class="why"{}><strong>Found:</strong> {}</span>')
        statement += found.format(timed_mark(view.timed), inline.spans(claim.found))
    if claim.because:
        statement += Markup('<span class="why">{}</span>').format(inline.spans(claim.because))
    verdict = _VERDICT.format(timed_mark(view.timed), view.outcome.value, view.sign, view.word)
    return statement, verdict, _numbers(view), _margin(view)


def gist(claim: Claim) -> Spans:
    """Return a claim in a phrase, or what it says first."""
    return claim.short or next(
        (block.spans for block in claim.nodes if isinstance(block, Paragraph)), ()
    )


def _margin(view: ClaimView) -> Markup:
    return _on_the_clock(view, escape(view.margin_text))


def _numbers(view: ClaimView) -> Markup:
    """Set the checks with their numbers; what is said to fail comes last, after a “not”."""
    checks = Markup("<br>").join(
        check.figures if check.said else Markup("not: {}").format(check.figures)
        for check in view.checks
    )
    return _on_the_clock(view, checks)


def _on_the_clock(view: ClaimView, html: Markup) -> Markup:
    """Mark what hangs on the clock."""
    return Markup("<span{}>{}</span>").format(timed_mark(True), html) if view.timed else html


def claim_records(plan: LessonPlan, sources: Sources) -> list[dict[str, Any]]:
    """Return one record a claim, in the order of the page.

    Keys: `id`, `lesson`, `file`, `line`, `outcome` (`pages.verdicts.Outcome`), `margin` (of what
    the plan says, in standard errors; None without a finite one), `timed` (whether it depends on
    the clock), `text` (the check, its values and its margin). A build that is not for publication
    proves nothing: it has no records.
    """
    if not sources.ledger.publish:
        return []
    page = new_page(plan.file, sources, find_places(plan))
    views = [view_claim(page, claim) for claim in page.places.claims]
    return [_record(plan, view, view.claim) for view in views]


def _record(plan: LessonPlan, view: ClaimView, claim: Claim) -> dict[str, Any]:
    sigmas = view.thinnest.sigmas
    return {
        "id": claim.id,
        "lesson": plan.id,
        "file": claim.src.file,
        "line": claim.src.line,
        "outcome": view.outcome.value,
        "margin": round(sigmas, 3) if math.isfinite(sigmas) else None,
        "timed": view.timed,
        "text": _claim_text(view),
    }


def _claim_text(view: ClaimView) -> str:
    thinnest = view.thinnest
    check = view.claim.check if thinnest is view.checks[0] else view.claim.fails
    rows = thinnest.verdict.rows if thinnest.verdict else ()
    values = ", ".join(f"{row.key} = {row.value:.4g}" for row in rows)
    said = "said to hold" if thinnest.said else "said not to hold"
    return f"{said}: {check} ({values}; {view.margin_text})"
