"""The numbers that a page declares: definitions and assumptions, each where it is used."""

from dataclasses import dataclass

from pipelines.contracts.blocks import walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.spans import Role
from pipelines.pages.page import Page
from pipelines.pages.places import Place


@dataclass(frozen=True)
class Declared:
    """A number that is neither measured nor cited, as it is written, with its section."""

    text: str
    place: Place
    lines: tuple[int, ...]


def declared(plan: LessonPlan, page: Page) -> list[Declared]:
    """Return the declared numbers of each section, each once, in the order of the page."""
    outline = plan.design.outline
    found: dict[tuple[str, str], list[int]] = {}
    places: dict[str, Place] = {}
    for section in outline.sections if outline else ():
        place = page.places.of(section)
        places[place.anchor] = place
        for role in (one for one in walk(section.nodes) if isinstance(one, Role)):
            if role.name == "given":
                found.setdefault((role.target, place.anchor), []).append(role.line)
    return [
        Declared(text, places[anchor], tuple(lines)) for (text, anchor), lines in found.items()
    ]
