"""Plans and ledgers made by hand, for the tests of the pages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import unescape

import html5lib

from pipelines.blocks.callout import Callout, CalloutKind
from pipelines.blocks.cards import Card, Cards
from pipelines.blocks.chooser import AskKind, Chooser
from pipelines.blocks.claim import Claim
from pipelines.blocks.exercise import Exercise, Level, Prediction
from pipelines.blocks.figure import FigureRequest
from pipelines.blocks.listing import Listing
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.blocks.question import Part, Question
from pipelines.blocks.table import TableRequest
from pipelines.blocks.timeline import Timeline
from pipelines.contracts.blocks import (
    Block,
    Code,
    Comparison,
    Formula,
    Item,
    List,
    Paragraph,
    Quote,
    Rule,
    Subheading,
    Table,
    Unknown,
)
from pipelines.contracts.figure import DataTable, Description
from pipelines.contracts.listing import Executed, Picture
from pipelines.contracts.measurement import Fact, Ledger, Measurement, Producer
from pipelines.contracts.plan import LessonPlan, Meta, ModuleLesson, ModulePlan
from pipelines.contracts.planning import (
    Design,
    Misconception,
    Outline,
    OutlineNotation,
    Section,
    SectionKind,
)
from pipelines.contracts.problems import Problem
from pipelines.contracts.references import Reference
from pipelines.contracts.spans import (
    Break,
    CodeSpan,
    Emphasis,
    Link,
    Math,
    Role,
    Span,
    Src,
    Strong,
    Text,
    Voice,
)
from pipelines.pages.index import Shown, render_index
from pipelines.pages.render import (
    render_answers,
    render_anyhow,
    render_lesson,
    render_review,
    render_slides,
)
from pipelines.pages.sources import DrawnFigure, LessonLink, ModuleInfo, Sources

EVIL = "<script>alert(1)</script>\"'&"
SRC = Src(file="plan.md", line=7, end=7)
TYPES = Block.__subclasses__()


def t(text: str) -> tuple[Span, ...]:
    return (Text(text=text),)


def para(*spans: Span) -> Paragraph:
    return Paragraph(src=SRC, spans=spans)


def role(name: str, target: str, form: str = "") -> Role:
    return Role(name=name, target=target, format=form, line=9)


def an_exercise(**more: object) -> Exercise:
    told = {"number": 1, "title": t("E"), "level": Level.GUIDED, "level_raw": "Guided"}
    return Exercise(src=SRC, nodes=(), **told, **more)


def row(key: str, value: float, **more: object) -> Measurement:
    return Measurement(key=key, value=value, produced_by=Producer(rule="measure_plane"), **more)


def a_ledger(seconds: float = 0.25, publish: bool = True) -> Ledger:
    good = [
        row(
            "toy-cd/consistency@1/off_manifold", 0.0691, spread=0.001, spread_over="3 seeds", nfe=1
        ),
        row("toy-cd/consistency@2/off_manifold", 0.031, nfe=2),
    ]
    timed = [
        row("toy-cd/consistency@1/seconds_per_1000", seconds, unit="s", spread=seconds / 9, nfe=1),
        row("toy-edm/euler@50/seconds_per_1000", 9 * seconds**1.1, unit="s", nfe=50),
    ]
    fact = Fact(
        id="fid-one",
        value=3.55,
        what="FID",
        source="song2023",
        place="Table 1",
        confidence="primary",
    )
    return Ledger(
        preset="default" if publish else "smoke",
        publish=publish,
        measurements={one.key: one for one in good},
        timings={one.key: one for one in timed},
        facts={"fid-one": fact},
        hardware={"cpu": f"CPU {seconds}"},
    )


def sources(ledger: Ledger | None = None, strict: bool = True) -> Sources:
    table = DataTable(columns=("a", EVIL), rows=(("1", EVIL),), note=EVIL)
    return Sources(
        ledger=ledger or a_ledger(),
        module=ModuleInfo(
            "Fast", (LessonLink("one", "One", True), LessonLink("two", "Two", False))
        ),
        references={
            "song2023": Reference(
                key="song2023", authors=("Yang Song", "A B", "C D"), title="CM", year="2023"
            )
        },
        listings={
            "program": Executed(
                code=EVIL,
                models={EVIL: "base"},
                printed=(EVIL, "two"),
                pictures=(Picture(name="a.png", width=2, height=3, png="AA=="),),
            )
        },
        figures={"fig": DrawnFigure(Description(alt=EVIL, table=table), "figures/fig")},
        strict=strict,
    )


def all_blocks() -> tuple[Block, ...]:
    """One block of each type at least, with every option of its partial in use."""
    node = para(*t("inner"))
    rows = ((t("r"), t("1")),)
    card = Card(src=SRC, title=t("Card"), colour="violet", nodes=(node,))
    callouts = (
        Callout(src=SRC, kind=kind, title=t("T"), aside=aside, nodes=(node,))
        for kind in CalloutKind
        for aside in (False, True)
    )
    timed = "toy-edm/euler@50/seconds_per_1000 / toy-cd/consistency@1/seconds_per_1000"
    return (
        para(
            *t("text "),
            role("value", "toy-cd/consistency@1/off_manifold", "percent1+"),
            role("value", timed, "ratio"),
            role("fact", "fid-one"),
            role("cite", "song2023"),
            role("given", "512"),
            role("lesson", "one (1.1.1)"),
            role("lesson", "lora-basics (4.4.4)"),
            role("ref", "fig"),
            role("ref", "ode"),
            role("term", "self-consistency"),
            Strong(spans=t("strong")),
            Emphasis(spans=(Math(latex=r"\hat x_{t_n}"),)),
            CodeSpan(text="x < y"),
            Link(href="https://example.org/", spans=t("link")),
            Break(),
        ),
        Subheading(src=SRC, spans=t("Sub"), slug="sub"),
        List(src=SRC, ordered=True, start=3, items=(Item(src=SRC, nodes=(node, node)),)),
        List(src=SRC, ordered=False, items=(Item(src=SRC, nodes=(node,), ticked=True),)),
        Table(src=SRC, columns=(t("h"), t("v")), rows=rows),
        Comparison(src=SRC, title=t("A or B"), columns=(t("A"),), rows=rows),
        Timeline(src=SRC, title=t("When"), entries=((role("cite", "song2023"), *t("Then.")),)),
        Chooser(
            src=SRC,
            title=t("Which?"),
            asks=(AskKind.PICK, AskKind.KEEP, AskKind.HAVE),
            columns=(t("Steps"), t("Keep"), t("Have"), t("Take")),
            rows=(
                (t("one, two"), (Emphasis(spans=t("anything")),), t("a model"), t("this")),
                (t("two"), t("adapters"), t("a model, a teacher"), t("that")),
            ),
        ),
        Code(src=SRC, language="python", text="def f(x):\n    return x < 1\n"),
        Code(src=SRC, language="no-such", text="plain"),
        Formula(src=SRC, latex=r"\frac{a}{b}", label="ode"),
        Quote(src=SRC, nodes=(node,)),
        Rule(src=SRC),
        card,
        Cards(src=SRC, cards=(card, card)),
        *callouts,
        MisconceptionBlock(src=SRC, number=1, statement=t("False."), nodes=(node,)),
        Question(src=SRC, prompt=(node,), parts=(Part(label="a", spans=t("p")),), answer=(node,)),
        Exercise(
            src=SRC,
            number=1,
            title=t("Ex"),
            level=Level.GUIDED,
            level_raw="Guided",
            nodes=(node,),
            predictions=(Prediction(question=t("q"), answer=t("a")),),
            tests=t("t"),
            expected=t("e"),
            bonus=t("b"),
        ),
        FigureRequest(src=SRC, id="fig", figure="three-levels", caption=t("Caption")),
        TableRequest(
            src=SRC,
            id="times",
            table="timing",
            options={
                "systems": "toy-edm/euler@50, toy-cd/consistency@1",
                "baseline": "toy-edm/euler@50",
            },
        ),
        TableRequest(
            src=SRC,
            id="good",
            table="quality",
            options={"systems": "toy-cd/consistency@1", "metrics": "off_manifold"},
        ),
        Listing(src=SRC, id="program", models={"a/b": "base"}, caption=t("A program")),
        claim("toy-cd/consistency@2/off_manifold <= 0.65 * toy-cd/consistency@1/off_manifold"),
        claim("toy-cd/consistency@1/seconds_per_1000 < 0.5", id="fast"),
        claim("fact(fid-one) < abs(1 - 2)", id="no", holds=False, because=t("since")),
    )


def claim(check: str, id: str = "help", **more: object) -> Claim:
    return Claim(src=SRC, id=id, check=check, nodes=(para(*t("It helps.")),), **more)


def a_plan(*nodes: Block, **more: object) -> LessonPlan:
    section = Section(
        src=SRC,
        number="1",
        title=t("Explain: Title"),
        slug="title",
        kind=SectionKind.EXPLAIN,
        nodes=nodes,
    )
    outline = Outline(notation=OutlineNotation.HEADING, sections=(section,))
    return LessonPlan(
        file="plan.md",
        title="Lesson",
        title_spans=t("Lesson"),
        meta=Meta(load="BUILD"),
        segments=(),
        id="one",
        design=Design(outline=outline),
        **more,
    )


def a_section(number: int, *nodes: Block, kind: SectionKind = SectionKind.EXPLAIN) -> Section:
    return Section(
        src=SRC,
        number=str(number),
        title=t(f"Title {number}"),
        slug=f"title-{number}",
        kind=kind,
        nodes=nodes,
    )


def a_lesson(*sections: Section) -> LessonPlan:
    plan = a_plan()
    outline = Outline(notation=OutlineNotation.HEADING, sections=sections)
    return replace(plan, design=replace(plan.design, outline=outline))


def a_module(title: str = "Module", *lessons: ModuleLesson) -> ModulePlan:
    return ModulePlan(
        file="module.md",
        title=title,
        title_spans=(),
        meta=Meta(),
        segments=(),
        id="m",
        sequence=lessons,
    )


def pages(plan: LessonPlan, made_from: Sources) -> list[str]:
    """Return all pages: the lesson, its review, the module's index, the answers, the slides."""
    two = ModuleLesson(src=SRC, slug="two", core=t(plan.title), load="BUILD")
    module = a_module(plan.title, two)
    return [
        render_lesson(plan, made_from),
        render_review(plan, made_from, [Problem("plan.md", 1, "ML1", plan.title, "mend")]),
        render_index(module, Shown({"one": plan}), made_from),
        render_answers(plan, made_from),
        render_slides(plan, made_from),
    ]


def numbers_page(plan: LessonPlan, made_from: Sources) -> str:
    """Return the lists of the numbers that a plan's pages quote."""
    return render_anyhow(plan, made_from).pages["numbers"]


def parsed(page: str) -> ET.Element:
    """Parse strictly: any error of the HTML is an exception."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def words(html: str) -> str:
    """Return what a piece of a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", "", html))).strip()


def full_plan() -> LessonPlan:
    return a_plan(
        *all_blocks(),
        Callout(
            src=SRC,
            voice=Voice.BUILDER,
            kind=CalloutKind.NOTE,
            nodes=(para(*t("Secret of the builder")),),
        ),
        Unknown(src=SRC, name="widget", raw="raw text"),
        misconceptions=(misconception(1), misconception(2)),
    )


def misconception(number: int) -> Misconception:
    return Misconception(
        src=SRC, number=number, claim=t("m"), why=t("w"), negative_example=t("n"), where=t("1")
    )
