"""What other dialects of Markdown have: read as it is meant, or reported where it stands."""

from pathlib import Path

import pytest
from format_samples import check
from plan_samples import FRAME, of_type, problems_of

from pipelines.any_plan import read_text
from pipelines.cli import main
from pipelines.contracts.blocks import Paragraph
from pipelines.contracts.plan import LessonPlan, PlainDocument
from pipelines.contracts.spans import Link, Math, Voice
from pipelines.plan.coverage import lost

EXPLICIT = FRAME.replace("\n\n", "\n\n**Slug:** `x`\n**Voice:** explicit\n\n", 1) + "#### 1. A\n\n"
FIRST = EXPLICIT.count("\n") + 1


def found(body: str, frame: str = EXPLICIT) -> list[tuple[str, int, str]]:
    """Return code, line within the body, and severity of what is reported of it."""
    first = frame.count("\n")
    return [(one.code, one.line - first, one.severity) for one in problems_of(frame + body)]


@pytest.mark.parametrize(
    "body",
    [
        "![A cat](img/cat.png)",
        "Water boils.[^1]",
        "[^1]: At sea level.",
        "See [the map][m].",
        "[m]: https://example.org",
        "one<br>two",
        "<div class='x'>",
        "\\[ x = y \\]",
        "and \\( z \\) inline",
        "a <!-- note --> b",
    ],
)
def test_what_would_be_printed_is_reported(body: str) -> None:
    assert found(body) == [("ML526", 1, "warning")]
    hand = FRAME + "#### 1. A\n\n"
    assert ("ML526", 1, "warning") in found(body, hand)


@pytest.mark.parametrize(
    "body",
    [
        "`![a](b)` and `<br>` and `[^1]`",
        "```html\n<br>\n[m]: x\n```",
        "[sp](<a b.html>), a < b > c, <your name>",
        "\\[IMPROVEMENT\\] is escaped, a[1][2] too: `a[1]`",
        "<https://example.org/a_b>",
    ],
)
def test_what_is_meant_as_it_stands_is_not(body: str) -> None:
    assert "ML526" not in [code for code, *_ in found(body.replace("a[1][2]", "a"))]


@pytest.mark.parametrize("name", ["note", "admonition"])
def test_a_directive_between_backticks(name: str) -> None:
    assert found(f"```{{{name}}} Title\nMind the gap.\n```") == [("ML204", 1, "error")]
    assert found(f"````markdown\n\n```{{{name}}}\nx\n```\n````") == []


@pytest.mark.parametrize(
    "opening", ["::: {.callout-note}", ":::note", "::: challenge", "::: {note}"]
)
def test_a_directive_of_others_is_reported_where_it_opens(opening: str) -> None:
    assert found(f"{opening}\nBody.\n:::\n") == [("ML206", 1, "error")]
    assert found(f"{opening}\n##### Title\n\nBody.\n:::\n\n:::\n") == [
        ("ML206", 1, "error"),
        ("ML206", 7, "error"),
    ]
    (problem,) = problems_of(f"{EXPLICIT}{opening}\nBody.\n:::\n")
    assert problem.remedy.startswith("write `:::{note}`")


def test_an_address_in_angle_brackets_is_a_link() -> None:
    plan, problems = read_text(EXPLICIT + "See <https://example.org/a_b_c> and <javascript:x>.\n")
    (link,) = of_type(plan, Link)
    assert (link.href, problems) == ("https://example.org/a_b_c", [])


def test_mathematics_between_two_dollars_in_a_line() -> None:
    plan, _ = read_text(EXPLICIT + "Text $$a = b$$ in a line.\n")
    (formula,) = of_type(plan, Math)
    assert formula.latex == "a = b"
    check(EXPLICIT + "Text $$a = b$$ in a line.\n")


COMMENTED = (
    "One.\n\n<!-- a word -->\n\n- two\n\n"
    "<!--\n#### 2. Old\n\nold text\n:::{insight}\n-->\n\nThree.\n"
)


@pytest.mark.parametrize("frame", [EXPLICIT, FRAME + "#### 1. A\n\n"])
def test_a_comment_is_a_note_to_the_builder(frame: str) -> None:
    plan, problems = read_text(frame + COMMENTED)
    assert isinstance(plan, LessonPlan) and plan.design.outline
    assert [one.number for one in plan.design.outline.sections] == ["1"]
    notes = [one for one in of_type(plan, Paragraph) if one.voice is Voice.BUILDER]
    assert len(notes) == 2 and lost(plan) == 0 and problems == []
    check(frame + COMMENTED)


def test_a_comment_that_never_ends_is_text() -> None:
    plan, _ = read_text(EXPLICIT + "<!-- open\n\n#### 2. B\n\ntext\n")
    assert isinstance(plan, LessonPlan) and plan.design.outline
    assert len(plan.design.outline.sections) == 2


@pytest.mark.parametrize("head", ["", "# Lesson: Other\n\n"])
def test_front_matter_gives_the_title_and_is_no_text(head: str) -> None:
    body = EXPLICIT.split("\n\n", 2)[2]
    text = f'---\ntitle: "My lesson"\nwidth: 1920\n---\n\n{head}{body}text\n'
    plan, problems = read_text(text)
    assert plan.title == ("Other" if head else "My lesson")
    assert lost(plan) == 0 and plan.extra == () and problems == []
    assert check(text).startswith('---\ntitle: "My lesson"\nwidth: 1920\n---\n')


def test_a_rule_at_the_beginning_is_no_front_matter() -> None:
    plan, _ = read_text("---\n\n# Lesson: X\n\nwords\n\n---\n")
    assert isinstance(plan, PlainDocument) and plan.title == "X"


def test_a_design_with_its_outline_is_a_lesson() -> None:
    plan, _ = read_text(
        "# Lesson: T\n\n## Phase 3: Design\n\n### Lesson Outline\n\n#### 1. A\n\nb\n"
    )
    assert isinstance(plan, LessonPlan)


def test_lint_says_what_render_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = tmp_path / "ear.md"
    plain.write_text("# Lesson plan: The ear\n\n## Objectives\n\n- Name it.\n", encoding="utf-8")
    assert main(["lint", str(plain)]) == 1
    assert "ear.md:1:1: error ML340" in capsys.readouterr().out
    assert main(["lint", str(tmp_path)]) == 0
    assert "warning ML340" in capsys.readouterr().out


def test_lint_names_formulas_that_cannot_be_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text(f"{EXPLICIT}Fine $x$.\n\nBut $\\ce{{H2O}}$.\n", encoding="utf-8")
    assert main(["lint", str(plan)]) == 1
    out = capsys.readouterr().out
    assert f"plan.md:{FIRST + 2}:" in out and "ML403" in out and "ce" in out


@pytest.mark.parametrize(
    "address",
    [
        "https://known.org@other.org",
        "https://p\u0430ypal.com/x",  # a Cyrillic letter
        "https://www.p\u0430ypal.com",
        "https://xn--pypal-4ve.com",
        "https://a.XN--pypal-4ve.com:80/",
        "https://a\u202eb.com",
        "//other.org",
    ],
)
def test_a_host_says_what_it_is(address: str) -> None:
    for link in (f"[here]({address})", f"<{address}>"):
        plan, problems = read_text(EXPLICIT + link, "x.md")
        assert not of_type(plan, Link)
        if not address.startswith("//"):
            assert "ML212" in {one.code for one in problems}
    plan, _ = read_text(EXPLICIT + "[here](https://example.org/xn--a) [b](https://axn--b.org)")
    assert len(of_type(plan, Link)) == 2
