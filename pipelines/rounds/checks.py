"""What is wrong with the rounds of a plan, and what keeps its lesson from being published."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.contracts.planning import Severity
from pipelines.contracts.problems import Problem
from pipelines.module.report import Report
from pipelines.plan.inline import plain
from pipelines.rounds.locations import PLACE, field_text, missing_section, named_place
from pipelines.rounds.register import FindingsRegister, Status, Tracked

_SETTLED = (Status.WONT_FIX, Status.VERIFIED, Status.RETRACTED)


def round_problems(register: FindingsRegister) -> list[Problem]:
    """Return what contradicts itself in the rounds of a plan: ids, places, checks of fixes."""
    report = Report(register.plan)
    for one in register.doubled:
        message = f"the id `{one.id}` is that of an earlier finding"
        remedy = "give each finding an id of its own: `round.number`"
        report.problem(_line(report, one, one.id), "ML701", message, remedy, at=one.id)
    for one in register.findings:
        _check_place(report, register, one)
    for check in register.unmatched:
        message = f"no earlier finding is `{plain(check.finding)[:60]}`"
        remedy = "name the finding by its title or its id"
        report.problem(check.src.line, "ML705", message, remedy, "warning")
    return sorted(set(report.problems))


def _check_place(report: Report, register: FindingsRegister, one: Tracked) -> None:
    if one.status in _SETTLED:
        return
    name = named_place(one.finding)
    if name and one.spot is None:
        message = f"nothing on the page is called `{name}`"
        remedy = "name a place as the review page lists them, or leave it to the location's words"
        report.problem(_line(report, one, name), "ML702", message, remedy, at=name)
    elif words := missing_section(one.finding, register.contents):
        message = f"the page has no {words.lower()}"
        remedy = f"correct the location, or add `**{PLACE}:**` with the name of a place"
        report.problem(_line(report, one, words), "ML702", message, remedy, "warning", at=words)


def _line(report: Report, one: Tracked, text: str) -> int:
    src = one.finding.src
    lines = range(src.line, src.end + 1)
    return next((line for line in lines if text in report.line_text(line)), src.line)


def open_problems(register: FindingsRegister) -> Iterator[Problem]:
    """Yield an error for each critical finding that is open, and a warning for the reopened."""
    report = Report(register.plan)
    for one in register.findings:
        critical = one.severity is Severity.CRITICAL
        if one.reopened:
            message = f"finding {one.id} was verified, and {one.reopened}: `{one.title[:60]}`"
            remedy = "look at it again, and merge a round that says so"
            severity = "error" if critical else "warning"
            report.problem(one.finding.src.line, "ML704", message, remedy, severity)
        elif one.is_open and critical:
            message = f"critical finding {one.id} is open: `{one.title[:60]}`"
            remedy = _remedy(one)
            report.problem(one.finding.src.line, "ML703", message, remedy)
    yield from report.problems


def _remedy(one: Tracked) -> str:
    mended = "mend it and write `**Status:** FIXED` below it"
    written = field_text(one.finding, "status")
    return f"{mended}, in place of `{written}`" if written else mended
