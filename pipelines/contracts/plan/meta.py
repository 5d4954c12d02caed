"""The `**Key:** value` lines of a plan."""

from __future__ import annotations

from pydantic import Field

from pipelines.contracts.plan.base import Model


class Meta(Model):
    """The `**Key:** value` lines. `extra` holds keys without a field, as written."""

    slug: str = ""
    series: str = ""
    module: str = ""
    module_number: str = ""
    module_name: str = ""
    position: str = ""
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
