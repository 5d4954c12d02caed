"""Phase 2: prerequisites, gaps, misconceptions, examples, modalities."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipelines.contracts.plan.base import Node
from pipelines.contracts.plan.depth import Depth
from pipelines.contracts.plan.inline import Spans
from pipelines.contracts.plan.orient import LessonRef


class Status(StrEnum):
    OK = "ok"
    GAP = "gap"
    MISSING = "missing"
    UNKNOWN = "unknown"


class GapSize(StrEnum):
    """How much is missing, in rising order."""

    TRIVIAL = "trivial"
    SMALL = "small"
    SMALL_TO_MEDIUM = "small-to-medium"
    MEDIUM = "medium"
    LARGE = "large"
    UNKNOWN = "unknown"


class Prerequisite(Node):
    """One row of the prerequisites table. `computed_gap`: the actual depth is too small."""

    concept: Spans
    required: Depth
    actual: Depth
    sources: tuple[LessonRef, ...] = ()
    source_raw: str = ""
    status: Status
    status_raw: str
    size: GapSize = GapSize.UNKNOWN  # of `GAP (small)` and `OK (small gap)`
    reasoning: Spans = ()
    computed_gap: bool
    extra: dict[str, Spans] = Field(default_factory=dict)


class Gap(Node):
    concept: Spans
    size: GapSize = GapSize.UNKNOWN
    size_raw: str = ""
    resolution: Spans


class Misconception(Node):
    number: int
    claim: Spans
    why: Spans
    negative_example: Spans
    where: Spans
    extra: dict[str, Spans] = Field(default_factory=dict)


class Polarity(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"
    BOTH = "both"
    BOUNDARY = "boundary"
    OTHER = "other"


class Example(Node):
    what: Spans
    polarity: Polarity
    type_raw: str
    role: str = ""  # what the type says beside the polarity: `stretch`, `bridge`, `interactive`
    purpose: Spans
    why: Spans = ()
    extra: dict[str, Spans] = Field(default_factory=dict)


class ModalityFamily(StrEnum):
    VERBAL = "verbal"
    VISUAL = "visual"
    SYMBOLIC = "symbolic"
    CONCRETE = "concrete"
    INTUITIVE = "intuitive"
    INTERACTIVE = "interactive"
    OTHER = "other"


class Modality(Node):
    family: ModalityFamily
    name: str
    what: Spans
    why: Spans = ()
    extra: dict[str, Spans] = Field(default_factory=dict)
