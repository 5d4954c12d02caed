"""Problems for scripts, code scanning and GitHub, and all that the command lets out."""

import json
import re
from pathlib import Path

import pytest
import yaml
from checkout import ROOT
from problem_samples import PROBLEM

from pipelines.cli import main
from pipelines.commands.outputs import as_github, as_json, as_sarif
from pipelines.contracts.problems import Problem

PLAN = "# Lesson: X\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\nA text: €5, 100%\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "some plan.md"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_github_annotations_are_escaped() -> None:
    assert as_github([PROBLEM], 1) == (
        "::error file=a%2Cb.md,line=3,col=10,endColumn=12,title=ML301 a literal number in text for"
        " the student::literal number `50`%0Ahere; cite it, 100%25"
    )


def test_sarif_has_rules_results_and_places() -> None:
    log = json.loads(as_sarif([PROBLEM, PROBLEM], 1))
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "ML301"
    assert rule["helpUri"].startswith("file:///") and rule["helpUri"].endswith("/ML301.md")
    assert "Remedy" in rule["help"]["markdown"]
    first = run["results"][0]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%2Cb.md"}
    assert place["region"] == {
        "startLine": 3,
        "startColumn": 10,
        "endColumn": 12,
        "snippet": {"text": "It takes 50 s"},
    }


def test_sarif_of_no_problem_is_a_run_without_results() -> None:
    (run,) = json.loads(as_sarif([], 1))["runs"]
    assert run["results"] == [] and run["tool"]["driver"]["rules"] == []


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_every_format_reports_the_same_problems(
    form: str, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", "--format", "json", str(plan)]) == 0
    expected = json.loads(capsys.readouterr().out)
    assert expected["warnings"] == len(expected["problems"]) > 0
    assert main(["lint", "--format", form, str(plan)]) == 0
    output = capsys.readouterr().out
    for problem in expected["problems"]:
        assert problem["code"] in output and str(problem["line"]) in output
    if form == "sarif":
        uri = json.loads(output)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert uri["artifactLocation"]["uri"] == plan.as_uri()


def test_every_problem_has_a_column(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", "--format", "json", str(plan)])
    for problem in json.loads(capsys.readouterr().out)["problems"]:
        assert 0 < problem["column"] < problem["end_column"] <= len(problem["excerpt"]) + 1


def test_the_hook_lints_plans() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == "measured-lessons-lint" and hook["language"] == "python"
    assert hook["entry"].split() == ["measured-lessons", "lint"]
    assert re.search(hook["files"], "lessons/fast-generation/consistency-models/plan.md")
    assert not re.search(hook["files"], "README.md")


def test_an_annotation_is_one_line_whatever_the_plan_holds() -> None:
    problem = Problem("p\n::x", 0, "ML204", "a\r\n::error::b", "100%, c:d", "warning", "", 0, 0)
    (line,) = as_github([problem], 1).split("\n")
    assert "\r" not in line and line.startswith("::warning file=p%0A%3A%3Ax,line=1,title=ML204")
    assert line.endswith("::a%0D%0A::error::b; 100%25, c:d")


def test_sarif_columns_are_ordered_and_lines_begin_at_one() -> None:
    log = json.loads(as_sarif([Problem("p", 0, "ML201", "m", "r", "error", "x", 5, 0)], 1))
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1,
        "startColumn": 5,
        "endColumn": 5,
        "snippet": {"text": "x"},
    }


def test_json_counts_and_keeps_every_field() -> None:
    data = json.loads(as_json([PROBLEM], 3))
    assert (data["plans"], data["errors"], data["warnings"]) == (3, 1, 0)
    (problem,) = data["problems"]
    assert Problem(**{key: value for key, value in problem.items() if key != "title"}) == PROBLEM


ERROR = PLAN + "\n:::{card} open\n"


@pytest.mark.parametrize(
    ("plans", "status"), [([PLAN], 0), ([ERROR], 1), ([PLAN, ERROR], 1), ([PLAN, PLAN], 0)]
)
def test_status_and_counts_of_several_plans_and_of_their_folder(
    plans: list[str], status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / f"plan-{number}.md" for number, _ in enumerate(plans)]
    for path, text in zip(paths, plans, strict=True):
        path.write_text(text, encoding="utf-8")
    assert main(["lint", *map(str, paths)]) == status
    apart = capsys.readouterr().out
    assert main(["lint", str(tmp_path)]) == status
    assert capsys.readouterr().out == apart
    assert main(["lint", str(paths[0]), str(tmp_path)]) == status  # each file once
    assert capsys.readouterr().out == apart
    assert f"{len(plans)} plan(s): " in apart
    assert ("error ML205" in apart) is bool(status)


def test_problems_come_by_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ba":
        (tmp_path / f"{name}.md").write_text(ERROR + PLAN, encoding="utf-8")
    main(["lint", "--format", "json", str(tmp_path)])
    found = json.loads(capsys.readouterr().out)["problems"]
    places = [(one["file"], one["line"]) for one in found]
    assert places == sorted(places) and len({file for file, _ in places}) == 2


def test_wrong_usage_is_told_from_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", str(tmp_path / "none.md")]) == 2
    assert "none.md: no such file" in capsys.readouterr().err
    assert main(["lint", str(tmp_path)]) == 1
    assert "ML108" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["lint"])
    assert stopped.value.code == 2
