"""`parse --summary`: the reader's counts against counts by hand and against counted lines."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from checkout import ROOT

from pipelines.any_plan import read_text
from pipelines.cli import main
from pipelines.commands.summary import lost, polarity, summary
from pipelines.plan.lines import decode

FAMILY = ROOT / "tests/data/plans/family"
COUNTS = yaml.safe_load((FAMILY / "counts.yaml").read_text(encoding="utf-8"))
NUMBERS = (
    *("student_concepts", "prerequisites", "gaps", "misconceptions", "modalities"),
    *("outline_sections", "check_sections", "check_questions"),
)
LEVELS = {"g": "guided", "s": "supported", "i": "independent", "u": "unknown"}
KEYS = {
    *NUMBERS,
    *("type", "title", "slug", "load", "examples", "exercises", "checklist", "reviews"),
    *("lost", "guesses", "errors"),
}


def counted(path: Path) -> dict:
    text = decode(path.read_bytes(), str(path))
    plan, problems = read_text(text, str(path))
    return summary(plan, problems, text)


def expected(hand: dict) -> dict:
    """Return a row of counts.yaml in the form of a summary."""
    positive, negative, other = hand.get("examples", (0, 0, 0))
    ticked, unticked = hand.get("checklist", (0, 0))
    return {
        **{key: hand[key] for key in ("type", "title", "slug", "load", "lessons") if key in hand},
        **{key: hand.get(key, 0) for key in NUMBERS},
        "examples": {
            "total": positive + negative + other,
            **{"positive": positive, "negative": negative, "other": other},
        },
        "exercises": [{"level": LEVELS[letter]} for letter in hand.get("exercises", "")],
        "checklist": {"ticked": ticked, "unticked": unticked},
        "reviews": [review(row) for row in hand.get("reviews", ())],
        "lost": 0,
    }


def review(row: list) -> dict:
    iteration, of, date, verdict, critical, improvement, polish = row
    return {
        **{"iteration": iteration, "of": of, "date": date, "verdict": verdict},
        "findings": {"critical": critical, "improvement": improvement, "polish": polish},
    }


def test_every_plan_of_the_family_is_counted() -> None:
    assert {path.stem for path in FAMILY.glob("*.md")} == set(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_summary_gives_the_counts_made_by_hand(name: str) -> None:
    found = counted(FAMILY / f"{name}.md")
    hand = expected(COUNTS[name])
    assert {key: found[key] for key in hand} == hand


# --- lines, counted without the reader --------------------------------------------------------


def open_lines(path: Path) -> list[str]:
    """Return the lines outside of code fences."""
    fenced, kept = False, []
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            kept.append(line)
    return kept


def rows_under(lines: list[str], title: str) -> int:
    """Count the rows of the table under the first heading that holds a word, header not."""
    at = next((i for i, line in enumerate(lines) if re.match(rf"###.*{title}", line)), None)
    if at is None:
        return 0
    stop = next(i for i, line in enumerate([*lines[at + 1 :], "# end"]) if line.startswith("#"))
    return max(0, sum(line.startswith("|") for line in lines[at + 1 : at + 1 + stop]) - 2)


@pytest.mark.parametrize("path", sorted(FAMILY.glob("*.md")), ids=lambda path: path.stem)
def test_summary_agrees_with_lines_counted_without_the_reader(path: Path) -> None:
    lines, found = open_lines(path), counted(path)
    ticks = [m[1] for line in lines if (m := re.match(r"\s*[-*] \[([ xX])\] ", line))]
    assert found["checklist"] == {
        "ticked": len(ticks) - ticks.count(" "),
        "unticked": ticks.count(" "),
    }
    if found["type"] != "lesson":
        return
    assert found["prerequisites"] == rows_under(lines, "Prerequisite")
    assert found["gaps"] == rows_under(lines, "Gap")
    assert found["misconceptions"] == rows_under(lines, "Misconception")
    assert found["examples"]["total"] == rows_under(lines, "Example")
    assert found["modalities"] == rows_under(lines, "Modalities")
    assert len(found["reviews"]) == sum(line.startswith("## Review") for line in lines)
    finding = re.compile(r"#+ \[?(CRITICAL|IMPROVEMENT|POLISH)\b")
    counts = [sum(one["findings"].values()) for one in found["reviews"]]
    assert sum(counts) == sum(bool(finding.match(line)) for line in lines)


# --- definitions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("Positive", "positive"),
        ("**Interactive positive**", "positive"),
        ("Negative (for the positive view)", "negative"),
        ("Positive + Negative", "other"),
        ("Concrete (positive)", "positive"),
        ("Boundary", "other"),
        ("", "other"),
    ],
)
def test_an_example_counts_by_the_word_in_its_type_cell(cell: str, word: str) -> None:
    assert polarity(cell) == word


def test_all_keys_are_there_for_every_kind_of_document() -> None:
    for path in FAMILY.glob("*.md"):
        found = counted(path)
        assert set(found) - {"lessons"} == KEYS
        assert ("lessons" in found) is (found["type"] == "module")


def test_what_no_segment_holds_is_lost() -> None:
    text = (FAMILY / "plain.md").read_text(encoding="utf-8")
    plan, _ = read_text(text)
    assert lost(plan, text) == 0
    first = plan.segments[0]
    assert lost(replace(plan, segments=plan.segments[1:]), text) == len(first.raw)


def test_the_command_prints_one_object_and_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(FAMILY / "parts.md"), "--summary"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["slug"] == "building-a-kite"


def test_the_command_refuses_what_is_not_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plan.md").write_bytes(b"# Lesson\n\xff\n")
    assert main(["parse", str(tmp_path / "plan.md"), "--summary"]) == 1
    assert "ML201" in capsys.readouterr().err


# --- the plans that the project began with: numbers only, the plans themselves lie elsewhere ----

SEEDS = ROOT.parent / "shared" / "seeds"
TWO_REVIEWS = [
    [1, 3, "2026-02-20", "MAJOR REVISION", 1, 3, 2],
    [2, 3, "2026-02-20", "PASS", 0, 0, 1],
]
LESSON = {"type": "lesson", "gaps": 1, "misconceptions": 5, "examples": [3, 1, 0]}
LESSON |= {"modalities": 5, "check_sections": 3, "exercises": "ggsi", "checklist": [13, 0]}
LESSON |= {"reviews": TWO_REVIEWS}
BY_HAND = {
    "000": {"type": "module", "lessons": 3, "misconceptions": 5, "load": None},
    "001": {
        **LESSON,
        **{"load": "BUILD", "student_concepts": 15, "prerequisites": 11},
        **{"outline_sections": 13, "check_questions": 6},
    },
    "002": {
        **LESSON,
        **{"load": "STRETCH", "student_concepts": 13, "prerequisites": 8},
        **{"outline_sections": 14, "check_questions": 7},
    },
    "003": {"type": "plain"},
    "004": {"type": "plain"},
}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the first plans lie elsewhere")
@pytest.mark.parametrize("number", BY_HAND)
def test_the_first_plans_give_the_counts_made_by_hand(number: str) -> None:
    found = counted(next(SEEDS.glob(f"{number}*")))
    hand = expected(BY_HAND[number])
    assert {key: found[key] for key in hand} == hand
