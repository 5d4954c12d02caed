"""2D methods, one a file. Each has

    make(experiment, parents, generator) -> PlaneObjective      a network, and what it minimises
    rebuild(experiment, weights, parents) -> System       a trained one, ready to be sampled from

and here is what they share: parents, and the experiment's words in the terms of the mathematics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

import torch
from pydantic import Field, ValidationError

from pipelines.contracts.experiment import Experiment, Strict
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.yaml_input import line_of
from pipelines.diffusion.conditional import LabelledShape
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.denoisers import Denoiser
from pipelines.diffusion.flow_maps import FlowMap, as_flow_map, new_flow_map
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.schedules import Process
from pipelines.diffusion.systems import DDPM, EDM, FLOW, Family, Rescale, Shape, System


@dataclass(frozen=True)
class Parent:
    """A trained network that another learns from."""

    experiment: Experiment
    weights: Weights


Parents = dict[str, Parent]
Decay = Annotated[float, Field(ge=0, lt=1)]  # of a moving average; 0: none
Rebuild = Callable[[Experiment, Weights, Parents], System]
Chosen = TypeVar("Chosen", bound=Strict)
FAMILIES = {
    "edm": EDM,
    "flow_matching": FLOW,
    "ddpm": DDPM["linear"],
}  # of the methods whose networks can teach


class NoOptions(Strict):
    """Of a method that has none."""


def shape_of(experiment: Experiment, conditions: int = 1) -> Shape:
    """Return the shape of an experiment's network, told so many conditioning numbers."""
    dim = DATASETS[experiment.data].dim
    return Shape(**experiment.network.model_dump(), conditions=conditions, dim=dim)


def labelled_shape_of(experiment: Experiment, guided: bool = False) -> LabelledShape:
    """Return the shape of a network that is told a class, and perhaps a guidance."""
    network, dataset = experiment.network.model_dump(), DATASETS[experiment.data]
    return LabelledShape(**network, dim=dataset.dim, classes=dataset.modes, guided=guided)


def rebuild_with(process: Process, scalings: Rescale) -> Rebuild:
    """Return the `rebuild` of a method whose network stands between scalings, on a process."""

    def rebuild(experiment: Experiment, weights: Weights, parents: Parents) -> System:
        return System(process, shape_of(experiment).trained(scalings, weights))

    return rebuild


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


def family_of(
    experiment: Experiment, parents: Parents, families: Mapping[str, Family] = FAMILIES
) -> Family:
    """Return the family of the teacher, which must be of one of the methods named."""
    teacher = parents["teacher"].experiment
    method = teacher.method
    if method not in families:
        line = line_of(experiment, "needs", "teacher")
        message = f"a network of {method} cannot teach {experiment.method}"
        remedy = f"name one of: {', '.join(families)}"
        raise InputProblems([Problem(experiment.file, line, "ML105", message, remedy)])
    if method == "ddpm":
        return DDPM[str(teacher.train.options.get("betas", "linear"))]
    return families[method]


def teacher_of(parents: Parents, family: Family) -> Denoiser:
    """Return the frozen denoiser of the teacher."""
    teacher = parents["teacher"]
    return shape_of(teacher.experiment).trained(family.denoiser, teacher.weights)


def new_student_map(
    experiment: Experiment, parents: Parents, generator: torch.Generator
) -> FlowMap:
    """Return a flow map to be trained: with the weights of its teacher, a flow, if it has one."""
    shape = shape_of(experiment, conditions=2)
    student = new_flow_map(shape, generator)
    if "teacher" in experiment.needs:
        family_of(experiment, parents, {"flow_matching": FLOW})
        student.network.load_state_dict(as_flow_map(parents["teacher"].weights, shape))
    return student


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
