"""What became of the claims of a page, as data: for the last words of a build."""

from __future__ import annotations

import math
from typing import Any

from pipelines.contracts.blocks import Claim
from pipelines.contracts.plan import LessonPlan
from pipelines.pages.page import new_page
from pipelines.pages.places import find_places
from pipelines.pages.sources import Sources
from pipelines.pages.verdicts import ClaimView, view_claim


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
