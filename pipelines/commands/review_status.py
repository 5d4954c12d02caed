"""The rounds of lessons as text, JSON and JUnit XML."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.commands.surroundings import Modules
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Severity
from pipelines.contracts.problems import Problem, errors, harmless
from pipelines.rounds.checks import round_problems
from pipelines.rounds.register import FindingsRegister, Round, Tracked, register_of
from pipelines.rounds.shown import Shown


@dataclass(frozen=True)
class LessonStatus:
    """The rounds of one lesson, and the severities whose open findings must not be."""

    register: FindingsRegister
    problems: tuple[Problem, ...]
    counting: tuple[Severity, ...]

    @property
    def plan(self) -> LessonPlan:
        """The lesson's plan."""
        return self.register.plan

    def stops(self, one: Tracked) -> bool:
        """Whether a finding makes the status 1."""
        return bool(one.reopened) or (one.is_open and one.severity in self.counting)

    @property
    def stopping(self) -> bool:
        """Whether something is open that must not be, or contradicts itself."""
        found = any(map(self.stops, self.register.findings))
        return found or bool(self.register.contradicted) or bool(errors(self.problems))


def status_of(plan: LessonPlan, path: Path, build: Path | None, fail_on: Severity) -> LessonStatus:
    """Return how the rounds of a plan stand, with the numbers of a build if there is one."""
    register = register_of(plan, _values(plan, path, build) if build else {})
    severities = list(Severity)
    counting = tuple(severities[: severities.index(fail_on) + 1])
    return LessonStatus(register, tuple(round_problems(register)), counting)


def _values(plan: LessonPlan, path: Path, build: Path) -> Mapping[str, Sequence[Shown]]:
    """Return the numbers that each place of a plan's page shows in a build."""
    from pipelines.module.survey import quick_catalog
    from pipelines.pages.review.spots import values_of
    from pipelines.publishing.page_inputs import ledger_at_hand, page_sources

    facts, references, catalog = Modules(quick_catalog).around(plan, path)
    ledger = ledger_at_hand(build)
    ledger = ledger.model_copy(update={"facts": ledger.facts | facts})
    sources = page_sources(plan, catalog, references, ledger, build / "draft" / plan.id)
    return values_of(plan, replace(sources, strict=False))


def as_text(found: Sequence[LessonStatus]) -> str:
    """Return some lines a lesson: counts, then what is open, reopened or contradicted."""
    lines = []
    for one in found:
        lines.append(f"{one.plan.file}: {_counts(one)}")
        for finding in one.register.open:
            lines.append(f"  {_place(one, finding)}: {finding.id} {_words(finding)}")
        for each in one.register.contradicted:
            place = f"{one.plan.file}:{each.review.src.line}"
            lines.append(f"  {place}: round {each.number}: {_contradiction(each)}")
        lines += [f"  {problem}" for problem in one.problems]
    return harmless("\n".join(lines))


def _counts(one: LessonStatus) -> str:
    count = Counter(finding.severity for finding in one.register.open)
    parts = [f"{count[severity]} {severity.value}" for severity in Severity if count[severity]]
    again = len(one.register.reopened)
    told = f"open: {', '.join(parts)}" if parts else "nothing open"
    return f"{len(one.register.rounds)} round(s), {told}" + (f", {again} reopened" * bool(again))


def _place(one: LessonStatus, finding: Tracked) -> str:
    return f"{one.plan.file}:{finding.finding.src.line}"


def _words(finding: Tracked) -> str:
    state = f"reopened, {finding.reopened}" if finding.reopened else finding.status.value
    where = f" ({finding.spot.label})" if finding.spot else ""
    return f"{finding.severity.value}, {state}: {finding.title}{where}"


def _contradiction(one: Round) -> str:
    return f"the verdict is {one.review.verdict}, the rule says {' or '.join(one.allowed)}"


def as_json(found: Sequence[LessonStatus]) -> str:
    """Return all findings with their histories, and all verdicts, as JSON."""
    data = {
        "ok": not any(one.stopping for one in found),
        "lessons": [_lesson_data(one) for one in found],
    }
    return json.dumps(data, indent=1, ensure_ascii=False)


def _lesson_data(one: LessonStatus) -> dict[str, Any]:
    count = Counter(finding.severity for finding in one.register.open)
    return {
        "file": one.plan.file,
        "lesson": one.plan.id,
        "version": one.register.contents.version,
        "ok": not one.stopping,
        "open": {severity.value: count[severity] for severity in Severity},
        "reopened": [finding.id for finding in one.register.reopened],
        "findings": [_finding_data(finding) for finding in one.register.findings],
        "verdicts": [_verdict_data(each) for each in one.register.rounds],
        "problems": [
            {"code": each.code, "line": each.line, "message": each.message, "remedy": each.remedy}
            for each in one.problems
        ],
    }


def _finding_data(one: Tracked) -> dict[str, Any]:
    return {
        "id": one.id,
        "round": one.round,
        "severity": one.severity.value,
        "title": one.title,
        "status": one.status.value,
        "reopened": one.reopened,
        "place": one.spot.name if one.spot else None,
        "line": one.finding.src.line,
        "history": [
            {"round": event.round, "status": event.status.value, "by": event.by}
            for event in one.history
        ],
    }


def _verdict_data(one: Round) -> dict[str, Any]:
    return {
        "round": one.number,
        "title": one.review.title,
        "written": one.review.verdict or None,
        "computed": one.computed,
        "contradicts": one.contradicts,
    }


def as_junit(found: Sequence[LessonStatus]) -> str:
    """Return a suite a lesson, with a case for each finding, verdict and problem.

    What must not be fails; what is open all the same is skipped.
    """
    suites = ET.Element("testsuites", name="review")
    for one in found:
        suite = ET.SubElement(suites, "testsuite", name=one.plan.id, file=one.plan.file)
        for finding in one.register.findings:
            case = _case(suite, one, f"finding {finding.id}: {finding.title}")
            if one.stops(finding) or finding.is_open:
                tag = "failure" if one.stops(finding) else "skipped"
                _outcome(case, tag, _words(finding), _place(one, finding))
        for each in one.register.rounds:
            case = _case(suite, one, f"round {each.number}: verdict")
            if each.contradicts:
                place = f"{one.plan.file}:{each.review.src.line}"
                _outcome(case, "failure", _contradiction(each), place)
        for problem in errors(one.problems):
            case = _case(suite, one, f"{problem.code} line {problem.line}")
            _outcome(case, "failure", problem.message, problem.place)
        _count(suite)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, one: LessonStatus, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=one.plan.id, name=_told(name))


def _outcome(case: ET.Element, tag: str, message: str, place: str) -> None:
    inner = ET.SubElement(case, tag, message=_told(message))
    if tag == "failure":
        inner.text = _told(place)


def _told(text: str) -> str:
    """Return a text that XML may hold: no control characters."""
    return "".join(sign for sign in harmless(text) if sign >= " " and sign not in "\ufffe\uffff")


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    suite.set("errors", "0")
