"""What a build gives in evidence: its numbers, its verdicts, what each product is.

A reference is the same, kept as one file with the module: whoever builds the course can hold a
build of his own against it.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, FiniteFloat

from pipelines.contracts.files import Strict, read_json
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.reviewed import Reviewed

REFERENCE = "reference.json"  # in a module's folder


class Origin(Strict):
    """What a build was made from, and with; `commit` is empty outside of a checkout.

    Attributes:
        clean: Whether the checkout was as committed.
    """

    commit: str = ""
    clean: bool = False
    python: str = ""
    platform: str = ""
    packages: dict[str, str] = Field(default_factory=dict)


class Number(Strict):
    """A measured number, and how far chance moves it.

    Attributes:
        error: Standard error in drawing and training; None where part of it was never measured.
        step: The least that chance may move it by, where no draw and no training has shown any:
            one more or one less of what is counted.
    """

    value: FiniteFloat
    error: FiniteFloat | None
    step: FiniteFloat = 0.0


class Verdict(Strict):
    """What became of a claim.

    Attributes:
        margin: In standard errors; None where chance has no part in it.
        timed: It compares seconds, so that it may turn with the clock.
    """

    outcome: str
    margin: FiniteFloat | None = None
    timed: bool = False


class Product(Strict):
    """A file of a build.

    Attributes:
        sha256: The beginning of that of its content without timings; None where that is all.
        frame: The same of its content without its numbers; empty where that is all.
        inputs: Products and sources that it was made from.
    """

    sha256: str | None
    frame: str = ""
    inputs: tuple[str, ...] = ()


class Evidence(Strict):
    """What can be compared of a build.

    Attributes:
        processors: What trained, sampled and measured, the most of it first.
        numbers: By key.
        verdicts: By lesson and claim: "the-speed-landscape:one-step-needs-training".
        sources: Hashes of what people wrote, by path.
        products: By path within the build.
        reviews: Of lessons, by slug; a reference that was kept before there were any has none.
    """

    origin: Origin
    made: str = ""  # the day on which it was kept as a reference
    preset: str
    processors: tuple[str, ...] = ()
    numbers: dict[str, Number]
    verdicts: dict[str, Verdict] = Field(default_factory=dict)
    sources: dict[str, str] = Field(default_factory=dict)
    products: dict[str, Product] = Field(default_factory=dict)
    reviews: dict[str, Reviewed] = Field(default_factory=dict)


def load_reference(path: Path) -> Evidence:
    """Read a reference.

    Raises:
        InputProblems: The file is not what `measured-lessons reference` writes.
    """
    try:
        return Evidence.model_validate(read_json(path))
    except (OSError, ValueError, RecursionError) as error:
        message = f"no reference: {' '.join(str(error).split())[:200]}"
        remedy = "make it anew: measured-lessons reference BUILD --module FOLDER"
        raise InputProblems([Problem(str(path), 1, "ML102", message, remedy)]) from error
