"""A lesson with one round of review: what the tests of rounds begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.contracts.exported_round import ExportedRound
from pipelines.contracts.plan import LessonPlan
from pipelines.rounds.contents import contents_of
from pipelines.rounds.reading import Incoming, read_round

BOXES = "\n".join(f"- [x] Item {number} of the list" for number in range(1, 46))
FRAME = """\
# Lesson: Levers

**Slug:** `levers`
**Cognitive Load:** BUILD (1 new concept)
**Voice:** explicit

## Phase 1: Orient (Student State)

## Phase 2: Analyze

### Misconceptions Table

| Misconception | Why They'd Think This | Negative Example That Disproves It | Where to Address |
|---|---|---|---|
| A lever makes work | it helps | the long end moves farther | Hook |

## Phase 3: Design

### Lesson Outline

#### 1. Hook

Give me a place to stand.

A lever trades force for distance.

- a crowbar
- a see-saw

#### 2. Explain

The longer arm moves farther.

:::{misbelief} A lever makes work.
:number: 1
What it gives in force it takes in distance.
:::

::::{question}
Which arm carries more?
:::{answer}
The shorter one.
:::
::::

#### 3. Summary

Force times arm is the same on both sides.

A last word.

## Checklists

### Pedagogical Design

"""
ROUND = """
## Review — 2026-01-02 (Iteration 1/2)

### Summary
- Critical: 1
- Improvement: 1
- Polish: 1

### Verdict: MAJOR REVISION

The proof is missing.

### Findings

#### [CRITICAL] — The law is never shown

**Location:** Section 2
**Issue:** It is only said.
**Status:** FIXED

#### [IMPROVEMENT] — No crowbar is drawn

**Location:** Section 1, the list
**Issue:** Words only.
**Status:** WON'T FIX

#### [POLISH] — A dash

**Location:** Section 3
**Issue:** Too long.
**Status:** FIXED
"""
PLAN = f"{FRAME}{BOXES}\n{ROUND}"


def only_added(before: bytes, after: bytes) -> bool:
    """Whether one text is another with one stretch put into it."""
    head, tail = _alike(before, after), _alike(before[::-1], after[::-1])
    return len(after) > len(before) and head + tail >= len(before)


def _alike(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def a_check(id: str, status: str, content: str = "", *, made_for: str = "", round: int = 2) -> str:
    """Return a round, as it stands in a plan, that looked at one earlier finding again."""
    version = f"**Made for:** `{made_for}`\n\n" if made_for else ""
    return (
        f"\n## Review — 2026-02-03 (Iteration {round}/3)\n\n{version}### Verdict: PASS\n\n"
        "### Fix Verification\n\n| Id | Finding | Severity | Status | Content | Notes |\n"
        f"|---|---|---|---|---|---|\n| {id} | so |  | {status} | `{content}` | seen |\n"
    )


def exported(plan: LessonPlan, **more: Any) -> ExportedRound:
    """Return a round as the page of a plan exports it; `more` are fields of it."""
    contents = contents_of(plan)
    told: dict[str, Any] = {
        "form": "measured-lessons/round@1",
        "lesson": plan.id,
        "version": contents.version,
        "date": "2026-03-04",
        "reviewer": "Ada",
        "places": contents.digests,
        "parts": contents.parts,
    }
    return ExportedRound.model_validate(told | more)


def a_finding(
    plan: LessonPlan, place: str, severity: str = "POLISH", **more: str
) -> dict[str, str]:
    """Return a finding at a spot of a plan's page."""
    spot = contents_of(plan).spots[place]
    told = {"severity": severity, "title": f"Wrong at {place}", "issue": "It is wrong."}
    where = {"place": place, "content": spot.digest, "location": spot.label}
    return told | where | more


def a_round(
    plan: LessonPlan,
    *,
    findings: Sequence[Mapping[str, str]] = (),
    checks: Sequence[tuple[str, str, str]] = (),
    **more: Any,
) -> Incoming:
    """Return a round that is to enter a plan; checks are an id, a status and a spot's name."""
    spots = contents_of(plan).spots
    looked = [
        {"id": id, "title": "so", "severity": "CRITICAL", "status": status, "content": digest}
        for id, status, place in checks
        for digest in [spots[place].digest]
    ]
    made = exported(plan, findings=list(findings), checks=looked, **more)
    return incoming(made.model_dump_json(), "round.json")


def incoming(text: str, name: str) -> Incoming:
    """Return a round from the text of a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        return read_round(path)
