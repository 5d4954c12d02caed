"""The table of all claims of a page: what is said and why, what became of it, by which numbers.

Claims that fail stay in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from pipelines.contracts.blocks import Claim, Paragraph, TableRequest
from pipelines.pages.inline import Inline, unlinked
from pipelines.pages.numbers import timed_mark
from pipelines.pages.page import Page
from pipelines.pages.verdicts import ClaimView, view_claim

_VERDICT = Markup(
    '<span{} class="verdict verdict-{}"><span class="sign" aria-hidden="true">{}</span> {}</span>'
)


@dataclass(frozen=True)
class LedgerTable:
    """A table ready to be set: the first cell of a row is its label."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Markup, ...], ...]
    notes: tuple[Markup, ...] = ()


def claims_table(page: Page, request: TableRequest) -> LedgerTable:
    """Set one row a claim, in the order of the page."""
    rows = tuple(_row(page, claim) for claim in page.places.claims)
    return LedgerTable(("What is said", "Verdict", "The check, in numbers", "Margin"), rows)


def _row(page: Page, claim: Claim) -> tuple[Markup, ...]:
    view, inline = view_claim(page, claim), Inline(page)
    said = claim.short or next(
        (block.spans for block in claim.nodes if isinstance(block, Paragraph)), ()
    )
    anchor = page.places.of(claim).anchor
    statement = Markup('<a href="#{}">{}</a>').format(anchor, unlinked(inline.spans(said)))
    if claim.because:
        statement += Markup('<span class="why">{}</span>').format(inline.spans(claim.because))
    verdict = _VERDICT.format(timed_mark(view.timed), view.outcome.value, view.sign, view.word)
    return statement, verdict, _numbers(view), _margin(view)


def _margin(view: ClaimView) -> Markup:
    text = view.margin_text
    return Markup("<span{}>{}</span>").format(timed_mark(view.timed), text)


def _numbers(view: ClaimView) -> Markup:
    """Set the checks with their numbers; what is said to fail comes last, after a “not”."""
    return Markup("<br>").join(
        check.figures if check.said else Markup("not: {}").format(check.figures)
        for check in view.checks
    )
