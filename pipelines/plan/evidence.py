"""What a plan says against what the ledger holds: claims that fail, values that are missing."""

from __future__ import annotations

from pipelines.claims import ClaimError, Verdict, judge, missing, parse
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import Claim, LessonPlan, Role, Src, walk
from pipelines.contracts.problems import Problem


def check_evidence(plan: LessonPlan, ledger: Ledger) -> list[Problem]:
    """Return a problem for each claim that is not as the plan says, and each missing value.

    Expressions that cannot be read are the lint's to report.
    """
    outline = plan.design.outline
    problems: list[Problem] = []
    for node in walk(outline) if outline else ():
        if isinstance(node, Claim):
            problems += _claim_problems(node, ledger)
        elif isinstance(node, Role) and node.name == "value":
            problems += _value_problems(node, plan.file, ledger)
    return problems


def _value_problems(role: Role, file: str, ledger: Ledger) -> list[Problem]:
    try:
        names = missing(parse(role.target), ledger)
    except ClaimError:
        return []
    return [_missing(Src(file=file, line=role.line, end=role.line), name) for name in names]


def _claim_problems(claim: Claim, ledger: Ledger) -> list[Problem]:
    try:
        verdict = judge(claim.check, ledger)
    except (ClaimError, ZeroDivisionError):
        return []
    if verdict.missing:
        return [_missing(claim.src, name) for name in verdict.missing]
    if verdict.holds == claim.holds or not ledger.publish:  # a smoke build proves nothing
        return []
    return [_contradiction(claim, verdict)]


def _missing(src: Src, name: str) -> Problem:
    return Problem(
        src.file,
        src.line,
        "ML401",
        f"nothing measured or cited `{name}`",
        "check the spelling; measured keys stand in build/ledger.json, an experiment's YAML says "
        "what is evaluated, facts.yaml what is cited",
    )


def _contradiction(claim: Claim, verdict: Verdict) -> Problem:
    values = ", ".join(f"{row.key} = {row.value:.4g}" for row in verdict.rows)
    said = "said to hold and does not" if claim.holds else "said not to hold, and it does"
    return Problem(
        claim.src.file,
        claim.src.line,
        "ML402",
        f"claim `{claim.id}` is {said}: {claim.check} ({values})",
        "reword the claim, or say `:holds: no` with `:because:`"
        if claim.holds
        else "remove `:holds: no`: the measurements now bear the claim out",
        excerpt=claim.check,
    )
