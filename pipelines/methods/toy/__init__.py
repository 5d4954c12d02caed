"""2D methods, one a file. Each has

    make(experiment, parents, generator) -> PlaneTraining       a network ready to be trained
    rebuild(experiment, weights, parents) -> System       a trained one, ready to be sampled from

and here is what they share: parents, and the experiment's words in the terms of the mathematics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
from pydantic import ValidationError

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.yaml_input import line_of
from pipelines.diffusion.conditional import LabelledShape
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.systems import DDPM, EDM, FLOW, Family, Shape
from pipelines.diffusion.training import Settings


@dataclass(frozen=True)
class Parent:
    """A trained network that another learns from."""

    experiment: Experiment
    weights: Weights


Parents = dict[str, Parent]
Chosen = TypeVar("Chosen", bound=Strict)
FAMILIES = {
    "edm": EDM,
    "flow_matching": FLOW,
    "ddpm": DDPM["linear"],
}  # of the methods whose networks can teach


class NoOptions(Strict):
    """Of a method that has none."""


def shape_of(experiment: Experiment) -> Shape:
    """Return the shape of an experiment's network."""
    network = experiment.network
    return Shape(
        network.hidden,
        network.layers,
        network.frequencies,
        network.noise_frequencies,
        dim=DATASETS[experiment.data].dim,
    )


def labelled_shape_of(experiment: Experiment, guided: bool = False) -> LabelledShape:
    """Return the shape of a network that is told a class, and perhaps a guidance."""
    dataset, network = DATASETS[experiment.data], experiment.network
    return LabelledShape(
        network.hidden,
        network.layers,
        network.frequencies,
        network.noise_frequencies,
        dim=dataset.dim,
        classes=dataset.modes,
        guided=guided,
    )


def settings_of(experiment: Experiment, steps: int) -> Settings:
    """Return how an experiment is trained, for `steps` steps."""
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
                "ML109",
                f"option `{item['loc'][0]}` of {experiment.method}: {item['msg']}",
                f"options of this method: {known}",
            )
            for item in error.errors()
        ) from error


def refuse(experiment: Experiment, role: str, message: str, remedy: str) -> InputProblems:
    """Return the error of a parent that a method cannot use."""
    line = line_of(experiment, "needs", role)
    return InputProblems([Problem(experiment.file, line, "ML105", message, remedy)])


def family_of(
    experiment: Experiment, parents: Parents, families: Mapping[str, Family] = FAMILIES
) -> Family:
    """Return the family of the teacher, which must be of one of the methods named."""
    teacher = parents["teacher"].experiment
    method = teacher.method
    if method not in families:
        message = f"a network of {method} cannot teach {experiment.method}"
        raise refuse(experiment, "teacher", message, f"name one of: {', '.join(families)}")
    if method == "ddpm":
        return DDPM[str(teacher.train.options.get("betas", "linear"))]
    return families[method]


def teacher_of(parents: Parents, family: Family) -> Denoiser:
    """Return the frozen denoiser of the teacher."""
    teacher = parents["teacher"]
    return shape_of(teacher.experiment).trained(family.denoiser, teacher.weights)


def teacher_and_student(
    experiment: Experiment,
    parents: Parents,
    generator: torch.Generator,
    kind: type[Chosen],
    families: Mapping[str, Family] = FAMILIES,
    consistency: bool = False,
) -> tuple[Chosen, Family, Denoiser, Denoiser]:
    """Return the options, the teacher's family, the frozen teacher, and its student.

    The student begins with the weights of the teacher.

    Args:
        kind: The options of the method.
        families: By method, those whose networks can teach.
        consistency: The student is scaled as a consistency function; else as the teacher.
    """
    options, family = options_of(experiment, kind), family_of(experiment, parents, families)
    scalings = family.consistency if consistency else family.denoiser
    student = shape_of(experiment).fresh(scalings, generator)
    student.network.load_state_dict(parents["teacher"].weights)
    return options, family, teacher_of(parents, family), student
