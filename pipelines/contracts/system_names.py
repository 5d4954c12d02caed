"""What readers call a system: the title of its model, then how it is sampled.

The only place where such names are made, for figures, alternative texts, tables and the lint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.contracts.keys import Sampling, SystemPattern

if TYPE_CHECKING:
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.latent_experiment import LatentExperiment

    AnyExperiment = Experiment | LatentExperiment

SAMPLERS = {
    "euler": "Euler",
    "heun": "Heun",
    "midpoint": "midpoint",
    "rk4": "Runge–Kutta 4",
    "dpmpp_2m": "DPM-Solver++(2M)",
    "unipc": "UniPC",
    "ddim": "DDIM",
    "ddim_half": "DDIM, half the noise",
    "ddpm": "ancestral",
    "pndm": "PNDM",
    "flow_euler": "Euler",
    "flow_midpoint": "midpoint",
    "flow_rk4": "Runge–Kutta 4",
}
OWN = {"consistency", "generate", "flow_map", "lcm"}  # of few-step networks: steps say all
NO_MODEL = {  # what stands in a sampler's place and is drawn by no network
    "real": "Real data",
    "renders": "Renders",
    "blurred-renders": "Renders, a little blurred",
    "repeated-renders": "Renders, one of each caption eight times",
    "exchanged-renders": "Renders, each under another caption",
    "noise": "Noise",
    "grey": "Grey",
}

BESIDE = {  # words in a sampler's place that say something of a model; {} is the number of steps
    "train": "trained for {} steps",
    "loads": "loaded",
    "autoencoder-base": "renders through the autoencoder",
    "text": "the text encoder",
    "unet": "the U-Net",
    "vae": "the autoencoder",
}


def sampler_name(sampler: str, spacing: str = "") -> str:
    """Return what people call a sampler, and where its steps lie: `DDIM, trailing`."""
    name = SAMPLERS.get(sampler, sampler.replace("_", " "))
    return f"{name}, {spacing}" if spacing else name


def solver_name(title: str, sampler: str, spacing: str = "", guidance: float | None = None) -> str:
    """Return what people call a network with a sampler: `EDM teacher, Heun`."""
    return _joined(title, _walked(sampler, spacing), _guided(guidance))


def system_name(title: str, sampling: Sampling, levels: Sequence[float] = ()) -> str:
    """Return the same with the steps: `EDM teacher, Heun, 20 steps`.

    Args:
        levels: Those of a schedule of its own, to which samples are noised again.
    """
    if sampling.sampler in NO_MODEL:
        return NO_MODEL[sampling.sampler]
    return _joined(title, how_sampled(sampling, levels))


def how_sampled(sampling: Sampling, levels: Sequence[float] = ()) -> str:
    """Return the part of a system's name that is not its model's: `Heun, 20 steps`."""
    if sampling.sampler in BESIDE:
        return BESIDE[sampling.sampler].format(sampling.steps)
    again = f"noised again at {_between(levels)}" if levels else sampling.schedule
    walked = _walked(sampling.base, sampling.spacing)
    return _joined(walked, steps_text(sampling.steps), _guided(sampling.guidance), again)


def name_of(experiment: AnyExperiment, sampling: Sampling) -> str:
    """Return the name of a system of an experiment."""
    return system_name(experiment.title, sampling, levels_of(experiment, sampling))


def name_of_any(experiment: AnyExperiment, said: SystemPattern) -> str:
    """Return the name of what a plan's words mean: a model, a curve, or one system."""
    if not said.sampler:
        return experiment.title
    if said.steps is None:
        return solver_name(experiment.title, said.sampler, said.spacing, said.guidance)
    return name_of(experiment, said.sampling)


def levels_of(experiment: AnyExperiment, sampling: Sampling) -> tuple[float, ...]:
    """Return the levels of the schedule that a sampling names, if it names one."""
    schedules = getattr(getattr(experiment, "evaluate", None), "schedules", {})
    found: tuple[float, ...] = schedules.get(sampling.schedule, ())
    return found


def steps_text(count: int) -> str:
    """Return `1 step`, `2 steps`."""
    return f"{count} step" if count == 1 else f"{count} steps"


def _walked(sampler: str, spacing: str) -> str:
    return "" if sampler in OWN else sampler_name(sampler, spacing)


def _guided(guidance: float | None) -> str:
    return "" if guidance in (None, 1) else f"guidance {guidance:g}"


def _between(levels: Sequence[float]) -> str:
    first, last = f"{levels[0]:g}", f"{levels[-1]:g}"
    return f"level {first}" if len(levels) == 1 else f"levels {first} to {last}"


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
