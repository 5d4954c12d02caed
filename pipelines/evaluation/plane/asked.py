"""What an experiment asks for: every sampler, step count and guidance of its network."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.yaml_input import line_of
from pipelines.diffusion.systems import System
from pipelines.registry import METHODS


@dataclass(frozen=True)
class Asked:
    """A sampler with its steps, and the guidance of a network that is told a class."""

    sampler: str
    steps: int
    guidance: float | None = None

    @property
    def name(self) -> str:
        """Return the name in arrays and keys: `heun@100`, `heun@100,w=2`."""
        return f"{self.sampler}@{self.steps}{suffix(self.guidance)}"

    @property
    def base(self) -> str:
        """Return the sampler behind a named schedule: `consistency-late` → `consistency`."""
        return self.sampler.partition("-")[0]


def suffix(guidance: float | None) -> str:
    """Return what a guidance adds to a name."""
    return "" if guidance is None else f",w={guidance:g}"


def guidances_of(experiment: Experiment) -> tuple[float | None, ...]:
    """Return the guidances that an experiment is evaluated at; None where there is no class.

    Raises:
        InputProblems: Guidance of a network that is told no class, or none of one that is.
    """
    guidance, told = experiment.evaluate.guidance, METHODS[experiment.method].labelled
    if bool(guidance) == told:
        return guidance or (None,)
    line = line_of(experiment, "evaluate", "guidance")
    message = f"a network of {experiment.method} is told {'a' if told else 'no'} class"
    remedy = "give `guidance: [1]` or more" if told else "leave `guidance` out"
    raise InputProblems([Problem(experiment.file, line, "ML106", message, remedy)])


def systems_of(experiment: Experiment) -> list[Asked]:
    """Return every system of an experiment once, its reference among them."""
    samplers = experiment.evaluate.samplers.items()
    pairs = [(sampler, steps) for sampler, counts in samplers for steps in counts]
    schedules = experiment.evaluate.schedules.items()
    pairs += [(f"consistency-{name}", len(levels) + 1) for name, levels in schedules]
    if experiment.evaluate.reference:
        pairs.append(reference_of(experiment))
    guidances = guidances_of(experiment)
    return [Asked(*pair, guidance) for pair in dict.fromkeys(pairs) for guidance in guidances]


def guided_at(experiment: Experiment, system: System, guidance: float | None) -> System:
    """Return a system at a guidance.

    Raises:
        InputProblems: It was distilled at another guidance.
    """
    try:
        return system.guided(guidance)
    except ValueError as error:
        line = line_of(experiment, "evaluate", "guidance")
        remedy = "evaluate it at the guidance of its training"
        problem = Problem(experiment.file, line, "ML106", str(error), remedy)
        raise InputProblems([problem]) from error


def reference_of(experiment: Experiment) -> tuple[str, int]:
    """Return sampler and steps of the reference, `heun@100`."""
    sampler, _, steps = experiment.evaluate.reference.partition("@")
    allowed = METHODS[experiment.method].samplers
    if sampler in allowed and steps.isdecimal() and int(steps) > 0:
        return sampler, int(steps)
    message = f"`{experiment.evaluate.reference}` is no reference sampler"
    remedy = f"write `<sampler>@<steps>`, with a sampler of {', '.join(allowed)}"
    line = line_of(experiment, "evaluate", "reference")
    raise InputProblems([Problem(experiment.file, line, "ML106", message, remedy)])
