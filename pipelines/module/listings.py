"""Where the programs of a lesson stand, and what is wrong with what a plan says of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import Problem
from pipelines.module.build_catalog import ListingUse
from pipelines.registry import LATENT_METHODS

if TYPE_CHECKING:
    from pipelines.contracts.latent_experiment import LatentExperiment


def listing_file(plan: str, name: str) -> Path:
    """Return the file of a program; its name is an identifier, so it stays in its folder."""
    return Path(plan).parent / "listings" / f"{name}.py"


def is_untracked(file: Path) -> bool:
    """Whether a file lies in a Git repository that does not know it; without Git none does."""
    try:
        done = subprocess.run(
            ["git", "-C", file.parent, "ls-files", "--error-unmatch", "--", file.name],
            stdin=subprocess.DEVNULL, capture_output=True,
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 1  # 128: no repository


def wrong_listings(
    plan: str, uses: Iterable[ListingUse], latent: Mapping[str, LatentExperiment]
) -> Iterator[Problem]:
    """Report programs that do not exist, and stand-ins that leave no weights to load."""
    for use in uses:
        file = listing_file(plan, use.id)
        if not file.is_file():
            message, remedy = f"there is no program `{use.id}`", f"write {file}"
            yield Problem(plan, use.line, "ML408", message, remedy)
        elif is_untracked(file):
            message = f"Git does not track the program `{use.id}`, so nobody has reviewed it"
            yield Problem(plan, use.line, "ML408", message, f"git add {file}")
        for name in use.models.values():
            experiment = latent.get(name)
            method = LATENT_METHODS.get(experiment.method) if experiment else None
            if not method or method.leaves == "nothing":
                message = f"`{name}` is no model that a program could load"
                remedy = "name an experiment of the folder `latent` that leaves weights"
                yield Problem(plan, use.line, "ML303", message, remedy)
