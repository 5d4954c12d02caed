"""Choosers: a table that is complete, and what a script needs to ask its questions."""

from __future__ import annotations

from dataclasses import replace

from page_samples import SRC, a_plan, parsed, sources, t

from pipelines.any_plan import read_text
from pipelines.blocks.chooser import AskKind, Chooser
from pipelines.contracts.blocks import walk
from pipelines.pages.environment import STATIC
from pipelines.pages.render import render_lesson
from pipelines.planwriter.format import format_text

PLAN = """\
# Appendix: Side Table

**Slug:** `side`
**Kind:** appendix
**Voice:** explicit

## Phase 3: Design

### Lesson Outline

#### 1. Choose

:::{{chooser}} Which?
:asks: {asks}
{body}
:::
"""
TABLE = """\
| Steps | Keep | Take |
|---|---|---|
| one, two | *anything* | this |
| two | adapters, <b>bold</b> | that |"""


def read(asks: str = "pick, keep", body: str = TABLE):
    return read_text(PLAN.format(asks=asks, body=body))


def chooser() -> Chooser:
    plan, problems = read()
    assert {one.code for one in problems} == {"ML526"}  # `<b>` is shown as it is typed
    return next(node for node in walk(plan.design.outline) if isinstance(node, Chooser))


def test_a_plan_says_what_is_asked() -> None:
    made = chooser()
    assert made.asks == (AskKind.PICK, AskKind.KEEP)
    assert len(made.columns) == 3 and len(made.rows) == 2


def test_normal_form_keeps_it() -> None:
    text = PLAN.format(asks="pick, keep", body=TABLE)
    assert ":asks: pick, keep" in format_text(text)


def test_what_is_no_chooser_is_reported() -> None:
    for asks, body, code in (
        ("pick, maybe", TABLE, "ML208"),
        ("pick, keep, have", TABLE, "ML208"),  # no column is left for the answer
        ("", TABLE, "ML208"),
        ("pick", "Only text.", "ML207"),
    ):
        _, problems = read(asks, body)
        assert code in {problem.code for problem in problems}


def test_the_page_asks_what_the_cells_list() -> None:
    tree = parsed(render_lesson(a_plan(chooser()), sources()))
    form = next(tree.iter("form"))
    assert form.get("hidden") is not None  # without a script there is nothing to fill in
    asked = {
        "".join(one.find("legend").itertext()): [
            "".join(label.itertext()).strip() for label in one.iter("label")
        ]
        for one in form.iter("fieldset")
    }
    assert asked == {"Steps": ["one", "two"], "Keep": ["adapters", "<b>bold</b>"]}
    kinds = [node.get("type") for node in form.iter("input")]
    assert kinds == ["radio", "radio", "checkbox", "checkbox"]
    rows = [[cell.get("data-entries") for cell in row.iter("td")] for row in tree.iter("tr")]
    assert rows[1:] == [["0 1", None, None], ["1", "0 1", None]]
    assert any(node.get("role") == "status" for node in form.iter("span"))


def test_two_choosers_of_a_page_do_not_share_inputs() -> None:
    one = Chooser(
        src=SRC, asks=(AskKind.PICK,), columns=(t("a"), t("b")), rows=((t("x"), t("y")),)
    )
    tree = parsed(render_lesson(a_plan(one, replace(one)), sources()))
    names = [node.get("name") for node in tree.iter("input")]
    assert len(names) == len(set(names)) == 2


def test_the_script_makes_no_request_and_no_html() -> None:
    script = (STATIC / "chooser.js").read_text(encoding="utf-8")
    for word in ("fetch", "XMLHttpRequest", "import", "innerHTML", "eval", "http"):
        assert word not in script
