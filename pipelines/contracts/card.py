"""What the module's index shows of a lesson that is rendered."""

from pathlib import Path

from pydantic import Field

from pipelines.contracts.files import Strict, read_json


class LeadPicture(Strict):
    """The first figure of a lesson.

    Attributes:
        base: Its files are `{base}.<form>.svg`, in the lesson's folder.
        alt: What it shows, in words.
        wide, narrow: Width and height of its forms in CSS pixels.
    """

    base: str
    alt: str
    wide: tuple[int, int]
    narrow: tuple[int, int]


class LessonCard(Strict):
    """How long a lesson takes, and its first picture.

    Attributes:
        minutes: To read it, folded parts left out.
        exercises: How many there are to work on.
        short: Minutes that the short way takes; 0 where there is none.
    """

    minutes: int = Field(ge=0)
    exercises: int = Field(ge=0)
    short: int = Field(0, ge=0)
    lead: LeadPicture | None = None


def load_card(path: Path) -> LessonCard:
    """Read the card of a lesson.

    Raises:
        OSError, ValueError: It cannot be read, or is none.
    """
    return LessonCard.model_validate(read_json(path))
