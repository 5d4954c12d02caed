"""Slides: the figures of a lesson, each large and with its caption, for a teacher who speaks."""

from dataclasses import dataclass

from markupsafe import Markup

from pipelines.blocks.figure import FigureRequest
from pipelines.contracts.blocks import Blocks
from pipelines.pages.blocks import BlockSetter
from pipelines.pages.inline import unlinked
from pipelines.pages.places import student_blocks
from pipelines.pages.sources import DrawnFigure

_TALL = 0.62  # height by width; a taller figure has its caption beside it
_HIGH = 600  # pixels at letters of 9 pt that a slide has room for; what is higher prints upright
_LONG = 320  # letters of a caption that is set smaller


@dataclass(frozen=True)
class Slide:
    """The title of a section, or a figure with its caption.

    Attributes:
        anchor: Of the same thing in the lesson, and of the slide.
        above: The small line on top: what a section is for, or the section of a figure.
        text: The title, or the caption.
        label: "Figure 3"; empty for a title.
        drawn: None for a title, and where nothing was drawn.
    """

    anchor: str
    above: str
    text: Markup
    label: str = ""
    drawn: DrawnFigure | None = None

    @property
    def form(self) -> str:
        """The classes of the slide: where its caption stands, and how large it is."""
        if not self.label:
            return "slide-title"
        told = self.drawn.description if self.drawn else None
        tall = told is not None and told.wide[1] > _TALL * told.wide[0]
        upright = told is not None and told.wide[1] > _HIGH
        long = len(self.text.striptags()) > _LONG
        return "slide-figure" + " tall" * tall + " upright" * upright + " long" * long


def figure_slides(blocks: Blocks, section: str, setter: BlockSetter) -> list[Slide]:
    """Return a slide for each figure among blocks, also for those inside others."""
    slides = []
    for block in student_blocks(blocks):
        if isinstance(block, FigureRequest):
            setter.page.here = block.src
            place, caption = (
                setter.page.places.of(block),
                unlinked(setter.inline.spans(block.caption)),
            )
            drawn = setter.drawn_figure(block)
            slides.append(Slide(place.anchor, section, caption, place.label, drawn))
    return slides
