"""What is missing is named; what is hostile stays text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from page_samples import (
    EVIL,
    SRC,
    a_plan,
    claim,
    misconception,
    pages,
    para,
    parsed,
    role,
    sources,
    t,
)

from pipelines.blocks.cards import Card
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.table import TableRequest
from pipelines.contracts.blocks import Code, Formula, Unknown
from pipelines.contracts.plan import Guess, LessonPlan
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.spans import CodeSpan, Link, Math
from pipelines.pages.page import safe_href
from pipelines.pages.render import render_lesson


def test_all_that_is_missing_is_reported_at_once() -> None:
    plan = a_plan(
        para(role("value", "no/such@1/key"), role("fact", "nothing"), role("cite", "nobody")),
        para(role("ref", "nowhere"), role("strange", "x")),
        Formula(src=SRC, latex=r"\frac{a"),
        FigureRequest(src=SRC, id="nofig", figure="three-levels"),
        TableRequest(src=SRC, id="notable", table="guesses"),
    )
    with pytest.raises(InputProblems) as caught:
        render_lesson(plan, sources())
    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"ML401", "ML304", "ML305", "ML307", "ML306", "ML403", "ML406", "ML309"}
    assert all(problem.line in (7, 9) for problem in caught.value.problems)
    page = render_lesson(plan, sources(strict=False))
    parsed(page)
    assert page.count('class="missing"') == 8


def hostile_plan() -> LessonPlan:
    evil = t(EVIL)
    node = para(*evil)
    plan = a_plan(
        node,
        para(Math(latex=r"\text{<script>alert(1)</script>}"), CodeSpan(text=EVIL)),
        para(Link(href="javascript:alert(1)", spans=evil)),
        para(Link(href="java\tscript:alert(1)", spans=evil)),
        para(Link(href="data:text/html,<script>", spans=evil)),
        para(role("value", EVIL), role("fact", EVIL), role("lesson", EVIL), role(EVIL, EVIL)),
        para(role("given", EVIL), role("term", EVIL), role("cite", EVIL), role("ref", EVIL)),
        Formula(src=SRC, latex=r"\operatorname{</annotation><script>}", label=EVIL),
        Code(src=SRC, language=EVIL, text=EVIL),
        Code(src=SRC, language="html", text=EVIL),
        Card(src=SRC, title=evil, colour=EVIL, nodes=()),
        FigureRequest(src=SRC, id="fig", figure=EVIL, caption=evil),
        FigureRequest(src=SRC, id=EVIL, figure=EVIL, options={EVIL: EVIL}),
        TableRequest(src=SRC, id="x", table="timing", options={"systems": EVIL}),
        TableRequest(src=SRC, id=EVIL, table=EVIL),
        claim(EVIL, id=EVIL),
        Unknown(src=SRC, name=EVIL, raw=EVIL),
        misconceptions=(replace(misconception(1), claim=evil, extra={EVIL: evil}),),
        guesses=(Guess(src=SRC, rule=EVIL, decision=EVIL, excerpt=EVIL, override=EVIL),),
    )
    return replace(plan, title=EVIL, title_spans=evil)


def test_nothing_hostile_gets_through() -> None:
    for page in pages(hostile_plan(), sources(strict=False)):
        tree = parsed(page)
        for script in tree.iter("script"):
            assert re.fullmatch(r"(\.\./)?static/[a-z]+\.js", script.get("src", ""))
            assert not script.text
        assert all(not name.startswith("on") for node in tree.iter() for name in node.attrib)
        for node in tree.iter("a"):
            assert not re.match(r"(?i)\s*(javascript|data|vbscript):", node.get("href", ""))


@pytest.mark.parametrize(
    ("href", "followed"),
    [
        ("https://example.org/a", True),
        ("mailto:a@example.org", False),
        ("../other/index.html#x", True),
        ("#here", True),
        ("javascript:alert(1)", False),
        ("JaVa\nScript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("/\\example.org", False),
        ("https://known.org@evil.org/", False),
        ("https://kn\u043ewn.org/", False),
        ("https://evil\u202egro.nwonk/", False),
        ("https:example.org", False),
        ("http://[::1]:8000/a", True),
    ],
)
def test_readers_are_sent_to_safe_places_only(href: str, followed: bool) -> None:
    assert (safe_href(href) is not None) == followed
