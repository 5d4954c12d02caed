"""The claims of a page as a reviewer sees them, and the figures that it cites."""

import math
from dataclasses import dataclass

from markupsafe import Markup

from pipelines.blocks.claim import Claim
from pipelines.contracts.blocks import walk
from pipelines.contracts.measurement import Fact
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Role
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.evidence import Evidence, evidence_of
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
    evidence: tuple[Evidence, ...] = ()

    @property
    def kind(self) -> str:
        """What the claim stands on: measurements, the clock, or the work of others."""
        if self.view.timed:
            return "wall-clock"
        return "measured" if self.view.quoted else "cited"

    @property
    def sigmas(self) -> float | None:
        """The margin as a number to sort by; None where there is no finite one."""
        value = self.view.thinnest.sigmas
        return value if math.isfinite(value) else None

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds behind its numbers, each once."""
        rows = (one.row for one in self.view.quoted if one.row)
        return tuple(dict.fromkeys(seed for row in rows for seed in row.seeds))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The cited figures that it is held against, each once."""
        verdicts = [one.verdict for one in self.view.checks if one.verdict]
        return tuple({fact.id: fact for one in verdicts for fact in one.facts}.values())


def judged_claims(plan: LessonPlan, setter: BlockSetter) -> list[Judged]:
    """Judge all claims of the page."""
    return [_judged(setter.page, claim) for claim in of_type(plan, Claim)]


def _judged(page: Page, claim: Claim) -> Judged:
    place = page.places.of(claim)
    with page.gathering(place) as gathered:
        view = view_claim(page, claim)
    made = tuple(evidence_of(page, list(view.quoted)))
    return Judged(view, place, entries(page, gathered), made)


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
