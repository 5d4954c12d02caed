"""Normal form keeps what an author has escaped, and says what else it is that stands there.

Escapes are those of CommonMark: a backslash before punctuation, and entities such as `&nbsp;`.
"""

import pytest
from format_samples import OUTLINE, check
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.any_plan import read_text
from pipelines.contracts.blocks import List, walk
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.spans import Break, Math, Text, Voice
from pipelines.plan.inline import read_spans
from pipelines.planwriter.write_spans import essence, write_spans

EXPLICIT = OUTLINE.replace("**Slug:** `knots`", "**Slug:** `knots`\n**Voice:** explicit")
VOICES = pytest.mark.parametrize("frame", [OUTLINE, EXPLICIT], ids=["by hand", "explicit"])
ESCAPED = [
    *(r"\( x = 1 \)", r"\(x = 1\)"),
    *(r"\[ a \]", r"a \* b", r"a \*b\* c", r"rope\_end", r"a \(b\)", r"\# a", r"a \` b"),
    *(r"a \| b", r"\\ a", r"\$5", r"\<b\>", r"1\. a", r"\- a", r"\> a", r"\:::{note}"),
    *(r"\!\[a](b)", r"\&amp;"),
    *("&amp; a", "a&nbsp;b", "&nbsp;a", "a&nbsp;", "&lt;b&gt;", "&#42;a&#42;", "a &#124; b"),
]  # fmt: skip
PLACES = [
    "{0}", "- {0}\n- b", "1. {0}", "> {0}", "##### {0}", ":::{{tip}} {0}\nText.\n:::",
    "| {0} | b |\n|---|---|\n| a | {0} |", "**{0}** and *{0}*", "[{0}](x.html)", "a\\\n{0}",
]  # fmt: skip


@VOICES
@pytest.mark.parametrize("escaped", ESCAPED)
def test_what_was_escaped_stays_escaped(escaped: str, frame: str) -> None:
    for place in PLACES:
        cell = "|---|" in place  # a cell has its bars escaped twice, once for the table
        words = escaped.replace("|", r"\|") if cell and "|" in escaped else escaped
        body = place.format(words)
        written = check(frame.format(body=f"#### 1. Hook\n\nText.\n\n{body}"))
        assert written.count(words) == body.count(words), place


@VOICES
def test_a_title_keeps_its_escapes(frame: str) -> None:
    assert "#### 1. A \\[knot\\]&nbsp;b\n" in check(
        frame.format(body="#### 1. A \\[knot\\]&nbsp;b\n\nText.")
    )


@VOICES
@pytest.mark.parametrize("end", ["a\\", "a\\\\", "a \\", "x_t\\", "a\\\\\\"])
def test_a_backslash_at_the_end_of_a_line_stays_one(end: str, frame: str) -> None:
    for place in ("{0}", "- {0}\n- b", "| {0} | b |\n|---|---|", "> {0}\n\nText.", "##### {0}"):
        body = place.format(end)
        written = check(frame.format(body=f"#### 1. Hook\n\n{body}"))
        if "_" not in end:
            assert end in written
    assert "a\\\nb" in check(frame.format(body="#### 1. Hook\n\na\\\nb"))


@VOICES
@pytest.mark.parametrize(
    "escaped", [r"\[ a \]", r"\<b\>", "&lt;b&gt;", r"\[ x^2 \]", r"\( x = 1 \)", "a&nbsp;b"]
)
def test_lint_says_the_same_of_the_normal_form(escaped: str, frame: str) -> None:
    text = frame.format(body=f"#### 1. Hook\n\nText.\n\n{escaped}\n\n- {escaped}")
    codes = [
        [one.code for one in read_text(plan)[1] if one.code in ("ML202", "ML526")]
        for plan in (text, check(text))
    ]
    assert codes[0] == codes[1] == ["ML526"] * (2 if escaped[:2] in ("\\[", "\\(") else 0)


def test_a_line_outside_the_outline_keeps_its_escapes_where_it_is_respelled() -> None:
    analysis = "## Phase 2: Analyze\n\n### Notes\n\n{}\n"
    for words in (r"See \[ a \] and x_t.", "a&nbsp;b and x_t", "- \\<rope\\> and x_t"):
        text = OUTLINE.format(body="").replace("## Phase 2: Analyze\n", analysis.format(words))
        assert words.replace("x_t", "$x_{t}$") in check(text)


