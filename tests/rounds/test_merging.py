"""A round enters its plan: numbered, at its place, and nothing else changes; or it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_samples import lesson
from reviewed_plan import FRAME, PLAN, a_finding, a_round, exported, incoming, only_added

from pipelines.contracts.exported_round import ExportedRound
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import InputProblems
from pipelines.plan.lines import normalise
from pipelines.planwriter.format import plan_content
from pipelines.rounds.contents import contents_of
from pipelines.rounds.merging import merged
from pipelines.rounds.reading import read_round
from pipelines.rounds.register import register_of
from pipelines.rounds.writing import round_markdown


def enter(text: str, **more: Any) -> str:
    """Merge a round that was made for a plan's text into it."""
    return merged(text, "plan.md", a_round(lesson(normalise(text)), **more))


def codes(text: str, round: Any) -> list[str]:
    with pytest.raises(InputProblems) as caught:
        merged(text, "plan.md", round)
    assert all(one.remedy and one.line >= 1 for one in caught.value.problems)
    return [one.code for one in caught.value.problems]


BEFORE = {
    "a round at the end": PLAN,
    "none yet": FRAME + "- [x] one\n",
    "no line end": PLAN.rstrip("\n"),
    "blank lines at the end": PLAN + "\n\n",
    "checklists behind": PLAN + "\n---\n\n## Checklists\n\n- [x] one\n",
    "something close behind": PLAN + "## Checklists\n\n- [x] one\n",
    "carriage returns": PLAN.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + PLAN,
    "the author's fixes behind": PLAN
    + "\n## Fixes Applied — 2026-01-03\n\n- [POLISH] A dash — FIXED\n",
    "under a heading of all": PLAN.replace("\n## Review", "\n## Reviews\n\n### Review")
    .replace("\n### Summary", "\n#### Summary")
    .replace("\n### Verdict", "\n#### Verdict")
    .replace("\n### Findings", "\n#### Findings")
    .replace("\n#### [", "\n##### ["),
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_no_byte_outside_the_round_changes(before: str) -> None:
    plan = lesson(normalise(before))
    after = enter(before, findings=[a_finding(plan, "s-hook"), a_finding(plan, "s-explain")])
    assert only_added(before.encode(), after.encode())
    found = lesson(normalise(after))
    assert len(found.reviews) == len(plan.reviews) + 1
    assert len(found.reviews[-1].findings) == 2
    assert plan_content(found.reviews[:-1]) == plan_content(plan.reviews)
    assert contents_of(found).version == contents_of(plan).version
    assert ("\r\n" in after) == ("\r\n" in before) and after.count("\r\n") in (
        0,
        after.count("\n"),
    )


def test_a_round_is_numbered_and_so_are_its_findings() -> None:
    plan = lesson(PLAN)
    after = enter(PLAN, findings=[a_finding(plan, "s-hook"), a_finding(plan, "s-explain")])
    assert "## Review — 2026-03-04 (Iteration 2/2)" in after
    found = register_of(lesson(after))
    assert [one.id for one in found.findings] == ["1.1", "1.2", "1.3", "2.1", "2.2"]
    assert [one.spot.name for one in found.findings[3:] if one.spot] == ["s-hook", "s-explain"]
    assert found.doubled == [] and not found.contradicted


def test_two_reviewers_rounds_merge_in_either_order() -> None:
    plan = lesson(PLAN)
    ada = a_round(plan, reviewer="Ada", findings=[a_finding(plan, "s-hook", "CRITICAL")])
    bob = a_round(
        plan,
        reviewer="Bob",
        findings=[a_finding(plan, "s-explain")],
        checks=[("1.1", "STILL OPEN", "s-explain")],
    )
    outcomes = []
    for order in ((ada, bob), (bob, ada)):
        text = PLAN
        for one in order:
            text = merged(text, "plan.md", one)
        found = register_of(lesson(text))
        assert [one.number for one in found.rounds] == [1, 2, 3]
        outcomes.append(sorted((one.title, one.status) for one in found.findings))
    assert outcomes[0] == outcomes[1]
    assert {title for title, _ in outcomes[0]} >= {"Wrong at s-hook", "Wrong at s-explain"}


def test_a_round_is_not_merged_twice() -> None:
    one = a_round(lesson(PLAN), findings=[a_finding(lesson(PLAN), "s-hook")])
    assert codes(merged(PLAN, "plan.md", one), one) == ["ML708"]


def test_what_was_made_for_another_version_is_refused_with_the_differences() -> None:
    plan = lesson(PLAN)
    one = a_round(plan, findings=[a_finding(plan, "s-hook/paragraph-1")])
    edited = PLAN.replace("Give me", "Give us").replace("A last word.\n", "")
    edited = edited.replace("| it helps |", "| it seems to |")
    with pytest.raises(InputProblems) as caught:
        merged(edited, "plan.md", one)
    told = "\n".join(map(str, caught.value.problems))
    assert {problem.code for problem in caught.value.problems} == {"ML707"}
    for words in (
        "section 1, paragraph 1 (`s-hook/paragraph-1`) has changed",
        "`s-summary/paragraph-2` was on the page",
        "section 3 (`s-summary`) has changed",
        "the plan's misconceptions differ",
        "“Wrong at s-hook/paragraph-1” was written of other words",
    ):
        assert words in told
    line = edited.split("\n").index("Give us a place to stand.") + 1
    assert f"plan.md:{line}" in told


def test_markdown_knows_what_it_names() -> None:
    plan = lesson(PLAN)
    text = round_markdown(exported(plan, findings=[a_finding(plan, "s-hook/paragraph-1")]))
    one = incoming(text, "round.md")
    assert merged(PLAN, "plan.md", one)
    assert codes(PLAN.replace("A last", "The last"), one) == ["ML707"]
    assert codes(PLAN.replace("Give me", "Give us"), one) == ["ML707", "ML707"]


def test_a_round_of_another_lesson_is_refused() -> None:
    plan = lesson(PLAN.replace("`levers`", "`pulleys`"))
    with pytest.raises(InputProblems, match="made for the lesson `pulleys`"):
        merged(PLAN, "plan.md", a_round(plan))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda data: data | {"secret": 1}, "secret: Extra"),
        (lambda data: data | {"version": "x"}, "version: String"),
        (lambda data: data | {"date": "today"}, "date: String"),
        (lambda data: data | {"findings": [{"severity": "HUGE"}]}, "findings: 0: severity"),
        (lambda data: data | {"form": "other"}, "form: Input"),
        (lambda data: [data], "does not begin with `## Review`"),
    ],
)
def test_json_that_is_no_round(edit: Any, message: str, tmp_path: Path) -> None:
    data = json.loads(exported(lesson(PLAN)).model_dump_json())
    path = tmp_path / "round.json"
    path.write_text(json.dumps(edit(data), indent=1))
    with pytest.raises(InputProblems, match="ML706") as caught:
        read_round(path)
    told = next(one for one in caught.value.problems if message in one.message)
    word = message.split(":")[0]
    assert (
        word not in ("secret", "date")
        or f'"{word}"' in path.read_text().split("\n")[told.line - 1]
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words",
        "{{",
        "# Lesson: X\n",
        "## Review — 2026-01-01\n\n### Verdict: PASS\n",
        "## Review — 2026-01-01\n\n**Made for:** `{}`\n\n## Review — 2026-01-02\n",
        "## Review\n\n**Made for:** `{}`\n\n## Phase 3: Design\n\n### Lesson Outline\n",
        "## Review — 2026-01-01\n\n**Made for:** `{}`\n\n# Lesson: Y\n",
        "## Phase 3: Design\n\n**Made for:** `{}`\n",
    ],
)
def test_markdown_that_is_no_round(text: str) -> None:
    with pytest.raises(InputProblems, match="ML706"):
        incoming(text.format(contents_of(lesson(PLAN)).version), "round.md")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "ML706"),
        ('{"form":' + "[" * 100_000, "ML706"),
        ("#" * 3_000_000, "ML114"),
    ],
    ids=["nested", "nested in a field", "large"],
)
def test_what_would_take_all_memory_is_no_round(text: str, code: str) -> None:
    with pytest.raises(InputProblems, match=code):
        incoming(text, "round.json")


