"""What a build is told by its configuration, and where it therefore reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts.evidence import REFERENCE
from pipelines.contracts.experiment import PRESETS, Preset
from pipelines.contracts.published_results import FOLDER as RESULTS

LOCKFILE = "requirements.lock"  # the environment: every job hangs on it


@dataclass(frozen=True)
class Settings:
    """The configuration of a build; config/README.md explains each entry.

    Attributes:
        module, build: Folders, as paths are written in rules.
        strict: A claim that the measurements contradict keeps its lesson from being published.
        retrain: The base of the tiny Stable Diffusion is trained, not taken as published.
        remeasure: So is what has published results.
        recipe_name: The file of `latent/recipes/` that says how.
        device: Where the tiny Stable Diffusion and published checkpoints compute.
        only: The published checkpoints that are wanted; none named means all.
    """

    preset: Preset
    module: str
    build: str
    strict: bool
    retrain: bool
    remeasure: bool
    recipe_name: str
    device: str
    only: tuple[str, ...]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Read Snakemake's configuration, which `config/schema.yaml` has checked."""
        preset = PRESETS[config["preset"]]
        default = "build" if preset.name == "default" else f"build/{preset.name}"
        retrain = _is_true(config.get("retrain")) or not preset.publish
        return cls(
            preset=preset,
            module=f"{config.get('lessons', 'lessons')}/{config['module']}",
            build=config.get("build") or default,
            strict=_is_true(config.get("strict")),
            retrain=retrain,
            remeasure=retrain or preset.name != "default" or _is_true(config.get("remeasure")),
            recipe_name=config.get("recipe", "quick") if retrain else "published",
            device=config.get("device", "cpu"),
            only=tuple(filter(None, config.get("only", "").split(","))),
        )

    @property
    def module_plan(self) -> str:
        """The plan of the module."""
        return f"{self.module}/module.md"

    @property
    def facts(self) -> str:
        """Its cited figures."""
        return f"{self.module}/facts.yaml"

    @property
    def references(self) -> str:
        """Its sources."""
        return f"{self.module}/references.bib"

    @property
    def glossary(self) -> list[str]:
        """The glossary, if the module has one."""
        return self._if_there("glossary.yaml")

    @property
    def repetitions(self) -> list[str]:
        """What repeated trainings measured, if the module keeps that."""
        return self._if_there("repetitions.json")

    @property
    def reference(self) -> list[str]:
        """The evidence of a build that others are held against, if the module keeps one."""
        return self._if_there(REFERENCE)

    @property
    def recipe(self) -> str:
        """How the base of the tiny Stable Diffusion is made."""
        return f"{self.module}/latent/recipes/{self.recipe_name}.yaml"

    @property
    def published_base(self) -> str:
        """The base that the repository holds."""
        return f"{self.module}/latent/published"

    def published_results(self, experiment: str) -> str:
        """What the module publishes of an experiment that a default build need not train."""
        return str(self.results_folder / f"{experiment}.json")

    @property
    def results_folder(self) -> Path:
        """Where the module publishes results."""
        return Path(self.module) / RESULTS

    @property
    def needed(self) -> list[str]:
        """What must be there besides plans and experiments."""
        base = [self.recipe] if self.retrain else [self.recipe, self.published_base]
        has_latent = any(Path(self.module).glob("latent/*.yaml"))
        return [self.facts, self.references, *(base if has_latent else [])]

    def _if_there(self, name: str) -> list[str]:
        path = f"{self.module}/{name}"
        return [path] if Path(path).is_file() else []


def _is_true(word: object) -> bool:
    """Read a truth value; on the command line it is a word."""
    return str(word).lower() == "true"
