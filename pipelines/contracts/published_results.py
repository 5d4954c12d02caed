"""Results that a module publishes: rows of an experiment that a default build does not train.

A control or a variant that a few rows speak of may take minutes to train. Its rows and what it
took stand in `latent/published-results/<experiment>.json`, with the recipe that they are of, so
that another recipe is refused. No weights and no pictures are kept.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.built_files import load_built
from pipelines.contracts.files import Strict
from pipelines.contracts.measurement import Measurement, Timings
from pipelines.contracts.problems import InputProblems, Problem

FOLDER = "latent/published-results"


class PublishedResults(Strict):
    """What a build has measured of one experiment, to be shown by builds that do not train it.

    Attributes:
        made: When and on what, in words: "2026-12-01, AMD EPYC".
        recipe: Digest of all that decides the rows: see `pipelines.module.results`.
        rows: As measured.
        training, sampling: What it took, and on which machine; training is None of combinations.
    """

    experiment: str
    made: str
    recipe: str
    rows: tuple[Measurement, ...]
    training: Timings | None = None
    sampling: Timings


def load_published_results(path: Path, recipe: str) -> PublishedResults:
    """Read published results and hold them against the recipe of today.

    Raises:
        InputProblems: The file is not what `measured-lessons results` writes, or is of another
            experiment or recipe.
    """
    found = load_built(path, PublishedResults)
    if found.experiment != path.stem:
        raise InputProblems([_wrong(path, f"these are results of `{found.experiment}`")])
    if found.recipe != recipe:
        message = (
            f"these results are of another recipe: `{path.stem}`, what it learnt from, or the"
            " published base has changed since"
        )
        raise InputProblems([_wrong(path, message)])
    return found


def _wrong(path: Path, message: str) -> Problem:
    remedy = (
        f"delete the file, and the build trains `{path.stem}`; or publish new results:"
        " `measured-lessons results`, see docs/latent.md"
    )
    return Problem(str(path), 1, "ML115", message, remedy)
