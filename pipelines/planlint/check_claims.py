"""What a plan claims against what the ledger holds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pipelines.blocks.claim import Claim
from pipelines.claims import (
    ClaimError,
    Expression,
    Margin,
    State,
    Verdict,
    comparisons_of,
    evaluate,
    evaluate_claim,
    parse_check,
)
from pipelines.claims.shuffles import empty_parts
from pipelines.contracts.blocks import walk
from pipelines.contracts.measurement import Ledger
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Outline
from pipelines.contracts.problems import Problem
from pipelines.contracts.spans import Voice
from pipelines.module.report import Report
from pipelines.planlint.claims import words_of
from pipelines.planlint.wording import words as w

_MEASURED = ("ML411", "ML412")  # what is said here and can be freed
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
    claims, report = _claims_of_page(outline), Report(plan)
    return [
        problem
        for claim in claims
        for problem in (
            *_problems(claim, ledger, severity),
            *(_placed(one, claim, report) for one in _empty(claim, ledger)),
        )
    ]


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
            verdict = evaluate_claim(check, ledger)
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
    return _claim_problem(claim, "ML402", message, _REMEDIES[option], check, severity)


def _undecided(claim: Claim, check: str, verdict: Verdict) -> Problem:
    assert verdict.margin is not None
    message = (
        f"claim `{claim.id}` is undecided, {abs(verdict.margin.sigmas):.1f} standard errors: "
        f"{check} ({_values(verdict)})"
    )
    remedy = "claim less, measure more, or leave it open: an undecided claim stops no build"
    return _claim_problem(claim, "ML409", message, remedy, check, "warning")


def _unpaired(claim: Claim, check: str, ledger: Ledger) -> Iterator[Problem]:
    for margin in comparisons_of(parse_check(check), ledger):
        if not margin.paired:
            keys = ", ".join(margin.node.keys)
            message = f"claim `{claim.id}` compares rows that share no pairs: {keys}"
            remedy = "compare rows of the same data and noise; these count as independent"
            yield _claim_problem(claim, "ML410", message, remedy, check, "warning")


def _placed(problem: Problem, claim: Claim, report: Report) -> Problem:
    """Give a problem line and column of the option that its excerpt is of."""
    for line in range(claim.src.line, claim.src.end + 1):
        text = report.line_text(line)
        if (at := text.find(problem.excerpt)) >= 0 and text.lstrip().startswith(":"):
            end = at + 1 + len(problem.excerpt)
            return replace(problem, line=line, excerpt=text, column=at + 1, end_column=end)
    return problem


def _empty(claim: Claim, ledger: Ledger) -> Iterator[Problem]:
    """Yield what is empty of a claim by its numbers, unless it is freed of that."""
    found = list(_emptiness(claim, ledger))
    yield from (one for one in found if one.code not in claim.freed)
    for code in set(claim.freed) & set(_MEASURED) - {one.code for one in found}:
        message = f"claim `{claim.id}` is freed of {code} without need"
        yield _claim_problem(claim, "ML319", message, "take it away", code, "warning")


def _emptiness(claim: Claim, ledger: Ledger) -> Iterator[Problem]:
    for check in filter(None, (claim.check, claim.fails)):
        try:
            margin = evaluate_claim(check, ledger).margin
        except (ClaimError, ZeroDivisionError):
            continue
        if margin is None:
            continue
        node = parse_check(check)
        if claim.holds and check == claim.check and evaluate(node, ledger):
            for part in empty_parts(node, ledger):
                yield from _shuffled(claim, check, part)
        for one in comparisons_of(node, ledger):
            if _silent(one, ledger):
                keys = ", ".join(one.uncertainty.unknown)
                message = f"nothing tells how far chance moves {keys}"
                remedy = "repeat its training, or let its row say why that cannot be known"
                yield _claim_problem(claim, "ML412", message, remedy, check, "warning")


def _shuffled(claim: Claim, check: str, part: Expression) -> Iterator[Problem]:
    """What holds whichever system is which may say that they are alike, no more."""
    if _speaks_of_likeness(words_of(claim)):
        return
    keys = ", ".join((*part.keys, *part.facts))
    message = f"claim `{claim.id}` holds whichever system is which: {keys}"
    remedy = "ask for more than they share, or say that they are alike: nearly, no more than"
    yield _claim_problem(claim, "ML411", message, remedy, check, "warning")


def _speaks_of_likeness(words: list[str]) -> bool:
    """Whether a sentence says that systems are alike: nearly, within, no more than, at most."""
    return not (w.LIKE.isdisjoint(pairwise(words)) and w.CLOSE.isdisjoint(words))


def _silent(margin: Margin, ledger: Ledger) -> bool:
    """Whether a row of a comparison has no standard error and gives no reason."""
    rows = [ledger.measurements.get(key) for key in margin.uncertainty.unknown]
    return any(row is not None and not row.no_spread for row in rows)


def _values(verdict: Verdict) -> str:
    return ", ".join(f"{row.key} = {row.value:.4g}" for row in verdict.rows)


def _claim_problem(
    claim: Claim, code: str, message: str, remedy: str, check: str, severity: str
) -> Problem:
    return Problem(
        claim.src.file, claim.src.line, code, message, remedy, severity=severity, excerpt=check
    )
