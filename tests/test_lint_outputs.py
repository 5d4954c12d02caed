"""Problems for people, scripts, code scanning and GitHub: all say the same of one problem."""

import io
import json
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.commands.outputs import as_github, as_json, as_text, in_colour
from pipelines.commands.sarif import as_sarif
from pipelines.contracts.problems import Problem, located

ROOT = Path(__file__).resolve().parent.parent
PLAN = "# Lesson: X\n\n## Phase 2: Analyze\n\n## Phase 3: Design\n\nA text: €5, 100%\n"
PROBLEM = Problem(
    "a,b.md",
    3,
    "ML301",
    "literal number `50`\nhere",
    "cite it, 100%",
    "error",
    "It takes 50 s",
    10,
    12,
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "some plan.md"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_text_marks_the_place() -> None:
    head, excerpt, carets, remedy = str(PROBLEM).replace("`\nhere", "`").split("\n")
    assert head == "a,b.md:3:10: error ML301: literal number `50`"
    assert excerpt.index("50") == carets.index("^^") and carets.strip("| ") == "^^"
    assert remedy.strip() == "remedy: cite it, 100%"


def test_a_long_line_is_shown_around_its_place() -> None:
    text = "x" * 500 + "50" + "y" * 500
    _, excerpt, carets, _ = str(Problem("p", 1, "ML301", "m", "r", "error", text, 501, 503)).split(
        "\n"
    )
    assert len(excerpt) < 130 and excerpt[carets.index("^") :].startswith("50y")
    assert carets.count("^") == 2


def test_without_a_column_the_line_is_shown_alone() -> None:
    problem = Problem("p", 1, "ML301", "m", "r", "error", "  a line")
    assert str(problem).split("\n") == ["p:1: error ML301: m", "    1 | a line", "    remedy: r"]


@pytest.mark.parametrize(
    ("message", "line", "place"),
    [
        ("unknown `b`", "a b c", (3, 4)),
        ("unknown `z`, near `c`", "a b c", (5, 6)),
        ("no name at all", "  a b", (3, 6)),
        ("empty", "", (0, 0)),
    ],
)
def test_a_problem_without_a_column_gets_one_from_its_message(
    message: str, line: str, place: tuple[int, int]
) -> None:
    found = located(Problem("p", 1, "ML204", message, "r"), line)
    assert (found.column, found.end_column) == place


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert in_colour(Terminal()) and not in_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not in_colour(Terminal())


def test_colours_change_nothing_but_colour() -> None:
    import re

    coloured = as_text([PROBLEM], 1, colour=True)
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == as_text([PROBLEM], 1)


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
    import yaml

    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == "measured-lessons-lint" and hook["language"] == "python"
    assert hook["entry"].split() == ["measured-lessons", "lint"]
    import re

    assert re.search(hook["files"], "lessons/fast-generation/consistency-models/plan.md")
    assert not re.search(hook["files"], "README.md")


@pytest.mark.parametrize(
    ("line", "word", "before"),
    [
        ("\t\tthe word here", "word", 4),
        ("日本 word", "word", 5),  # two columns each
        ("e\u0301\u0301 word", "word", 2),  # marks take none
        ("ｆｕｌｌ, word", "word", 10),
        ("a\x1b[2Jb word", "word", 7),
    ],
)
def test_carets_stand_below_the_word(line: str, word: str, before: int) -> None:
    start = line.index(word) + 1
    problem = Problem("p", 7, "ML301", "m", "r", "error", line, start, start + len(word))
    excerpt, carets = problem.marked()
    assert excerpt.startswith("7 | ") and word in excerpt
    assert carets == "  | " + " " * before + "^" * len(word)


def test_carets_are_as_broad_as_what_they_mark() -> None:
    problem = Problem("p", 1, "ML301", "m", "r", "error", "a 日本 b", 3, 5)
    assert problem.marked()[1].count("^") == 4


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\r", "\x07", "\u202e", "\u2028", "\x9b"])
def test_a_plan_cannot_command_the_terminal(hostile: str) -> None:
    text = f"a {hostile}b"
    problem = Problem("p", 1, "ML204", f"unknown `{text}`", f"not `{text}`", "error", text, 1, 2)
    for shown in (str(problem), as_text([problem], 1, colour=True)):
        assert hostile not in shown and "\N{REPLACEMENT CHARACTER}" in shown


def test_errors_are_red_and_warnings_yellow() -> None:
    warning = Problem("p", 1, "ML301", "m", "r", "warning", "text", 1, 2)
    assert "\x1b[33m" in as_text([warning], 1, colour=True)
    assert as_text([PROBLEM, warning], 2).endswith("2 plan(s): 1 error(s), 1 warning(s)")


def test_a_terminal_that_is_dumb_gets_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not in_colour(Terminal())


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


ERROR = "# Lesson: Y\n\n:::{card} open\n"


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
