"""Random plans, mutated plans and repeated tokens: no input may break the reader.

A test run tries some hundred; `FUZZ_INPUTS=20000 pytest tests/fuzz -m fuzz` tries as many as it
is told, each kind its share. tests/fuzz/fuzz_reader.py is guided by coverage instead.
"""

import os
from collections.abc import Iterable

import pytest
from harness import Read, survive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pieces import LINES, REPEATED, seeds
from work import calls

from pipelines.any_plan import read_text

pytestmark = pytest.mark.fuzz
INPUTS = int(os.environ.get("FUZZ_INPUTS", "240"))
fuzzed = settings(
    max_examples=max(1, INPUTS // 4),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="FUZZ_INPUTS" not in os.environ,
)
SEEDS = seeds()


@st.composite
def made(draw: st.DrawFn) -> str:
    """Lines of the dialect in any order, some of them broken."""
    lines = draw(st.lists(st.sampled_from(LINES) | st.text(max_size=40), max_size=60))
    return draw(st.sampled_from(["\n", "\n\n", "\r\n"])).join(lines)


@st.composite
def skeletons(draw: st.DrawFn) -> str:
    """A lesson plan with its phases in order, and anything in between."""
    body = st.lists(st.sampled_from(LINES), max_size=15).map("\n".join)
    heads = ("## Phase 1: Orient", "## Phase 2: Analyze", "## Phase 3: Design")
    heads += ("### Lesson Outline", "#### 1. Check", "## Checklists", "## Review — 2026-01-01")
    return "\n".join(f"{head}\n{draw(body)}" for head in ("# Lesson: A", *heads))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A plan with lines dropped, doubled, swapped or cut, and bytes flipped."""
    lines = draw(st.sampled_from(SEEDS)).split(b"\n")
    for _ in range(draw(st.integers(1, 12))):
        at, to = (draw(st.integers(0, len(lines) - 1)) for _ in "ab")
        kind = draw(st.sampled_from(["drop", "double", "swap", "cut", "flip", "insert"]))
        if kind == "drop" and len(lines) > 1:
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        elif kind == "swap":
            lines[at], lines[to] = lines[to], lines[at]
        elif kind == "cut":
            lines[at] = lines[at][: draw(st.integers(0, 60))]
        elif kind == "flip" and lines[at]:
            place = draw(st.integers(0, len(lines[at]) - 1))
            flipped = lines[at][place] ^ (1 << draw(st.integers(0, 6)))
            lines[at] = lines[at][:place] + bytes([flipped]) + lines[at][place + 1 :]
        elif kind == "insert":
            lines.insert(at, draw(st.sampled_from(LINES)).encode())
    return b"\n".join(lines)


@fuzzed
@given(made())
def test_lines_in_any_order(text: str) -> None:
    survive(text.encode())


@fuzzed
@given(skeletons())
def test_anything_between_the_phases(text: str) -> None:
    survive(text.encode())


@fuzzed
@given(mutated())
def test_plans_with_accidents(data: bytes) -> None:
    survive(data)


@fuzzed
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    survive(data)


FRAME = "# Lesson: A\n\n## Phase 1: Orient\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\n"
FRAME += "### Lesson Outline\n\n#### 1. Check\n\n"


def unlike(tokens: Iterable[str]) -> list[str]:
    """Leave out what gives the same text again: `((`, repeated, is `(`, repeated."""
    texts = {token * (2000 // len(token)): token for token in reversed(tuple(tokens))}
    return [token for token in tokens if token in texts.values()]


@pytest.mark.parametrize("token", unlike(REPEATED), ids=repr)
@pytest.mark.parametrize("opening", ["", FRAME], ids=["alone", "outline"])
def test_repeated_tokens_are_linear_work(token: str, opening: str) -> None:
    """Ten times the text is at most fifteen times the work, once there is any."""
    count = max(1, 2000 // len(token))
    small, large = opening + token * count, opening + token * count * 10
    worked = []

    def watched(text: str, file: str) -> Read:
        found = []
        worked.append(calls(lambda: found.append(read_text(large, file))))
        return found[0]

    assert survive(large.encode(), watched)
    assert worked[0] <= 15 * max(200, calls(lambda: read_text(small)))
