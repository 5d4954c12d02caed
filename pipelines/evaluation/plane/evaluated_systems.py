"""What an experiment asks for: every sampler, step count and guidance of its network."""

from __future__ import annotations

from pipelines.contracts.experiment import Experiment
from pipelines.contracts.keys import Sampling
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.yaml_input import line_of
from pipelines.diffusion.systems import System
from pipelines.registry import METHODS


def evaluate_problem(
    experiment: Experiment, place: tuple[str | int, ...], message: str, remedy: str
) -> InputProblems:
    """Return the error of what an experiment says under `evaluate:`, with its line."""
    line = line_of(experiment, "evaluate", *place)
    return InputProblems([Problem(experiment.file, line, "ML106", message, remedy)])


def guidances_of(experiment: Experiment) -> tuple[float | None, ...]:
    """Return the guidances that an experiment is evaluated at; None where there is no class.

    Raises:
        InputProblems: Guidance of a network without classes, or none of one with them.
    """
    guidance, labelled = experiment.evaluate.guidance, METHODS[experiment.method].labelled
    if bool(guidance) == labelled:
        return guidance or (None,)
    message = f"a network of {experiment.method} is told {'a' if labelled else 'no'} class"
    remedy = "give `guidance: [1]` or more" if labelled else "leave `guidance` out"
    raise evaluate_problem(experiment, ("guidance",), message, remedy)


def systems_of(experiment: Experiment) -> list[Sampling]:
    """Return every sampling of an experiment once, its reference among them."""
    found = experiment.evaluate.samplings
    if experiment.evaluate.reference:
        found.append(reference_of(experiment))
    guidances = guidances_of(experiment)
    return [one.guided(guidance) for one in dict.fromkeys(found) for guidance in guidances]


def guided_at(experiment: Experiment, system: System, guidance: float | None) -> System:
    """Return a system at a guidance.

    Raises:
        InputProblems: It was distilled at another guidance.
    """
    try:
        return system.guided(guidance)
    except ValueError as error:
        remedy = "evaluate it at the guidance of its training"
        raise evaluate_problem(experiment, ("guidance",), str(error), remedy) from error


def reference_of(experiment: Experiment) -> Sampling:
    """Return sampler and steps of the reference, `heun@100`; there has to be one."""
    return Sampling.parse(experiment.evaluate.reference)
