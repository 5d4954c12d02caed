"""Whether the sampling seeds that a module keeps fit what it measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import InputProblems, Problem

if TYPE_CHECKING:
    from pipelines.contracts.latent_experiment import LatentExperiment


def wrong_sampling(module_dir: Path, latent: Mapping[str, LatentExperiment]) -> Iterator[Problem]:
    """Report systems of `sampling.json` that no experiment draws."""
    from pipelines.contracts.keys import SystemKey
    from pipelines.contracts.sampling import NAME, load_sampling, unknown_systems

    path = module_dir / NAME
    if not path.exists() and not path.is_symlink():
        return
    try:
        found = load_sampling(path)
    except InputProblems as unreadable:
        yield from unreadable.problems
        return
    drawn = [SystemKey(one.name, how) for one in latent.values() for how in one.samplings]
    yield from unknown_systems(found, path, set(map(str, drawn)))
