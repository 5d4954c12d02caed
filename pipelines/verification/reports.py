"""What came of a comparison: for the terminal, for a pull request, for programs, for CI."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts.evidence import Evidence, Verdict
from pipelines.contracts.keys import experiment_of
from pipelines.pages.environment import STYLE, filled
from pipelines.verification.beside import PageBeside, pages_beside
from pipelines.verification.changes import Changes, pages_of
from pipelines.verification.comparison import Comparison, VerdictPair
from pipelines.verification.drawn import FigureBeside, figures_beside
from pipelines.verification.numbers import NumberPair, Status
from pipelines.verification.reviews import FindingChange, PromiseChange, ReviewChanges
from pipelines.verification.texts import TextChanges

_LONG = 100  # letters of a passage that is told in one line
_MOST = 20  # rows of a list that is read by people
_GROUPS = {"numbers": "numbers", "verdicts": "verdicts of claims", "products": "files"}


@dataclass(frozen=True)
class Named:
    """A comparison, and what its two sides are called: as the user named them.

    Attributes:
        changes: What changed as a reviewer sees it: text, findings, what was promised.
    """

    comparison: Comparison
    one: Path
    other: Path
    changes: Changes

    @property
    def title(self) -> str:
        """The answer, in one line."""
        return f"{self.comparison.answer.words}: {self.one} by {self.other}"


def told(evidence: Evidence) -> str:
    """Return what a build was made from and on."""
    origin = evidence.origin
    commit = origin.commit[:12] or "no commit"
    state = "" if origin.clean or not origin.commit else ", with changes"
    where = "; ".join(evidence.processors) or "no training"
    return f"preset {evidence.preset}, {commit}{state}, {where}"


def counted(comparison: Comparison) -> list[str]:
    """Return a line of counts for numbers, verdicts and files, and what of them was judged."""
    lines = []
    for group, words in _GROUPS.items():
        counts = comparison.counts(group)
        each = ", ".join(f"{counts[one]:,} {one}" for one in Status if counts[one])
        lines.append(f"{sum(counts.values()):,} {words}: {each or 'none'}")
    if comparison.shared:
        lines.append("judged: only the numbers and verdicts that both have")
    return lines


def as_text(named: Named) -> str:
    """Return the answer, the counts, and what lies farthest apart."""
    return "\n".join(_lines(named, heading="", item="  "))


def as_markdown(named: Named) -> str:
    """Return the same as a comment on a pull request."""
    return "\n".join(_lines(named, heading="## ", item="- ")) + "\n"


def _lines(named: Named, heading: str, item: str) -> Iterator[str]:
    found = named.comparison
    yield f"{heading}{named.title}"
    yield ""
    yield f"{item}first: {told(found.one)}"
    yield f"{item}second: {told(found.other)}"
    yield from (f"{item}{line}" for line in counted(found))
    lists: Sequence[tuple[str, list[str]]] = (
        ("Files that are not as their build recorded them", list(found.own_faults)),
        ("Verdicts that are not the same", [verdict_words(one) for one in found.turned]),
        ("Margins that moved, those that shrank most first", _margins(found)),
        ("Numbers, farthest first", [number_words(one) for one in found.changed_numbers]),
        ("Sources that differ", found.changed_sources),
        (
            "Files",
            [
                f"{one.name}: {one.status}{f', {one.why}' if one.why else ''}"
                for one in found.changed_products
                if one.status in (Status.DIFFERENT, Status.UNKNOWN)
            ],
        ),
        *_of_changes(named.changes),
    )
    for title, entries in lists:
        if entries:
            yield from ("", f"{heading and '### '}{title}", "")
            yield from (f"{item}{entry}" for entry in entries[:_MOST])
            if len(entries) > _MOST:
                yield f"{item}and {len(entries) - _MOST:,} more"


def _margins(found: Comparison) -> list[str]:
    return [f"{verdict_words(one)}{' (on the clock)' * one.timed}" for one in found.moved_margins]


def _of_changes(changes: Changes) -> Iterator[tuple[str, list[str]]]:
    texts = [
        f"{each.lesson}, {one.section}: {_cut(one.one)} → {_cut(one.other)}"
        for each in changes.texts
        for one in each.words
    ]
    yield "Text that says something else", texts
    numbers = [text_words(each) for each in changes.texts if each.numbers]
    yield "Text that says the same of other numbers", numbers
    reviews = changes.reviews
    findings = [f"{each.lesson}: {finding_words(o)}" for each in reviews for o in each.findings]
    yield "Findings", findings
    promises = [f"{each.lesson}: {promise_words(o)}" for each in reviews for o in each.promises]
    yield "What the plan promises", promises
    yield "Not compared", list(changes.lacking)


def _cut(text: str | None) -> str:
    if text is None:
        return "nothing"
    return f"“{text if len(text) <= _LONG else text[: _LONG - 1].rstrip() + '…'}”"


def text_words(changes: TextChanges) -> str:
    """Return how many passages of a lesson only show other numbers."""
    count = len(changes.numbers)
    return f"{changes.lesson}: {count:,} {'passage' if count == 1 else 'passages'}"


def finding_words(change: FindingChange) -> str:
    """Return what became of a finding, with its title, severity and status before and after."""
    it = change.finding
    was, now = (side.status if side else "unknown" for side in (change.one, change.other))
    why = f" ({it.why})" if it.why else ""
    return f"{change.word}: {it.id}, {it.title} ({it.severity}; {was} → {now}){why}"


def promise_words(change: PromiseChange) -> str:
    """Return what became of a promise, with what was found of it before and after."""
    it = change.promise
    was, now = (side.status if side else "not promised" for side in (change.one, change.other))
    return f"{change.word}: {it.kind}, {it.what} ({was} → {now})"


def number_words(pair: NumberPair) -> str:
    """Return a number with both values and its tolerance."""
    one, other = ("none" if value is None else f"{value:.6g}" for value in (pair.one, pair.other))
    allowed = "no tolerance is known" if pair.tolerance is None else f"± {pair.tolerance:.2g}"
    return f"{pair.key}: {one}, {other} ({allowed}): {pair.status}"


def verdict_words(pair: VerdictPair) -> str:
    """Return a claim with both verdicts and their margins."""
    return f"{pair.name}: {_verdict(pair.one)}, {_verdict(pair.other)}"


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return "no such claim"
    margin = "" if verdict.margin is None else f" by {verdict.margin:.1f} standard errors"
    return f"{verdict.outcome}{margin}"


def as_json(named: Named) -> str:
    """Return everything that was compared."""
    found = named.comparison
    sides = {"one": (named.one, found.one), "other": (named.other, found.other)}
    data: dict[str, Any] = {
        side: {
            "path": str(path),
            "preset": evidence.preset,
            "processors": evidence.processors,
            "origin": evidence.origin.model_dump(),
        }
        for side, (path, evidence) in sides.items()
    }
    data["answer"] = found.answer.name.lower()
    data["own_faults"] = found.own_faults
    data["numbers"] = {key: _plain(pair) for key, pair in found.numbers.items()}
    data["verdicts"] = {
        name: {
            "status": pair.status,
            "one": pair.one.model_dump() if pair.one else None,
            "other": pair.other.model_dump() if pair.other else None,
        }
        for name, pair in found.verdicts.items()
    }
    data["products"] = {name: _plain(pair) for name, pair in found.products.items()}
    data["changes"] = _plain_changes(named.changes)
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain_changes(changes: Changes) -> dict[str, Any]:
    texts = {
        each.lesson: [asdict(one) for one in each.words + each.numbers] for each in changes.texts
    }
    reviews = {each.lesson: _plain_review(each) for each in changes.reviews}
    return {"texts": texts, "reviews": reviews, "lacking": changes.lacking}


def _plain_review(review: ReviewChanges) -> dict[str, Any]:
    groups: Mapping[str, Sequence[FindingChange | PromiseChange]] = {
        "findings": review.findings,
        "promises": review.promises,
    }
    return {"kept": review.kept} | {
        name: [
            {
                "became": change.word,
                "one": change.one.model_dump() if change.one else None,
                "other": change.other.model_dump() if change.other else None,
            }
            for change in group
        ]
        for name, group in groups.items()
    }


def _plain(pair: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(pair).items() if key not in ("key", "name")}


def as_junit(named: Named) -> str:
    """Return test suites: a case for each claim, each experiment's numbers, each file."""
    found = named.comparison
    of_experiment: dict[str, list[NumberPair]] = {}
    for key, number in found.numbers.items():
        of_experiment.setdefault(experiment_of(key), []).append(number)
    suites = ET.Element("testsuites", name="verify")
    _suite(suites, "recorded", [(fault, Status.DIFFERENT, fault) for fault in found.own_faults])
    _suite(
        suites,
        "verdicts",
        [(name, pair.status, verdict_words(pair)) for name, pair in found.verdicts.items()],
    )
    cases = []
    for name, numbers in of_experiment.items():
        farthest = max(numbers, key=lambda pair: (list(Status).index(pair.status), pair.distance))
        cases.append((name, farthest.status, number_words(farthest)))
    _suite(suites, "numbers", cases)
    _suite(suites, "files", [(p.name, p.status, p.why) for p in found.products.values()])
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _suite(suites: ET.Element, name: str, cases: Sequence[tuple[str, Status, str]]) -> None:
    failed = sum(status is Status.DIFFERENT for _, status, _ in cases)
    skipped = sum(status is Status.UNKNOWN for _, status, _ in cases)
    counts = {"tests": str(len(cases)), "failures": str(failed), "skipped": str(skipped)}
    suite = ET.SubElement(suites, "testsuite", {"name": name, **counts})
    for case, status, words in cases:
        element = ET.SubElement(suite, "testcase", classname=name, name=case)
        if status is Status.DIFFERENT:
            ET.SubElement(element, "failure", message=words)
        elif status is Status.UNKNOWN:
            ET.SubElement(element, "skipped", message=words)


def as_html(named: Named) -> str:
    """Return a page with all that differs, text and figures side by side where both have them."""
    found = named.comparison
    figures: list[FigureBeside] = []
    pages: list[PageBeside] = []
    one, other = pages_of(named.one), pages_of(named.other)
    if one and other:
        known = {f"draft/{each.lesson}/index.html" for each in named.changes.texts if each.words}
        figures = figures_beside(found, one, other)
        pages = list(pages_beside(found, one, other, known))
    return filled(
        "verify.html.j2",
        named=named,
        found=found,
        changes=named.changes,
        counts=counted(found),
        told=told,
        verdict_words=verdict_words,
        figures=figures,
        pages=pages,
        style=STYLE.read_text(encoding="utf-8"),
    )
