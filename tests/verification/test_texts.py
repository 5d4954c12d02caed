"""What a lesson says in two builds: passages by section, those that changed, and how."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verification.passages import BEGINNING, sections_of
from pipelines.verification.texts import TextChange, changed_passages

PAGE = """\
<html><head><title>Levers</title></head><body>
<nav><p>Contents</p></nav>
<header><h1>Levers</h1></header>
<main><p>Before all.</p>
<section id="s-hook"><h2><span class="num">1</span> A place to stand</h2>
<p>Give me a place, and a <em>long</em> arm.<button>?</button><small>12 of 25</small></p>
<ul><li>a crowbar</li><li><p>a see-saw</p></li></ul>
<table><tr><th>arm</th><td>2</td></tr></table>
<p>Force is <math><mi>F</mi><annotation encoding="application/x-tex">F a</annotation></math>.</p>
<p>It took <data data-timed>18</data> seconds.</p>
<figure><svg><text>axis</text></svg><details><table><tr><td>0.5</td></tr></table></details>
<figcaption>The lever.</figcaption></figure>
<details><summary>Why</summary><p class="sources">m-1</p><p>It turns.</p></details>
</section></main></body></html>
"""
PASSAGES = [
    "A place to stand",
    "Give me a place, and a long arm.",
    "a crowbar",
    "a see-saw",
    "arm · 2",
    "Force is F a.",
    "It took … seconds.",
    "The lever.",
    "Why",
    "It turns.",
]


def section(*passages: str, anchor: str = "s-hook", title: str = "Hook") -> str:
    said = "".join(f"<p>{one}</p>" for one in passages)
    return f'<section id="{anchor}"><h2>{title}</h2>{said}</section>'


def changes(one: str, other: str) -> list[TextChange]:
    return list(changed_passages(sections_of(one), sections_of(other)))


def test_a_page_as_its_readers_see_it() -> None:
    before, hook = sections_of(PAGE)
    assert (before.anchor, before.title, before.passages) == ("", BEGINNING, ["Before all."])
    assert (hook.anchor, hook.title, hook.passages) == ("s-hook", "A place to stand", PASSAGES)


def test_the_same_page_has_not_changed() -> None:
    assert changes(PAGE, PAGE) == []
    later = PAGE.replace(">18<", ">21<").replace("12 of 25", "13 of 25").replace("0.5", "0.7")
    assert changes(PAGE, later) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("It leaves 12 %.", "Z."), ("It leaves 13 %.", "Z."), [("12", "13", True)]),
        (("It leaves 12 %.", "Z."), ("It left 12 %.", "Z."), [("leaves", "left", False)]),
        (("A.", "B."), ("A.", "New here.", "B."), [(None, "New", False)]),
        (("A.", "Old there.", "B."), ("A.", "B."), [("Old", None, False)]),
        (("A lever turns.",), ("Wheels roll on.",), [(None, "Wheels", False), ("A", None, False)]),
    ],
)
def test_what_becomes_of_a_passage(
    one: tuple[str, ...], other: tuple[str, ...], expected: list[tuple[str, str, bool]]
) -> None:
    found = changes(section(*one), section(*other))
    assert len(found) == len(expected)
    for change, (was, now, only_numbers) in zip(found, expected, strict=True):
        assert change.section == "Hook"
        assert (was is None) == (change.one is None) and (was or "") in (change.one or "")
        assert (now is None) == (change.other is None) and (now or "") in (change.other or "")
        assert change.only_numbers is only_numbers


def test_only_the_words_that_changed_are_marked() -> None:
    (change,) = changes(section("It leaves 12 % of them."), section("It left 12 % of them."))
    one, other = ([(run.text, run.changed) for run in side] for side in change.runs)
    assert one == [("It", False), ("leaves", True), ("12 % of them.", False)]
    assert other == [("It", False), ("left", True), ("12 % of them.", False)]


def test_a_section_that_is_gone_stands_last() -> None:
    end = section("The end.", anchor="s-end", title="End")
    found = changes(section("A.") + end, section("B b b b.", anchor="s-new", title="New") + end)
    assert [(one.section, one.one, one.other) for one in found] == [
        ("New", None, "New"),
        ("New", None, "B b b b."),
        ("Hook", "Hook", None),
        ("Hook", "A.", None),
    ]


WORDS = st.lists(st.sampled_from(["lever", "arm", "12", "0.5", "turns", "far"]), min_size=1)
SAID = st.lists(WORDS.map(" ".join), max_size=8)


@given(SAID, SAID)
def test_what_changed_turns_one_text_into_the_other(one: list[str], other: list[str]) -> None:
    """Nothing is lost, nothing told twice: what did not change is the same in both."""
    found = changes(section(*one), section(*other))
    first, second = list(one), list(other)
    for change in found:
        for left, passage in ((first, change.one), (second, change.other)):
            if passage is not None:
                left.remove(passage)
        for passage, runs in zip((change.one, change.other), change.runs, strict=True):
            assert " ".join(run.text for run in runs) == (passage or "")
    assert sorted(first) == sorted(second)
