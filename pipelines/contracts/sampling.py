"""How many pictures a row needs: sampling seeds by system, kept with a module.

Every seed draws the same captions and noise for all systems, and its scores are of equally many
pictures, so that a row of one seed can stand beside a row of three: the distance of two point sets
depends on their size, and all of them have the same. `measured-lessons sampling` writes the file
from a finished build. What it does not name is drawn with all seeds.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipelines.contracts.files import Strict, read_json
from pipelines.contracts.keys import SystemKey, experiment_of
from pipelines.contracts.problems import InputProblems, Problem

NAME = "sampling.json"
SEEDS = (0, 1, 2)


class SamplingSeeds(Strict):
    """A file of what suffices.

    Attributes:
        made: From which builds, in words.
        seeds: System → how many seeds its claims and tables need; none that needs all.
    """

    made: str = ""
    seeds: dict[str, Annotated[int, Field(ge=1, lt=len(SEEDS))]] = Field(default_factory=dict)

    def of_experiment(self, experiment: str) -> dict[str, int]:
        """Return system → seeds of one experiment: `lcm@4,w=1` → 1."""
        own = {name: n for name, n in self.seeds.items() if experiment_of(name) == experiment}
        return {str(SystemKey.parse(name).sampling): n for name, n in own.items()}


def load_sampling(path: Path) -> SamplingSeeds:
    """Read a module's file; a module need not have one.

    Raises:
        InputProblems: The file is not what `measured-lessons sampling` writes.
    """
    if not path.exists() and not path.is_symlink():
        return SamplingSeeds()
    try:
        return SamplingSeeds.model_validate(read_json(path))
    except (OSError, ValueError, RecursionError) as error:
        raise InputProblems([wrong(path, " ".join(str(error).split())[:200])]) from error


def unknown_systems(found: SamplingSeeds, path: Path, systems: Collection[str]) -> list[Problem]:
    """Return a problem for each system that the module does not measure."""
    return [wrong(path, f"`{one}` is not measured") for one in found.seeds if one not in systems]


def wrong(path: Path, message: str) -> Problem:
    remedy = "make it anew: measured-lessons sampling BUILD --module FOLDER --made WORDS"
    return Problem(str(path), 1, "ML102", f"no file of sampling seeds: {message}", remedy)
