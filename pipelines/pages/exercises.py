"""Exercises that run: each one's own page, what the lesson shows of it, and what reviewers see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from pipelines.blocks.exercise import Exercise
from pipelines.contracts.blocks import Block, Subheading, walk
from pipelines.contracts.exercise import MISCONCEPTION, CellRun, ExerciseRun, Tried
from pipelines.contracts.plan import LessonPlan
from pipelines.exercises.notebook import places_in, with_words
from pipelines.exercises.running import sentence
from pipelines.module.requests import page_blocks
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.environment import environment, filled
from pipelines.pages.page import BOXES, Page, new_page
from pipelines.pages.places import Place, Places, find_places
from pipelines.pages.sources import Sources
from pipelines.plan.blocks import read_blocks
from pipelines.plan.lines import Source, normalise
from pipelines.plan.reading import Reading

_ROOT, _HOME = "../../../", "../../index.html"  # of lesson/exercises/name/index.html
_TITLE = re.compile(r"\A# .*\n*")
NO_PICTURE = (  # a transparent pixel, where a run that was cut off has drawn nothing
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


@dataclass(frozen=True)
class LessonPlace:
    """A place of the lesson in words, "section 4", and its anchor there."""

    words: str
    anchor: str


@dataclass(frozen=True)
class ShownCell:
    """A cell as its page shows it: text, or code with what students write in its place."""

    kind: str
    name: str
    html: Markup
    solution: Markup
    outputs: tuple[Any, ...]


@dataclass(frozen=True)
class ReviewedExercise:
    """An exercise as reviewers see it. `place` is None for one that no block of the page shows."""

    run: ExerciseRun
    seconds: float
    place: Place | None
    wrong: list[tuple[Tried, Markup]] = field(default_factory=list)

    @property
    def told_apart(self) -> int:
        """How many wrong solutions were told from the right one."""
        return sum(one.fault is not None for one, _ in self.wrong)


def lesson_places(plan: LessonPlan) -> dict[str, LessonPlace]:
    """Return all places that an exercise may lead to: what `{ref}` takes, and misconceptions."""
    places = find_places(plan)
    found = {name: _in_words(place) for name, place in places.by_name.items()}
    for place in places.of_block.values():
        if place.anchor.startswith("misbelief-"):
            name = f"{MISCONCEPTION} {place.anchor.removeprefix('misbelief-')}"
            found[name] = LessonPlace(name, place.anchor)
    return found


def _in_words(place: Place) -> LessonPlace:
    label = place.label
    words = f"formula {label}" if label.startswith("(") else label[:1].lower() + label[1:]
    return LessonPlace(words, place.anchor)


def place_words(plan: LessonPlan) -> dict[str, str]:
    """Return what notebooks say in place of a place's name."""
    return {name: f"{one.words} of the lesson" for name, one in lesson_places(plan).items()}


def unknown_places(plan: LessonPlan, text: str) -> list[str]:
    """Return names in a text that lead nowhere in the lesson."""
    known = lesson_places(plan)
    return [name for name in places_in(text) if name not in known]


def linked(text: str, places: Mapping[str, LessonPlace], home: str) -> Markup:
    """Return a sentence as HTML, with links in place of the names of places."""
    made = str(escape(text))
    for name in places_in(text):
        if one := places.get(name):
            link = Markup('<a href="{}#{}">{}</a>').format(home, one.anchor, one.words)
            made = made.replace(f"[{escape(name)}]", str(link))
    return Markup(made)


def render_exercise(plan: LessonPlan, sources: Sources, run: ExerciseRun) -> str:
    """Return the page of an exercise: the notebook to read, and what to take along."""
    page = new_page(plan.file, sources, Places())
    page.home, page.root = _HOME, _ROOT
    page.scripts.add(BOXES)
    setter = BlockSetter(page, environment())
    words = place_words(plan)
    block = exercise_block(plan, run.name)
    return filled(
        "exercise.html.j2",
        page=page,
        plan=plan,
        run=run,
        cells=[_shown(cell, setter, words) for cell in run.cells],
        anchor=find_places(plan).of(block).anchor if block else "",
        measured=run.measured,
        info=sources.module,
        ledger=sources.ledger,
        root=_ROOT,
        home=_HOME,
    )


def exercise_block(plan: LessonPlan, name: str) -> Exercise | None:
    """Return the block of a plan that an exercise belongs to."""
    blocks = (one for one in walk(page_blocks(plan)) if isinstance(one, Exercise))
    return next((one for one in blocks if one.notebook == name), None)


def _shown(cell: CellRun, setter: BlockSetter, words: Mapping[str, str]) -> ShownCell:
    if cell.kind == "text":
        return ShownCell("text", "", _set_text(cell.student, setter), Markup(), ())
    student = setter.highlighted(with_words(cell.student, words), "python")
    solution = Markup()
    if cell.solution != cell.student:
        solution = setter.highlighted(with_words(cell.solution, words), "python")
    return ShownCell(cell.kind, cell.name, student, solution, cell.outputs)


def _set_text(text: str, setter: BlockSetter) -> Markup:
    """Set a cell of text as a plan's text is set: escaped, with its mathematics.

    Its title, `# …`, stands at the head of the page.
    """
    text = _TITLE.sub("", text)
    reading = Reading(Source("exercise", normalise(text)), explicit=True)
    blocks = read_blocks(reading, 1, len(reading.source.lines))
    return Markup("\n").join(_set_block(block, setter) for block in blocks)


def _set_block(block: Block, setter: BlockSetter) -> Markup:
    if isinstance(block, Subheading):
        return Markup("<h2>{}</h2>").format(setter.spans(block.spans))
    return setter.block(block)


def reviewed_exercises(plan: LessonPlan, page: Page) -> list[ReviewedExercise]:
    """Return what became of the exercises of a lesson, in its order."""
    places, found = lesson_places(plan), []
    for name, ran in page.sources.exercises.items():
        wrong = [
            (one, linked(sentence(one.fault), places, page.home) if one.fault else Markup())
            for one in ran.run.tried
            if one.trial == "wrong"
        ]
        block = exercise_block(plan, name)
        place = page.places.of(block) if block else None
        found.append(ReviewedExercise(ran.run, ran.seconds, place, wrong))
    return found
