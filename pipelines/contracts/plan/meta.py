"""The `**Key:** value` lines of a plan."""

from __future__ import annotations

from pydantic import Field

from pipelines.contracts.plan.base import Model


class Place(Model):
    """`Lesson 2 of 4 in module`.

    Attributes:
        of: How many there are; with `open_ended` there may be more: `2 of 2+`.
        scope: `module`, `series`, or empty where the plan does not say.
        number: Of the module or series: `7.3`, `6`.
    """

    n: int
    of: int | None = None
    open_ended: bool = False
    scope: str = ""
    number: str = ""
    raw: str


class Meta(Model):
    """The `**Key:** value` lines. `extra` holds keys without a field, as written."""

    slug: str = ""
    series: str = ""
    module: str = ""
    module_number: str = ""
    module_name: str = ""
    position: str = ""  # as written
    places: tuple[Place, ...] = ()  # what the position says
    type: str = ""  # of the lesson, where that is no load: `Survey / Landscape`
    lesson_number: int | None = None  # within the module
    load: str = ""  # BUILD, STRETCH, CONSOLIDATE, PROJECT or empty
    load_note: str = ""
    status: str = ""
    kind: str = ""  # "appendix", or empty: a lesson
    notebook: str = ""
    previous: str = ""
    next: str = ""
    duration: str = ""
    explicit_voice: bool = False  # `**Voice:** explicit`: nothing is guessed
    extra: dict[str, str] = Field(default_factory=dict)
    written: dict[str, str] = Field(default_factory=dict)  # all keys and values, as written
