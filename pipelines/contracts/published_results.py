"""Results that a module publishes: rows of an experiment that a default build does not train.

A control or a variant that a few rows speak of may take minutes to train. Its rows and what it
took stand in `latent/published-results/<experiment>.json`, with the recipe that they are of, so
that another recipe is refused; its pictures stand beside that. No weights are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Self

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
        pictures: SHA-256 of the file of pictures, `<experiment>.safetensors`.
        digest: Of all the rest, so that a number which was edited by hand is refused.
        training, sampling: What it took, and on which machine; training is None of combinations.
    """

    experiment: str
    made: str
    recipe: str
    rows: tuple[Measurement, ...]
    pictures: str
    training: Timings | None = None
    sampling: Timings
    digest: str = ""

    def whole(self) -> Self:
        """Return the same with the digest of what it holds."""
        held = self.model_dump_json(exclude={"digest"})
        return self.model_copy(update={"digest": hashlib.sha256(held.encode()).hexdigest()})


def pictures_beside(results: Path) -> Path:
    """Return the file of the pictures that belong to published rows."""
    return results.with_suffix(".safetensors")


def digest_of(pictures: Path) -> str:
    """Return the SHA-256 of a file of pictures."""
    return hashlib.sha256(pictures.read_bytes()).hexdigest()


def load_published_results(path: Path, recipe: str) -> PublishedResults:
    """Read published results and hold them against the recipe of today.

    Raises:
        InputProblems: The file is not what `measured-lessons results` writes, was edited, is of
            another experiment or recipe, or its pictures are others.
    """
    found = load_built(path, PublishedResults)
    if found.experiment != path.stem:
        raise InputProblems([_wrong(path, f"these are results of `{found.experiment}`")])
    if found.whole() != found:
        raise InputProblems([_wrong(path, "this file was edited: it is not as it was measured")])
    if found.recipe != recipe:
        message = (
            f"these results are of another recipe: `{path.stem}`, what it learnt from, or the"
            " published base has changed since"
        )
        raise InputProblems([_wrong(path, message)])
    pictures = pictures_beside(path)
    if not pictures.is_file() or digest_of(pictures) != found.pictures:
        message = "these pictures are not those that the rows were measured with"
        raise InputProblems([_wrong(pictures, message)])
    return found


def stray_results(folder: Path, experiments: Collection[str]) -> list[Problem]:
    """Return a problem for each file that is of no experiment, and for rows without pictures."""
    stray = [
        _wrong(path, f"no experiment of the module is called `{path.stem}`")
        for path in sorted(folder.glob("*"))
        if path.stem not in experiments
    ]
    bare = [
        _wrong(path, "its pictures are missing")
        for path in sorted(folder.glob("*.json"))
        if path.stem in experiments and not pictures_beside(path).is_file()
    ]
    return [*stray, *bare]


def _wrong(path: Path, message: str) -> Problem:
    remedy = (
        f"delete the file, and the build trains `{path.stem}`; or publish new results:"
        " `measured-lessons results`, see docs/latent.md"
    )
    return Problem(str(path), 1, "ML115", message, remedy)
