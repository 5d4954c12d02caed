"""What the rules for networks of the plane read, and with which parameters they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.contracts.experiment import MEASURING, TRAINING, Experiment
from pipelines.contracts.keys import experiment_of
from pipelines.graph import input_functions, unswallowed
from pipelines.module.shares import Share, lineage
from pipelines.registry import METHODS
from pipelines.steering.build import Build


@input_functions
class PlaneInputs:
    """Functions of `{experiment}`, or of a clock's `{owner}`."""

    def __init__(self, build: Build) -> None:
        self.build = build

    def file(self, wildcards: Any) -> str:
        """The file of an experiment."""
        return self._experiment(wildcards).file

    def training(self, wildcards: Any) -> str:
        """Return what decides the networks: another title or sampler trains nothing again."""
        return self._experiment(wildcards).fields_as_json(TRAINING)

    def measuring(self, wildcards: Any) -> str:
        """Return what decides the measurements."""
        return self._experiment(wildcards).fields_as_json(MEASURING)

    def parents(self, wildcards: Any) -> list[str]:
        """Return the networks that these learn from, by role."""
        return [self.build.weights(name) for _, name in self._needs(wildcards)]

    def parent_samples(self, wildcards: Any) -> list[str]:
        """The samples of what it learns from."""
        return [self.build.samples(name) for _, name in self._needs(wildcards)]

    def parent_searches(self, wildcards: Any) -> list[str]:
        """The samples of what it learns from, from the noise that settings are chosen on."""
        folder = f"{self.build.settings.build}/search"
        return [f"{folder}/{name}.safetensors" for _, name in self._needs(wildcards)]

    def parent_flags(self, wildcards: Any, input: Any) -> list[str]:
        """Return `--parent=role=path …`, so that a stage never has to guess who is who."""
        roles = [role for role, _ in self._needs(wildcards)]
        return [f"--parent={role}={path}" for role, path in zip(roles, input.parents, strict=True)]

    def code(self, stage: str) -> Callable[[Any], str]:
        """Return the digest of a stage with the methods of an experiment and its parents."""

        @unswallowed
        def digest(wildcards: Any) -> str:
            needed = [self.build.catalog.experiments[name] for _, name in self._needs(wildcards)]
            family = [self._experiment(wildcards), *needed]
            return self.build.code(stage, *{METHODS[one.method].module for one in family})

        return digest

    # --- clocks ----------------------------------------------------------------------------------

    def clocked_files(self, wildcards: Any) -> list[str]:
        """The files of what a clock times, and of all that rebuilds it."""
        return [experiment.file for experiment in self._clocked_experiments(wildcards)]

    def clocked_weights(self, wildcards: Any) -> list[str]:
        """The weights of these."""
        return [
            self.build.weights(experiment.name)
            for experiment in self._clocked_experiments(wildcards)
        ]

    def clocked_settings(self, wildcards: Any) -> list[str]:
        """What of these a clock hangs on."""
        return [
            experiment.fields_as_json(MEASURING)
            for experiment in self._clocked_experiments(wildcards)
        ]

    def clocked_systems(self, wildcards: Any) -> tuple[str, ...]:
        """The systems that a clock times."""
        return self._share(wildcards).systems

    def clocked_elsewhere(self, wildcards: Any) -> tuple[str, ...]:
        """Those that an earlier lesson's clock has taken."""
        return self._share(wildcards).taken

    # --- what they share -------------------------------------------------------------------------

    def _experiment(self, wildcards: Any) -> Experiment:
        return self.build.catalog.experiments[wildcards.experiment]

    def _needs(self, wildcards: Any) -> list[tuple[str, str]]:
        return sorted(self._experiment(wildcards).needs.items())

    def _share(self, wildcards: Any) -> Share:
        return self.build.shares[wildcards.owner]

    def _clocked_experiments(self, wildcards: Any) -> list[Experiment]:
        """Return the experiments that a clock takes, and all that rebuild them."""
        catalog = self.build.catalog
        named = set(map(experiment_of, self._share(wildcards).systems))
        found = lineage(catalog, named)
        return [catalog.experiments[name] for name in found if name in catalog.experiments]
