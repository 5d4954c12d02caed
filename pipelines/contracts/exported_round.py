"""A round of review as a review page exports it: JSON for programs, Markdown for the plan."""

from typing import Annotated, Literal

from pydantic import Field

from pipelines.contracts.files import Strict

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
Content = Annotated[
    str, Field(pattern=r"^([0-9a-f]{12}(\+[-0-9.e+;]+)?)?$", max_length=2_500)
]  # a digest of what a place says, and the numbers that it shows
Place = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]*(/[a-z0-9-]+)?)?$", max_length=160)]
FindingId = Annotated[str, Field(pattern=r"^[\w.-]{1,40}$")]
Title = Annotated[str, Field(min_length=1, max_length=300)]
Line = Annotated[str, Field(max_length=300)]
Prose = Annotated[str, Field(max_length=20_000)]


class NewFinding(Strict):
    """A finding; `content` is the digest of its place when it was written, perhaps ""."""

    severity: Literal["CRITICAL", "IMPROVEMENT", "POLISH"]
    title: Title
    place: Place = ""
    content: Content = ""
    location: Line
    issue: Prose
    impact: Prose = ""
    fix: Prose = ""


class NewRemark(Strict):
    """Something said of a place that asks for nothing."""

    place: Place
    content: Content = ""
    location: Line
    text: Prose


class NewCheck(Strict):
    """What became of an earlier finding, by a reviewer who looked."""

    id: FindingId
    title: Title
    severity: Literal["CRITICAL", "IMPROVEMENT", "POLISH"]
    status: Literal["VERIFIED", "STILL OPEN", "WON'T FIX", "RETRACTED"]
    content: Content = ""
    note: Prose = ""


class ExportedRound(Strict):
    """One reviewer's round.

    Attributes:
        version: Of the plan that the page was made from.
        places, parts: The digests that the version is made of, for the differences.
        ticked: The words beside each box that was ticked; `boxes` says how many there were.
    """

    form: Literal["measured-lessons/round@1"]
    lesson: Line
    version: Digest
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    reviewer: Line = ""
    summary: Prose = ""
    ticked: tuple[Line, ...] = ()
    boxes: int = 0
    remarks: tuple[NewRemark, ...] = ()
    checks: tuple[NewCheck, ...] = ()
    findings: tuple[NewFinding, ...] = ()
    places: dict[str, Digest] = Field(default_factory=dict)
    parts: dict[str, Digest] = Field(default_factory=dict)
