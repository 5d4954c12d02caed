"""What the review template needs of a plan: each section asks its module."""

from typing import Any

from pipelines.contracts.plan import LessonPlan
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.review.checklist import groups
from pipelines.pages.review.claims import cite_facts, judged_claims, tally
from pipelines.pages.review.coverage import answered
from pipelines.pages.review.freed import freed
from pipelines.pages.review.notes import notes
from pipelines.pages.verdicts import next_to_turn


def review_parts(plan: LessonPlan, setter: BlockSetter) -> dict[str, Any]:
    """Return what the review template needs of a plan."""
    cite_facts(plan, setter)
    claims = judged_claims(plan, setter)
    views = [one.view for one in claims]
    return {
        "answered": answered(plan, setter),
        "claims": claims,
        "tally": tally(views),
        "next_to_turn": next_to_turn(views),
        "freed": freed(plan),
        "notes": notes(plan, setter),
        "groups": groups(plan.checklist),
    }
