"""From the folders of a build to a pipeline that draws: whose weights, with which adapters."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from diffusers import StableDiffusionPipeline

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.methods.latent.pipeline import load, with_adapters
from pipelines.registry import LATENT_METHODS


def again(folder: Path, k: int) -> Path:
    """Return where the k-th training of a model lies: within the folder of the first."""
    return folder / f"seed{k}" if k else folder


def replica(folder: Path, k: int) -> Path:
    """Return the k-th training of a model if there is one, else the first."""
    return again(folder, k) if again(folder, k).is_dir() else folder


def trainings(folders: Iterable[Path]) -> int:
    """Return how often the model of these that was trained most often was trained."""
    return max((1 + len(list(folder.glob("seed*"))) for folder in folders), default=1)


def pipeline_of(
    experiment: LatentExperiment, own: Path | None, parents: dict[str, Path], device: str = "cpu"
) -> StableDiffusionPipeline:
    """Return the pipeline of an experiment: its own folder, or an adapter on its parent."""
    leaves = LATENT_METHODS[experiment.method].leaves
    if leaves == "pipeline":
        assert own is not None
        return load(own, device)
    if leaves == "adapter":
        assert own is not None
        return with_adapters(load(parents["teacher"], device), {own: 1.0})
    adapters = {parents[role]: weight for role, weight in experiment.adapters.items()}
    return with_adapters(load(parents["model"], device), adapters)
