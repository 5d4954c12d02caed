"""What an experiment file says: one trained network, or one evaluated system, each.

A YAML file in `lessons/<module>/experiments/`. The reader reports every mistake with its line.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from pipelines.contracts.files import Strict as Strict  # methods extend it
from pipelines.contracts.keys import REAL, TRAIN, Sampling, written_scale
from pipelines.contracts.yaml_input import load_strict

Positive = Annotated[int, Field(gt=0)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


def _sayable(scale: float) -> float:
    """Let a guidance scale pass that the name of a system can say."""
    written_scale(scale)
    return scale


Scale = Annotated[float, AfterValidator(_sayable)]


class Network(Strict):
    """The point network: `layers` hidden layers of `hidden` units on Fourier features."""

    hidden: Positive = 128
    layers: Positive = 3
    frequencies: tuple[float, ...] = (1.0, 2.0, 4.0)  # of the input point
    noise_frequencies: Positive = 8  # of the noise level


class Train(Strict):
    """How long and how fast. `options` are the method's own, checked by the method."""

    steps: Positive
    batch: Positive
    lr: float = Field(gt=0)
    betas: tuple[float, float] = (0.9, 0.999)
    ema: float = Field(0.999, ge=0, lt=1)
    options: dict[str, float | int | str | bool] = Field(default_factory=dict)


def _sampler_with_steps(sampling: str) -> str:
    """Check the name of a sampler with its steps, without guidance; "" is none."""
    found = Sampling.parse(sampling) if sampling else None
    if found and (not found.steps or sampling != str(Sampling(found.sampler, found.steps))):
        raise ValueError(f"`{sampling}` is no sampler with its steps; write like `heun@150`")
    return sampling


class Evaluate(Strict):
    """Which samplers at which step counts; the re-noising levels of multistep sampling.

    `levels`: steps → noise levels after the first; `schedules`: `consistency-<name>@…` → such.
    """

    samplers: dict[str, tuple[Positive, ...]]
    levels: dict[Positive, tuple[float, ...]] = Field(default_factory=dict)
    schedules: dict[Name, tuple[float, ...]] = Field(default_factory=dict)
    guidance: tuple[Scale, ...] = ()
    metrics: tuple[str, ...] = ()  # besides those that the data always get
    # the sampler that stands for the exact ODE endpoint
    reference: Annotated[str, AfterValidator(_sampler_with_steps)] = ""

    @property
    def samplings(self) -> list[Sampling]:
        """Every sampler with its steps, then the schedules; without guidance and the reference."""
        plain, named = self.samplers.items(), self.schedules.items()
        jump = "consistency"
        usual = [Sampling(sampler, steps) for sampler, counts in plain for steps in counts]
        return usual + [Sampling(jump, len(at) + 1).scheduled(name) for name, at in named]


TRAINING = frozenset(("method", "data", "needs", "network", "train", "seed", "replicas"))
MEASURING = TRAINING | {"evaluate"}


class Experiment(Strict):
    """One network. `needs` maps a role (teacher) to the experiment that fills it."""

    name: str
    file: str
    title: str
    method: str
    data: str
    needs: dict[str, str] = Field(default_factory=dict)
    network: Network = Network()
    train: Train
    evaluate: Evaluate
    seed: int = 0
    replicas: Positive = 1  # networks trained alike from seed, seed + 1, …
    spread_from: str = ""  # the experiment whose repetitions stand for those that this one lacks

    def fields_as_json(self, fields: Collection[str]) -> str:
        """Return some fields as JSON: `TRAINING` decides its networks, `MEASURING` its rows."""
        return self.model_dump_json(include=set(fields))

    def for_training(self) -> Experiment:
        """Return what decides its networks, and nothing else: no title, no evaluation."""
        return self._only(TRAINING)

    def for_measuring(self) -> Experiment:
        """Return what decides its measurements, and nothing else: no title."""
        return self._only(MEASURING)

    def _only(self, fields: frozenset[str]) -> Experiment:
        kept = self.model_dump(include={"name", "file", *fields})
        return Experiment(**{"title": "", "evaluate": {"samplers": {}}} | kept)

    @property
    def evaluated(self) -> set[str]:
        """What its networks are evaluated with, told without guidance; the reference too."""
        return {*map(str, self.evaluate.samplings), self.evaluate.reference} - {""}

    def measures(self, sampling: Sampling) -> bool:
        """Say whether there are rows of a system, at any guidance; some are of no sampler."""
        beside = sampling.sampler in (TRAIN, REAL.sampler)
        return beside or str(sampling.guided(None)) in self.evaluated

    def draws_held_out(self, sampling: Sampling) -> bool:
        """Say that no data set of the plane has captions that could be held out."""
        return False


class Preset(Strict):
    """How much of everything a build spends. Nothing else may ask "is this a test?"."""

    name: str
    publish: bool  # pages of a preset that does not publish are stamped
    train_scale: float  # of the training steps
    samples: int  # evaluated points a system
    replicas: int | None = None  # at most this many a network; None: as the experiment says
    at_least: int = 1  # replicas of a network
    scenes: int = 8_000  # encoded for students of the tiny Stable Diffusion
    styled: int = 3_000  # the same, of each other style
    repeats: int = 7  # of each timing of the tiny Stable Diffusion
    prompts: int = 48  # captions a sampling seed, eight pictures each
    trainings: int = 1  # of each student of the tiny Stable Diffusion, from other seeds
    all_seeds: bool = False  # draw every picture, also where sampling.json says that fewer will do

    def steps(self, experiment: Experiment) -> int:
        return max(2, round(experiment.train.steps * self.train_scale))

    def seeds(self, experiment: Experiment) -> list[int]:
        wanted = max(experiment.replicas, self.at_least)
        count = wanted if self.replicas is None else min(self.replicas, wanted)
        return [experiment.seed + i for i in range(count)]


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(name="default", publish=True, train_scale=1.0, samples=20_000),
        Preset(
            name="smoke",
            publish=False,
            train_scale=0.004,
            samples=256,
            replicas=1,
            scenes=64,
            styled=64,
            prompts=2,
            repeats=1,
        ),
        Preset(  # for repetitions.json: see docs/experiments.md
            name="repeats",
            publish=True,
            train_scale=1.0,
            samples=20_000,
            at_least=5,
            prompts=16,
            trainings=5,
            all_seeds=True,
        ),
        Preset(
            name="full",
            publish=True,
            train_scale=1.0,
            samples=50_000,
            at_least=3,
            trainings=2,
            all_seeds=True,
        ),
    )
}


def teachers_of(students: int, teachers: int) -> list[int]:
    """Return which replica of the teacher each student learns from.

    Replica k from replica k if there are as many, so that a spread covers both; else all from
    the first.
    """
    return [k if teachers >= students else 0 for k in range(students)]


def load_experiment(path: Path) -> Experiment:
    """Read one experiment file.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    return load_strict(path, Experiment, "an experiment is a mapping", "write `method: …`")
