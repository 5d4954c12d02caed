"""The claims of a page as a reviewer sees them, and the figures that it cites."""

from dataclasses import dataclass

from markupsafe import Markup

from pipelines.blocks.claim import Claim
from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Role
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.page import Page
from pipelines.pages.places import Place
from pipelines.pages.provenance import entries
from pipelines.pages.review.outline import of_type
from pipelines.pages.verdicts import ClaimView, view_claim


@dataclass(frozen=True)
class Judged:
    """A claim of the page, its place there, and where its numbers come from."""

    view: ClaimView
    place: Place
    sources: Markup


def judged_claims(plan: LessonPlan, setter: BlockSetter) -> list[Judged]:
    """Judge all claims of the page."""
    return [_judged(setter.page, claim) for claim in of_type(plan, Claim)]


def _judged(page: Page, claim: Claim) -> Judged:
    place = page.places.of(claim)
    with page.gathering(place) as gathered:
        view = view_claim(page, claim)
    return Judged(view, place, entries(page, gathered))


def tally(views: list[ClaimView]) -> dict[str, int]:
    """Count verdicts by word; those that may change with the clock stand apart."""
    words = ["on the clock" if view.timed else view.word for view in views]
    return {word: words.count(word) for word in dict.fromkeys(words)}


def cite_facts(plan: LessonPlan, setter: BlockSetter) -> None:
    """Register the cited figures of the page's text, so that the review lists them."""
    ledger = setter.page.sources.ledger
    for name in _fact_names(plan):
        if name in ledger.facts:
            setter.page.register.cite_fact(name)


def _fact_names(plan: LessonPlan) -> list[str]:
    outline = plan.design.outline
    roles = (node for node in walk(outline) if isinstance(node, Role)) if outline else ()
    return list(dict.fromkeys(role.target for role in roles if role.name == "fact"))
