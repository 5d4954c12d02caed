"""What the rules for the tiny Stable Diffusion read, and with which parameters they run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.contracts.latent import DEPENDS
from pipelines.contracts.latent_experiment import MEASURING, TIMING, TRAINING, LatentExperiment
from pipelines.contracts.published_results import pictures_beside
from pipelines.contracts.sampling import NAME, SamplingSeeds, load_sampling
from pipelines.graph import content, input_functions, unswallowed
from pipelines.module.results import recipe_digest
from pipelines.module.shares import lineage
from pipelines.registry import LATENT_METHODS
from pipelines.steering.build import TIMING_SUFFIX, Build


@input_functions
class LatentInputs:
    """Functions of a `{part}` of the base, of a `{experiment}`, or of a clock's `{owner}`."""

    def __init__(self, build: Build) -> None:
        self.build = build
        module = Path(build.settings.module) / NAME
        self.sampling = (
            SamplingSeeds() if build.settings.preset.all_seeds else load_sampling(module)
        )

    # --- the base --------------------------------------------------------------------------------

    def recipe_content(self, wildcards: Any) -> str:
        """A digest of the recipe."""
        return content(self.build.settings.recipe)

    def published_content(self, wildcards: Any) -> str:
        """A digest of the recipe and the published base."""
        return content(self.build.settings.recipe, self.build.settings.published_base)

    def needed_parts(self, wildcards: Any) -> list[str]:
        """Return the weights that one part of the base starts from."""
        return [self.build.base_part(part) for part in _starts_from(wildcards)]

    def need_flags(self, wildcards: Any, input: Any) -> list[str]:
        """Return `--need=part=path …` for them."""
        parts = _starts_from(wildcards)
        return [f"--need={part}={path}" for part, path in zip(parts, input.needs, strict=True)]

    @property
    def parts(self) -> list[str]:
        """The weights of all parts of the base."""
        return [self.build.base_part(part) for part in DEPENDS]

    @property
    def part_timings(self) -> list[str]:
        """What their trainings took."""
        return [self.build.base_part(part, TIMING_SUFFIX) for part in DEPENDS]

    @property
    def part_flags(self) -> list[str]:
        """`--need=part=path …`, so that a stage never has to guess."""
        return [f"--need={part}={self.build.base_part(part)}" for part in DEPENDS]

    # --- models made from it ---------------------------------------------------------------------

    def file(self, wildcards: Any) -> str:
        """The file of an experiment."""
        return self._experiment(wildcards).file

    def training(self, wildcards: Any) -> str:
        """Return what decides the weights: another title or system trains nothing again."""
        return self._experiment(wildcards).fields_as_json(TRAINING)

    def measuring(self, wildcards: Any) -> str:
        """Return what decides the pictures and their measurements."""
        return self._experiment(wildcards).fields_as_json(MEASURING)

    def sources(self, wildcards: Any) -> list[str]:
        """Return the folders of the models that one is made from."""
        return [self.build.model(name) for name in self._experiment(wildcards).needs.values()]

    def source_flags(self, wildcards: Any) -> list[str]:
        """`--parent=role=path …`, so that a stage never has to guess who is who."""
        pairs = self._experiment(wildcards).needs.items()
        return [f"--parent={role}={self.build.model(name)}" for role, name in pairs]

    def own_folder(self, wildcards: Any) -> list[str]:
        """Return what an experiment has trained, if anything."""
        name = wildcards.experiment
        return [self.build.model(name)] if self._leaves_weights(name) else []

    def own_flag(self, wildcards: Any, input: Any) -> list[str]:
        """`--folder=…`, where something was trained."""
        return [f"--folder={folder}" for folder in self.own_folder(wildcards)]

    def seed_flags(self, wildcards: Any) -> list[str]:
        """Return `system:seeds` where fewer than all sampling seeds will do."""
        seeds = self.sampling.of_experiment(wildcards.experiment)
        return [f"{name}:{n}" for name, n in seeds.items()]

    def code(self, stage: str) -> Callable[[Any], str]:
        """Return the digest of a stage with the method of an experiment."""

        @unswallowed
        def digest(wildcards: Any) -> str:
            method = LATENT_METHODS[self._experiment(wildcards).method].module
            return self.build.code(stage, *([method] if method else []))

        return digest

    # --- published results -----------------------------------------------------------------------

    def published_results(self, wildcards: Any) -> str:
        """Return the file of an experiment's published rows."""
        return self.build.settings.published_results(wildcards.experiment)

    def published_pictures(self, wildcards: Any) -> str:
        """Return the file of its pictures."""
        return str(pictures_beside(Path(self.published_results(wildcards))))

    def results_content(self, wildcards: Any) -> str:
        """A digest of both."""
        return content(self.published_results(wildcards), self.published_pictures(wildcards))

    def recipe_digest(self, wildcards: Any) -> str:
        """Return a digest of all settings that decide the rows of an experiment."""
        module = Path(self.build.settings.module)
        return recipe_digest(self.build.catalog, self._experiment(wildcards), module)

    # --- clocks ----------------------------------------------------------------------------------

    def clocked_files(self, wildcards: Any) -> list[str]:
        """The files of what a clock times."""
        return [experiment.file for experiment in self._clocked(wildcards)]

    def clocked_settings(self, wildcards: Any) -> list[str]:
        """What of these a clock hangs on."""
        return [experiment.fields_as_json(TIMING) for experiment in self._clocked(wildcards)]

    def clocked_folders(self, wildcards: Any) -> list[str]:
        """Return the weights of all that a clock takes, and of what they are made from."""
        names = lineage(self.build.catalog, self.build.shares[wildcards.owner].latent)
        return [self.build.model(name) for name in names if self._leaves_weights(name)]

    def models_folder(self, wildcards: Any) -> str:
        """Where all models lie."""
        return f"{self.build.settings.build}/models"

    # --- what they share -------------------------------------------------------------------------

    def _experiment(self, wildcards: Any) -> LatentExperiment:
        return self.build.catalog.latent[wildcards.experiment]

    def _clocked(self, wildcards: Any) -> list[LatentExperiment]:
        names = self.build.shares[wildcards.owner].latent
        return [self.build.catalog.latent[name] for name in names]

    def _leaves_weights(self, name: str) -> bool:
        return LATENT_METHODS[self.build.catalog.latent[name].method].leaves != "nothing"


def _starts_from(wildcards: Any) -> tuple[str, ...]:
    return tuple(DEPENDS[wildcards.part][1])
