"""What a plan claims against what the ledger holds."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.claims import ClaimError, Verdict, judge
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import Claim, LessonPlan, walk
from pipelines.contracts.problems import Problem

_REMEDIES = {
    "check": "reword the claim, or say `:holds: no` with `:because:`",
    "holds": "remove `:holds: no`: the measurements now bear the claim out",
    "fails": "take this part into `:check:`: the measurements now bear it out",
}


def check_claims(plan: LessonPlan, ledger: Ledger) -> list[Problem]:
    """Return a problem for each claim that the measurements contradict.

    Checks that cannot be read are the lint's to report, missing values the page's. A build that
    is not for publication (tiny step counts) proves nothing and contradicts nothing.
    """
    outline = plan.design.outline
    if not (outline and ledger.publish):
        return []
    claims = (node for node in walk(outline) if isinstance(node, Claim))
    return [problem for claim in claims for problem in _problems(claim, ledger)]


def _problems(claim: Claim, ledger: Ledger) -> Iterator[Problem]:
    checks = [(claim.check, claim.holds, "check" if claim.holds else "holds")]
    if claim.fails:
        checks.append((claim.fails, False, "fails"))
    for check, said, option in checks:
        try:
            verdict = judge(check, ledger)
        except (ClaimError, ZeroDivisionError):
            continue
        if verdict.holds not in (None, said):
            yield _contradiction(claim, check, option, verdict)


def _contradiction(claim: Claim, check: str, option: str, verdict: Verdict) -> Problem:
    values = ", ".join(f"{row.key} = {row.value:.4g}" for row in verdict.rows)
    said = "said to hold and does not" if option == "check" else "said not to hold, and it does"
    return Problem(
        claim.src.file,
        claim.src.line,
        "ML402",
        f"claim `{claim.id}` is {said}: {check} ({values})",
        _REMEDIES[option],
        excerpt=check,
    )
