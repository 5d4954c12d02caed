"""What every record of the plan's tree has in common."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen record that refuses unknown fields.

    The reader's own code makes the records, thousands of them for a plan: calling a class checks
    that the names are right, and leaves the types to mypy and to the tests, which validate every
    tree they read. Data from elsewhere comes by `model_validate`, which checks everything.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def __init__(self, /, **data: Any) -> None:
        kind = type(self)
        values = {**_template(kind), **data}  # in the order of the fields, as validation has it
        for name, make in _made(kind).items():
            if name not in data:
                values[name] = make()
        if len(values) != len(_template(kind)) or not _required(kind) <= data.keys():
            wrong = sorted((_required(kind) - data.keys()) | (values.keys() - _template(kind)))
            raise TypeError(f"{kind.__name__}: missing or unknown: {', '.join(wrong)}")
        object.__setattr__(self, "__dict__", values)
        object.__setattr__(self, "__pydantic_fields_set__", set(data))
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)

    # Pydantic's own mark: validation fills a record itself, and does not come through here.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


@cache
def _template(kind: type[Model]) -> dict[str, Any]:
    """Return all fields with their defaults, which can be shared: they are frozen or replaced."""
    return {name: field.default for name, field in kind.__pydantic_fields__.items()}


@cache
def _required(kind: type[Model]) -> frozenset[str]:
    fields = kind.__pydantic_fields__.items()
    return frozenset(name for name, field in fields if field.is_required())


@cache
def _made(kind: type[Model]) -> dict[str, Callable[[], Any]]:
    """Return the factories of the defaults that every record has for itself."""
    fields = kind.__pydantic_fields__.items()
    return {
        name: cast("Callable[[], Any]", field.default_factory)
        for name, field in fields
        if field.default_factory is not None
    }


class Src(Model):
    """Where something was read: lines are one-based and inclusive."""

    file: str
    line: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Voice(StrEnum):
    """Who a piece of the outline speaks to."""

    STUDENT = "student"
    BUILDER = "builder"


class Node(Model):
    """What every block has in common."""

    src: Src
    voice: Voice = Voice.STUDENT
