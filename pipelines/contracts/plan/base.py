"""What every record of the plan's tree has in common."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


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
