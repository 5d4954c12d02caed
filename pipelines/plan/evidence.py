"""What a plan claims against what the ledger holds."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.claims import ClaimError, State, Verdict, comparisons_of, judge, parse_check
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import Claim, LessonPlan, Outline, Voice, walk
from pipelines.contracts.problems import Problem

_REMEDIES = {
    "check": "reword the claim, or say `:holds: no` with `:because:`",
    "holds": "remove `:holds: no`: the measurements now bear the claim out",
    "fails": "take this part into `:check:`: the measurements now bear it out",
}


def check_claims(plan: LessonPlan, ledger: Ledger, strict: bool = False) -> list[Problem]:
    """Return a problem for each claim that the measurements contradict or leave undecided.

    A contradiction is an error if the build is strict, else a warning: the page shows it. Checks
    that cannot be read are the lint's to report, missing values the page's. A build that is not
    for publication (tiny step counts) proves nothing and contradicts nothing.
    """
    outline = plan.design.outline
    if not (outline and ledger.publish):
        return []
    severity = "error" if strict else "warning"
    claims = _claims_of_page(outline)
    return [problem for claim in claims for problem in _problems(claim, ledger, severity)]


def _claims_of_page(outline: Outline) -> list[Claim]:
    """Return all claims that students see, wherever they stand; not those in a builder's notes."""
    notes = [one for one in walk(outline) if getattr(one, "voice", None) is Voice.BUILDER]
    hidden = {id(one) for note in notes for one in walk(note)}
    return [one for one in walk(outline) if isinstance(one, Claim) and id(one) not in hidden]


def _problems(claim: Claim, ledger: Ledger, severity: str) -> Iterator[Problem]:
    checks = [(claim.check, claim.holds, "check" if claim.holds else "holds")]
    if claim.fails:
        checks.append((claim.fails, False, "fails"))
    for check, said, option in checks:
        try:
            verdict = judge(check, ledger)
        except (ClaimError, ZeroDivisionError):
            continue
        if verdict.state == (State.FAILS if said else State.HOLDS):
            yield _contradiction(claim, check, option, verdict, severity)
        elif verdict.state is State.UNDECIDED:
            yield _undecided(claim, check, verdict)
        if verdict.margin:
            yield from _unpaired(claim, check, ledger)


def _contradiction(
    claim: Claim, check: str, option: str, verdict: Verdict, severity: str
) -> Problem:
    said = "said to hold and does not" if option == "check" else "said not to hold, and it does"
    message = f"claim `{claim.id}` is {said}: {check} ({_values(verdict)})"
    return _problem(claim, "ML402", message, _REMEDIES[option], check, severity)


def _undecided(claim: Claim, check: str, verdict: Verdict) -> Problem:
    assert verdict.margin is not None
    message = (
        f"claim `{claim.id}` is undecided, {abs(verdict.margin.sigmas):.1f} standard errors: "
        f"{check} ({_values(verdict)})"
    )
    remedy = "claim less, measure more, or leave it open: an undecided claim stops no build"
    return _problem(claim, "ML409", message, remedy, check, "warning")


def _unpaired(claim: Claim, check: str, ledger: Ledger) -> Iterator[Problem]:
    for margin in comparisons_of(parse_check(check), ledger):
        if not margin.paired:
            keys = ", ".join(margin.node.keys)
            message = f"claim `{claim.id}` compares rows that share no pairs: {keys}"
            remedy = "compare rows of the same data and noise; these count as independent"
            yield _problem(claim, "ML410", message, remedy, check, "warning")


def _values(verdict: Verdict) -> str:
    return ", ".join(f"{row.key} = {row.value:.4g}" for row in verdict.rows)


def _problem(
    claim: Claim, code: str, message: str, remedy: str, check: str, severity: str
) -> Problem:
    return Problem(
        claim.src.file, claim.src.line, code, message, remedy, severity=severity, excerpt=check
    )
