"""2D methods, one a file. Each has

    make(experiment, parents, generator) -> Trainee       a network ready to be trained
    rebuild(experiment, weights, parents) -> System       a trained one, ready to be sampled from

and here is what they share: parents, and the experiment's words in the terms of the mathematics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from pipelines.contracts.experiment import Experiment, Strict, line_of
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.systems import Shape
from pipelines.diffusion.training import Settings


@dataclass(frozen=True)
class Parent:
    """A trained network that another learns from."""

    experiment: Experiment
    weights: Weights


Parents = dict[str, Parent]
Chosen = TypeVar("Chosen", bound=Strict)


class NoOptions(Strict):
    """Of a method that has none."""


def shape_of(experiment: Experiment) -> Shape:
    network = experiment.network
    return Shape(network.hidden, network.layers, network.frequencies, network.noise_frequencies)


def settings_of(experiment: Experiment, steps: int) -> Settings:
    train = experiment.train
    return Settings(steps, train.batch, train.lr, train.betas, train.ema)


def options_of(experiment: Experiment, kind: type[Chosen]) -> Chosen:
    """Return the method's own options, checked.

    Raises:
        InputProblems: Each unknown or impossible option, with its line in the experiment's file.
    """
    try:
        return kind(**experiment.train.options)
    except ValidationError as error:
        known = ", ".join(f"`{name}`" for name in kind.model_fields) or "none"
        raise InputProblems(
            Problem(
                experiment.file,
                line_of(experiment, "train", "options", *item["loc"]),
                "ML104",
                f"option `{item['loc'][0]}` of {experiment.method}: {item['msg']}",
                f"options of this method: {known}",
            )
            for item in error.errors()
        ) from error


def refuse(experiment: Experiment, role: str, message: str, remedy: str) -> InputProblems:
    """Return the error of a parent that a method cannot use."""
    line = line_of(experiment, "needs", role)
    return InputProblems([Problem(experiment.file, line, "ML105", message, remedy)])
