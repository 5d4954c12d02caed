"""Problems for people: the line, the carets below it, colours, and nothing that plays tricks."""

import io
import re

import pytest
from problem_samples import PROBLEM

from pipelines.commands.outputs import as_text, in_colour
from pipelines.contracts.problems import Problem, located


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
    coloured = as_text([PROBLEM], 1, colour=True)
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == as_text([PROBLEM], 1)


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