# --- what the exact spelling had no way to say ---------------------------------------------------


@pytest.mark.parametrize("text", ["**x_t**s", "a**x_t**", "**x_t***y_t*"])
def test_letters_beside_bold_mathematics(text: str) -> None:
    assert "$x_{t}$" in check(OUTLINE.format(body=f"#### 1. Hook\n\n{text}"))


@pytest.mark.parametrize("end", ["5", "a \\", "2\\", "x$ = 3", "80"])
def test_a_formula_is_read_at_the_beginning_of_any_text(end: str) -> None:
    spans, _ = read_spans(f"$a$ and {end}", 1)
    assert spans[0] == Math(latex="a")
    assert essence(read_spans(write_spans(spans), 1)[0]) == essence(spans)
    assert isinstance(read_spans("5$a$", 1)[0][0], Text)  # money: 5$


@VOICES
def test_a_formula_in_an_item_moves_no_further_with_each_writing(frame: str) -> None:
    body = "#### 1. Hook\n\n1. So:\n\n   $$\n   a\n     + b\n   $$\n\n2. Then"
    assert "    $$\n    a\n      + b\n    $$" in check(frame.format(body=body))


def test_two_dollars_that_begin_no_formula() -> None:
    assert "\\$\\$" in check(OUTLINE.format(body="#### 1. Hook\n\nInsightBlock: $$\n\n2. $$"))


def test_a_formula_of_several_lines_begins_no_table() -> None:
    check(OUTLINE.format(body="#### 1. Hook\n\na |\n$|\n-|-\nb$"))


def test_dollars_inside_a_formula() -> None:
    for formula in (r"a \text{$b$}", "$ ", " $ a", " $ a $ ", r"\$$ "):
        check(EXPLICIT.format(body=f"#### 1. Hook\n\nThat $${formula}$$ costs."))


@VOICES
@pytest.mark.parametrize("last", ["a $$$$", "a $$ $$", "$$$$ ", "a $$ (b) $$", "a $$ $$ (c)", "$"])
@pytest.mark.parametrize("place", ["$$\n{0}", "$$\nb\n{0}", "- a\n\n  $$\n  {0}"])
def test_a_last_line_that_looks_like_the_end(place: str, last: str, frame: str) -> None:
    after = "\n$$" if last == "$" else ""
    body = place.format(last) + after.replace("\n", "\n  " if place.startswith("-") else "\n")
    check(frame.format(body=f"#### 1. Hook\n\n{body}\n\nAfter."))


@VOICES
@pytest.mark.parametrize(
    "formula", [r"$$a\ $$", r"$$a\\\ $$", r"$$a\\ $$", "$$a\\\n$$", r"$$\ $$"]
)
@pytest.mark.parametrize("place", ["So {0}.", "- {0} b", "| a |\n|---|\n| {0} |", "##### {0} b"])
def test_a_formula_that_ends_in_a_space_of_tex(place: str, formula: str, frame: str) -> None:
    body = place.format(formula if place.startswith("So") else formula.replace("\n", " "))
    check(frame.format(body=f"#### 1. Hook\n\n{body}\n\nAfter."))


def test_a_space_of_tex_at_the_end_is_of_the_formula() -> None:
    latex = [read_spans(f"b $${one}$$", 1)[0][1] for one in (r"a\ ", "a\\\n", r"a\\ ")]
    assert latex == [Math(latex=r"a\ "), Math(latex=r"a\ "), Math(latex=r"a\\")]


@VOICES
def test_a_line_that_begins_something_only_where_lines_are_joined(frame: str) -> None:
    written = check(frame.format(body="#### 1. Hook\n\na\\\n1.\nb\n\n- a  \n  -\n  b"))
    assert "a\\\n1\\. b" in written


def test_lists_in_lists_of_nothing_are_no_rule() -> None:
    plan, _ = read_text(check(EXPLICIT.format(body="#### 1. Hook\n\nText.\n\n- - *")))
    assert sum(isinstance(one, List) for one in walk(plan.design)) == 3


@pytest.mark.parametrize(
    "title",
    [
        "**Exercise 1 (Guided): Tie\\\nit**",
        "**Part A: one\\\ntwo**",
        '> "a\\\nb"',
        "InsightBlock: a",
    ],
)
def test_a_title_has_no_line_break(title: str) -> None:
    check(OUTLINE.format(body=f"#### 1. Hook\n\nText.\n\n{title}\n\n- b"))


