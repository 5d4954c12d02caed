"""Damaged plans are put right where there is no doubt, and then mean what they meant before."""

from pathlib import Path

import pytest
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.any_plan import read_text
from pipelines.cli import main
from pipelines.planwriter.format import plan_content
from pipelines.planwriter.repair import repair_text

PLANS = sorted((ROOT / "tests/data/plans").rglob("*.md"))
DAMAGE = {"ML202", "ML214"}  # and ML203, where bars have been escaped

REPAIRS = [
    ("It is â‰ˆ 5 â€” or so.", "It is ≈ 5 — or so."),
    ("It is ≈ 5 — or so.", "It is ≈ 5 — or so."),
    ("cafÃ©, a lightning âš¡", "café, a lightning ⚡"),
    ("Ă and â alone, ÀÉ and “quoted”", "Ă and â alone, ÀÉ and “quoted”"),
    ("## Review  2026-02-20 (Iteration 1/3)", "## Review — 2026-02-20 (Iteration 1/3)"),
    ("## Review -- 2026-02-20", "## Review -- 2026-02-20"),
    ("## Review\n#### [POLISH]  A", "## Review\n#### [POLISH] — A"),
    ("## Re-review\n### [CRITICAL]  A", "## Re-review\n### [CRITICAL] — A"),
    ("## Review\n## Notes\n### [POLISH]  A", "## Review\n## Notes\n### [POLISH]  A"),
    ("#### [POLISH] A title", "#### [POLISH] A title"),
    ("A [POLISH]  in text", "A [POLISH]  in text"),
    ("\ufeff# Title", "# Title"),
    ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("a\u00a0b", "a b"),
    ("| a\tb | c |", "| a b | c |"),
    ("a\tb", "a\tb"),
    ("```\n| a\tb | â‰ˆ\n```", "```\n| a\tb | ≈\n```"),
    (
        "| E | P |\n|---|---|\n| rain | P(A | B) |",
        "| E | P |\n|---|---|\n| rain | P(A \\| B) |",
    ),
    (
        "> | E | P |\n> |---|---|\n> | rain | P(A | B) |",
        "> | E | P |\n> |---|---|\n> | rain | P(A \\| B) |",
    ),
    ("| E | P |\n|---|---|\n| rain \\| snow | 1 |", "| E | P |\n|---|---|\n| rain \\| snow | 1 |"),
]


@pytest.mark.parametrize(("damaged", "right"), REPAIRS)
def test_what_is_repaired_and_what_is_left(damaged: str, right: str) -> None:
    assert repair_text(damaged) == right
    assert repair_text(right) == right


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_repaired_plan_means_the_same(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    before, _ = read_text(text)
    after, problems = read_text(repair_text(text))
    assert plan_content(after) == plan_content(before)
    assert not {problem.code for problem in problems} & DAMAGE


def _encoded_twice(text: str) -> str:
    """Spoil a text as two programs do that disagree about its encoding."""
    out = []
    for sign in text:
        try:
            out.append(sign.encode("utf-8").decode("windows-1252") if ord(sign) > 127 else sign)
        except UnicodeDecodeError:
            return text
    return "".join(out)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["—", "–", "≈", "×", "→", "é", "α", "“ja”", "…", "word"]), max_size=8)
)
def test_text_that_was_encoded_twice_comes_back(words: list[str]) -> None:
    line = "It is " + " then ".join(words)
    spoiled = _encoded_twice(line)
    assert repair_text(spoiled) == line


def test_the_command_shows_a_diff_and_writes_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.md"
    damaged = "\ufeff# Title\r\n\r\nIt is â‰ˆ 5.\r\n"
    path.write_bytes(damaged.encode("utf-8"))
    assert main(["repair", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "-It is â‰ˆ 5.␍" in shown and "+It is ≈ 5." in shown and "-⟨BOM⟩# Title␍" in shown
    assert path.read_bytes() == damaged.encode("utf-8")
    assert main(["repair", "--write", str(path)]) == 0
    assert path.read_bytes() == "# Title\n\nIt is ≈ 5.\n".encode()
    assert list(tmp_path.iterdir()) == [path]
    capsys.readouterr()
    assert main(["repair", str(path)]) == 0
    assert capsys.readouterr().out == ""
