"""`review import` and `review status`: statuses, outputs, and a lesson that does not publish."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from page_samples import sources
from plan_samples import lesson
from reviewed_plan import FRAME, PLAN, ROUND, a_finding, exported

from pipelines.cli import main
from pipelines.contracts.problems import InputProblems
from pipelines.pages.render import render_pages

OPEN = FRAME + ROUND.replace("**Status:** FIXED\n", "").replace("WON'T FIX", "OPEN")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "levers" / "plan.md"
    path.parent.mkdir()
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_import_writes_the_round_into_the_plan(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = lesson(PLAN)
    files = []
    for name in ("ada", "bob"):
        made = exported(read, reviewer=name, findings=[a_finding(read, "s-hook")])
        files.append(plan.with_name(f"{name}.json"))
        files[-1].write_text(made.model_dump_json())
    assert main(["review", "import", *map(str, files), str(plan)]) == 0
    text = plan.read_text(encoding="utf-8")
    assert text.startswith(PLAN) and text.count("## Review") == 3
    assert main(["review", "import", str(files[0]), str(plan)]) == 1
    assert "ML708" in capsys.readouterr().err
    assert plan.read_text(encoding="utf-8") == text


def test_of_several_rounds_all_are_merged_or_none(plan: Path) -> None:
    read = lesson(PLAN)
    good, bad = plan.with_name("good.json"), plan.with_name("bad.json")
    good.write_text(exported(read).model_dump_json())
    bad.write_text(exported(read, version="0" * 12, reviewer="Bob").model_dump_json())
    assert main(["review", "import", str(good), str(bad), str(plan)]) == 1
    assert plan.read_text(encoding="utf-8") == PLAN


@pytest.mark.parametrize(
    ("text", "more", "status"),
    [
        (PLAN, (), 0),
        (OPEN, (), 1),
        (OPEN.replace("[CRITICAL]", "[POLISH]").replace("MAJOR", "NEEDS"), (), 0),
        (
            OPEN.replace("[CRITICAL]", "[POLISH]").replace("MAJOR", "NEEDS"),
            ("--fail-on", "improvement"),
            1,
        ),
        (PLAN.replace("MAJOR REVISION", "PASS"), (), 1),
        (PLAN.replace("**Location:** Section 2", "**Id:** 1.2\n**Location:** Section 2"), (), 1),
    ],
)
def test_the_status_says_whether_something_is_to_be_done(
    plan: Path, text: str, more: tuple[str, ...], status: int
) -> None:
    plan.write_text(text, encoding="utf-8")
    assert main(["review", "status", str(plan), *more]) == status


def test_status_for_programs(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(OPEN.replace("MAJOR REVISION", "PASS"), encoding="utf-8")
    report = plan.with_name("junit.xml")
    assert main(["review", "status", str(plan), "--json", "--junit", str(report)]) == 1
    data = json.loads(capsys.readouterr().out)
    (one,) = data["lessons"]
    assert data["ok"] is False and one["lesson"] == "levers"
    assert one["open"] == {"critical": 1, "improvement": 1, "polish": 1}
    assert [each["id"] for each in one["findings"]] == ["1.1", "1.2", "1.3"]
    (verdict,) = one["verdicts"]
    assert verdict["contradicts"] and verdict["computed"] == "MAJOR REVISION"
    suite = ET.parse(report).getroot()[0]
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["finding 1.1: The law is never shown", "round 1: verdict"]
    counts = {key: suite.get(key) for key in ("tests", "failures", "skipped", "errors")}
    assert counts == {"tests": "4", "failures": "2", "skipped": "2", "errors": "0"}


def test_status_looks_at_all_lessons(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = plan.parents[1]
    (folder / "lessons").mkdir()
    plan.parent.rename(folder / "lessons/tiny")
    nested = folder / "lessons/module"
    nested.mkdir()
    (folder / "lessons/tiny").rename(nested / "levers")
    monkeypatch.chdir(folder)
    assert main(["review", "status"]) == 0
    assert "lessons/module/levers/plan.md: 1 round(s), nothing open" in capsys.readouterr().out


def test_a_hostile_title_stays_text(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(OPEN.replace("A dash", "A \x1b[31m & <b>\x07 dash"), encoding="utf-8")
    report = plan.with_name("junit.xml")
    main(["review", "status", str(plan), "--junit", str(report)])
    assert "\x1b" not in capsys.readouterr().out
    assert "<b>" in (ET.parse(report).getroot()[0][2].get("name") or "")


def test_a_lesson_with_an_open_critical_finding_is_not_published() -> None:
    render_pages(lesson(PLAN), sources(), [])
    with pytest.raises(InputProblems) as caught:
        render_pages(lesson(OPEN), sources(), [])
    (problem,) = caught.value.problems
    line = OPEN.split("\n").index("#### [CRITICAL] — The law is never shown") + 1
    assert (problem.code, problem.file, problem.line) == ("ML703", "plan.md", line)
    assert "Status" in problem.remedy
