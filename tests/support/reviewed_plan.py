"""A lesson with one round of review: what the tests of rounds begin with."""

from __future__ import annotations

from itertools import takewhile

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
