"""What every input must survive: reading, summary and lint, without loss and in linear time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from pipelines.any_plan import read_text
from pipelines.commands.summary import summary
from pipelines.contracts.plan import AnyPlan
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.plan.lines import decode
from pipelines.planlint.rules import lint

# Seconds of processor that no honest input comes near: 70 kB of plan take about 0.1 s.
ALLOWED, PER_CHARACTER = 2.0, 2e-4

Read = tuple[AnyPlan, list[Problem]]


class TooSlow(AssertionError):
    """Raised for an input that takes more than its length explains."""


def survive(data: bytes, read: Callable[[str, str], Read] = read_text) -> bool:
    """Read bytes as a plan; return False if they are refused by a named problem.

    `read` is the reader, or the reader with something that watches it.

    Raises:
        AssertionError: If characters are lost, or the time is out of proportion.
        Exception: Whatever the reader lets through: each is a bug.
    """
    begin = time.process_time()
    try:
        text = decode(data, "plan.md")
        plan, problems = read(text, "plan.md")
    except InputProblems as refusal:
        assert refusal.problems, "a refusal names its problems"
        return False
    lint(plan, facts={}, citations={}, experiments={})
    counts = summary(plan, problems, text)
    json.dumps(counts)
    assert counts["lost"] == 0, "characters are in no segment"
    taken = time.process_time() - begin
    if taken > ALLOWED + PER_CHARACTER * len(data):
        raise TooSlow(f"{taken:.1f} s for {len(data)} bytes")
    return True