HOSTILE = st.text(
    alphabet=st.sampled_from("ab #*_`~-+>|:={}[]()<>\\$\n\r\t.1\u2028\u00e9§"), max_size=40
) | st.sampled_from(
    [
        "## Phase 3: Design",
        "#### [CRITICAL] — another",
        ":::{figure} x",
        "```",
        "~~~\n# x",
        "**Status:** FIXED",
        "| a | b |\n|---|---|",
        "{value}`a/b@1/c`",
        "### Verdict: PASS",
        "---\n\n## Review — 2026-01-01",
        "1. one\n2. two",
        "$$\nx",
        "<script>alert(1)</script>",
        "    indented",
        "- [ ] box",
    ]
)


@settings(max_examples=25)
@given(title=HOSTILE, issue=HOSTILE, note=HOSTILE, remark=HOSTILE, tick=HOSTILE, summary=HOSTILE)
def test_whatever_is_written_enters_as_text_or_is_refused(
    title: str, issue: str, note: str, remark: str, tick: str, summary: str
) -> None:
    plan = lesson(PLAN)
    finding = a_finding(plan, "s-hook", title=f"t{title}", issue=issue, fix=note, impact=remark)
    check = {"id": "1.1", "title": f"t{title}", "severity": "CRITICAL", "status": "VERIFIED"}
    told = exported(
        plan,
        reviewer=note.replace("\n", " "),
        summary=summary,
        findings=[finding, a_finding(plan, "s-explain")],
        checks=[check | {"note": note}],
        remarks=[{"place": "s-hook", "location": "section 1", "text": remark}],
        ticked=[tick, "b"],
        boxes=9,
    )
    after = merged(PLAN, "plan.md", incoming(told.model_dump_json(), "round.json"))
    assert only_added(PLAN.encode(), after.encode())
    found = lesson(after)
    assert contents_of(found).version == contents_of(plan).version
    last = found.reviews[-1]
    assert [one.severity.value for one in last.findings] == ["polish", "polish"]
    assert set(last.findings[0].fields) <= {
        "Id",
        "Place",
        "Content",
        "location",
        "issue",
        "impact",
        "fix",
    }
    assert len(last.fix_checks) == 1 and last.verdict == "PASS"


def test_json_and_markdown_of_a_round_give_one_plan() -> None:
    plan = lesson(PLAN)
    one = exported(
        plan, findings=[a_finding(plan, "s-hook", "IMPROVEMENT")], ticked=["a"], boxes=3
    )
    assert isinstance(one, ExportedRound) and isinstance(plan, LessonPlan)
    texts = (incoming(one.model_dump_json(), "a.json"), incoming(round_markdown(one), "a.md"))
    first, second = (merged(PLAN, "plan.md", text) for text in texts)
    assert first == second
