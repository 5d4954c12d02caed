"""What stands beside a module's plans and must fit them: repetitions, sampling seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contracts.problems import Problem
from pipelines.module.repeated import wrong_repetitions
from pipelines.module.sampled import wrong_sampling

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.student import Student


def wrong_beside(
    module_dir: Path, experiments: Mapping[str, Experiment], students: Mapping[str, Student]
) -> Iterator[Problem]:
    """Report what files beside the plans name and nothing measures."""
    yield from wrong_repetitions(module_dir, {**experiments, **students})
    yield from wrong_sampling(module_dir, students)
