"""What the review template needs of a plan: each section asks its module."""

from collections.abc import Mapping
from typing import Any

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import Problem
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.exercises import reviewed_exercises
from pipelines.pages.review.checklist import grouped, items
from pipelines.pages.review.claims import cite_facts, judged_claims, tally
from pipelines.pages.review.coverage import coverage
from pipelines.pages.review.figures import figures
from pipelines.pages.review.findings import FindingsView
from pipelines.pages.review.first_screen import by_reason, needs
from pipelines.pages.review.freed import freed
from pipelines.pages.review.load import curve, loads
from pipelines.pages.review.notes import notes
from pipelines.pages.review.page_map import PageMap
from pipelines.pages.review.soundness import faults
from pipelines.pages.verdicts import next_to_turn


def review_parts(
    plan: LessonPlan,
    setter: BlockSetter,
    maps: Mapping[str, PageMap],
    problems: tuple[Problem, ...],
    findings: FindingsView,
) -> dict[str, Any]:
    """Return what the review template needs of a plan.

    Args:
        maps: The pages that are rendered already, by name; "index" is among them.
    """
    page = setter.page
    cite_facts(plan, setter)
    claims = judged_claims(plan, setter)
    views = [one.view for one in claims]
    found = coverage(plan, page, maps["index"])
    checked = items(plan, found)
    broken = faults(maps, {*page.places.anchors.taken, *page.apart})
    load = loads(plan)
    return {
        "coverage": found,
        "claims": claims,
        "tally": tally(views),
        "next_to_turn": next_to_turn(views),
        "exercises": reviewed_exercises(plan, page),
        "freed": freed(plan),
        "notes": notes(plan, setter),
        "groups": grouped(checked),
        "figures": figures(plan, page),
        "load": load,
        "curve": curve(load),
        "faults": broken,
        "pages_checked": list(maps),
        "problems": problems,
        "needs": by_reason(needs(found, checked, claims, problems, broken, findings)),
        "findings": findings,
    }