def test_a_line_break_outside_the_outline_stays_one() -> None:
    text = OUTLINE.format(body="").replace("### Misc", "### Notes\n\n$\\\n\\>x_t b\n\n### Misc")
    plan, _ = read_text(check(text))
    assert any(isinstance(one, Break) for one in walk(plan.extra))


def test_the_title_of_a_directive_outside_the_outline() -> None:
    text = OUTLINE.format(body="").replace(
        "### Misc", "### Notes\n\n:::{tip} x_t\n:::\n\n### Misc"
    )
    assert ":::{tip} $x_{t}$" in check(text)


# --- boxes and marks that stand alone ------------------------------------------------------------


@pytest.mark.parametrize("mark", [" ", "x"])
def test_a_note_to_the_builder_beside_a_box(mark: str) -> None:
    body = (
        f"#### 1. Hook\n\nText.\n\n- [{mark}] Show the student the picture of a knot.\n- [ ] text"
    )
    plan, _ = read_text(check(OUTLINE.format(body=body)))
    (found,) = (one for one in walk(plan.design) if isinstance(one, List))
    assert [one.ticked for one in found.items] == [mark == "x", False]
    assert [one.voice for one in found.items] == [Voice.BUILDER, Voice.STUDENT]
    assert found.items[0].nodes[0].spans[0].text.startswith("Show the student")


@pytest.mark.parametrize("marks", ['"', '""', "“", "“”", '" "'])
def test_quotation_marks_with_nothing_between_them_are_text(marks: str) -> None:
    for place in ("{0}", "- {0}", "- [x] {0}", '"a?" (Answer: {0})'):
        check(OUTLINE.format(body=f"#### 1. Hook\n\n{place.format(marks)}"))
    plan, _ = read_text(OUTLINE.format(body=f"#### 1. Hook\n\n{marks}"))
    assert Text(text=marks) in set(walk(plan.design.outline))


# --- anything of this, anywhere ------------------------------------------------------------------

WORDS = [
    *("a", "b ", "x_t", "x^2", " ", "1. ", "- ", "= ", ": ", "é", "(", ")", "?", ".", "builder: "),
    *("\\" + sign for sign in "*_[]()#|`\\${:<-.>"),
    *("&nbsp;", "&amp;", "&lt;", "&#42;", "&#124;", "&#10;", "&ensp;"),
    *("*", "**", "_", "`", "$", "$$", '"', '""', "“", "\\", "\\ ", "\n"),
    *("[c](d.html)", "{value}`a`"),
]
FORMS = [
    *PLACES[:7],
    "{0}\\\n{1}",
    "{0}  \n{1}",
    "{0}\n{1}",
    "- {0}\n\n  {1}",
    "- [x] {0}",
    '"{0}?" (Answer: {1})',
    'InsightBlock: "{0}" {1}',
    "GradientCard grid:\n1. **{0}** (amber) -- {1}\n2. **Two** (rose) -- {0}",
    "**Exercise 1 (Guided): {0}**\n- {1}\n- Expected: {0}",
    "**Part A: {0}**\n\n{1}",
    "ComparisonRow: {0} vs {1}\n\n| | A | B |\n|---|---|---|\n| {0} | {1} | b |",
    "> builder: {0}\n>\n> {1}",
    "$$\n{0}\n{1}\n$$",
    "a $${0} $$ {1}",
    'Address misconception #1: "{0}"',
]
PIECES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
    lambda words: "".join(words).strip() or "a"
)
BLOCKS = st.builds(str.format, st.sampled_from(FORMS), PIECES, PIECES)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.sampled_from([OUTLINE, EXPLICIT]), PIECES, st.lists(BLOCKS, max_size=3), BLOCKS)
def test_any_text_is_written_once_and_reads_the_same(
    frame: str, title: str, blocks: list[str], note: str
) -> None:
    title = title.replace("\n", " ")
    text = frame.format(body="\n\n".join([f"#### 1. {title}", *blocks]))
    text = text.replace("### Misconceptions", f"### Notes\n\n{note}\n\n### Misconceptions")
    try:
        check(text)
    except InputProblems as refused:
        assert {one.code for one in refused.problems} <= {"ML205", "ML206", "ML213"}
