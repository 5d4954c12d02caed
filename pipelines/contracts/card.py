"""What the module's index shows of a lesson that is rendered."""

from pathlib import Path

from pydantic import Field

from pipelines.contracts.files import Strict, read_json


class LeadPicture(Strict):
    """The first figure of a lesson.

    Attributes:
        base: Its files are `{base}.light.svg` and `{base}.dark.svg`, in the lesson's folder.
        alt: What it shows, in words.
        width, height: In CSS pixels; 0: not known.
    """

    base: str
    alt: str
    width: int = Field(0, ge=0)
    height: int = Field(0, ge=0)


class LessonCard(Strict):
    """How long a lesson takes, and its first picture.

    Attributes:
        minutes: To read it, folded parts left out.
        exercises: How many there are to work on.
    """

    minutes: int = Field(ge=0)
    exercises: int = Field(ge=0)
    lead: LeadPicture | None = None


def load_card(path: Path) -> LessonCard:
    """Read the card of a lesson.

    Raises:
        OSError, ValueError: It cannot be read, or is none.
    """
    return LessonCard.model_validate(read_json(path))
