"""The sheet for teachers: what a lesson asks, each with its answer, in the lesson's order."""

from jinja2 import Environment
from markupsafe import Markup

from pipelines.blocks.exercise import Exercise
from pipelines.blocks.question import Question
from pipelines.contracts.blocks import Block, Blocks
from pipelines.contracts.plan import LessonPlan
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.page import Page
from pipelines.pages.places import student_blocks

_INSIDE = Markup('<p><a href="#{}">{}</a></p>')


class _SheetSetter(BlockSetter):
    """Sets what stands in questions and exercises; others inside them have places of their own."""

    def block(self, block: Block) -> Markup:
        if isinstance(block, Question | Exercise):
            place = self.page.places.of(block)
            return _INSIDE.format(place.anchor, place.label)
        return super().block(block)


def asked_in(blocks: Blocks, page: Page, environment: Environment) -> list[Markup]:
    """Set the questions and exercises among blocks, also those inside others, with answers."""
    setter = _SheetSetter(page, environment)
    partial = environment.get_template("parts/solution.html.j2")
    made = []
    for block in student_blocks(blocks):
        if isinstance(block, Question | Exercise):
            page.here = block.src
            html = partial.render(
                block=block,
                place=page.places.of(block),
                home=page.home,
                blocks=setter.blocks,
                spans=setter.spans,
            )
            made.append(Markup(html.strip("\n")))
    return made


def asks(plan: LessonPlan) -> bool:
    """Say whether a lesson asks anything."""
    outline = plan.design.outline
    nodes = tuple(node for one in outline.sections for node in one.nodes) if outline else ()
    return any(isinstance(block, Question | Exercise) for block in student_blocks(nodes))
