"""What stands beside a module's plans and must fit them: repetitions, sampling seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import Problem
from pipelines.plan.repeated import wrong_repetitions
from pipelines.plan.sampled import wrong_sampling

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment


def wrong_beside(
    module_dir: Path, experiments: Mapping[str, Experiment], latent: Mapping[str, LatentExperiment]
) -> Iterator[Problem]:
    """Report what files beside the plans name and nothing measures."""
    yield from wrong_repetitions(module_dir, {**experiments, **latent})
    yield from wrong_sampling(module_dir, latent)
