"""What commands read of builds, which may be anybody's: a file that is broken is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from pipelines.contracts.files import read_json
from pipelines.contracts.problems import InputProblems, Problem

Built = TypeVar("Built", bound=BaseModel)


@contextmanager
def as_built(path: Path) -> Iterator[None]:
    """Name a file of a build that is not what builds write.

    Raises:
        InputProblems: Reading it ends in a ValueError, pydantic's among them, or goes too deep.
    """
    try:
        yield
    except (ValueError, RecursionError) as error:
        message = f"not what a build writes: {' '.join(str(error).split())[:200]}"
        remedy = "name the folder of a build, or delete this file and build again"
        raise InputProblems([Problem(str(path), 1, "ML102", message, remedy)]) from error


def load_built(path: Path, kind: type[Built]) -> Built:
    """Read a JSON file of a build as a model.

    Raises:
        InputProblems: It is not what builds write.
    """
    with as_built(path):
        return kind.model_validate(read_json(path))
