"""The command, as authors use it: statuses, outputs, and plans that know nothing of us."""

import json
from pathlib import Path

import html5lib
import pytest
from checkout import ROOT

from pipelines.cli import main

PLAN = ROOT / "lessons/fast-generation/consistency-models/plan.md"

FOREIGN = """\
# Lesson: Folding Paper

**Slug:** `folding-paper`
**Type:** BUILD

---

## Phase 1: Orient (Student State)

| Concept | Depth | Source | Notes |
|---|---|---|---|
| Straight edges | DEVELOPED | edges (1.1) | by hand |

## Phase 2: Analyze

### Misconceptions Table

| Misconception | Why They'd Think This | Negative Example That Disproves It | Where to Address |
|---|---|---|---|
| "Paper cannot be folded twice" | It is stiff | Fold it | Section 2 |

## Phase 3: Design

### Lesson Outline

#### 1. Hook

"Take a sheet and look at its corners."

InsightBlock: "A fold is a mirror." Everything on one side has a partner.

#### 2. Explain

A sheet folded 7 times has x_t = sqrt(alpha_bar_t)*x_0 layers, some <b>say</b>.

#### 3. Check

1. "How many halves has a sheet?" (Answer: Two (as long as you fold once).)
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "folding.md"
    path.write_text(FOREIGN, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_our_plans_lint_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(PLAN), str(PLAN.parent.parent / "module.md")]) == 0
    assert "2 plan(s): 0 error(s)" in capsys.readouterr().out


def test_lint_names_file_line_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "plan.md"
    broken.write_text(PLAN.read_text(encoding="utf-8").replace(":::{insight}", ":::{insihgt}", 1))
    line = next(i for i, text in enumerate(broken.read_text().split("\n"), 1) if "insihgt" in text)
    assert main(["lint", str(broken)]) == 1
    output = capsys.readouterr().out
    assert f"{broken}:{line}:5: error ML" in output
    assert "|     ^^^^^^^\n" in output
    assert "remedy:" in output


def test_parse_gives_the_typed_plan(foreign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", str(foreign), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["id"] == "folding-paper"
    assert len(plan["design"]["outline"]["sections"]) == 3
    assert len(plan["misconceptions"]) == 1


def test_render_of_a_foreign_plan(foreign: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["render", str(foreign), "--out", str(out), "--build", str(tmp_path)]) == 0
    page = (out / "folding-paper/index.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert "A fold is a mirror" in page
    assert "<details" in page
    assert "<b>say" not in page
    assert (out / "folding-paper/review.html").is_file()
    assert (out / "static/lessons.css").is_file()


def test_render_of_our_plan_without_measurements_marks_what_is_missing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["render", str(PLAN), "--out", str(out), "--build", str(tmp_path)]) == 0
    page = (out / "consistency-models/index.html").read_text(encoding="utf-8")
    assert page.count("missing") > 50


def test_files_that_are_not_there_or_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", str(tmp_path / "nowhere.md")]) == 2
    assert "nowhere.md: no such file" in capsys.readouterr().err
    binary = tmp_path / "binary.md"
    binary.write_bytes(b"# Lesson\n\n\xff\xfe\n")
    assert main(["lint", str(binary)]) == 1
    assert "binary.md:3:" in capsys.readouterr().out
