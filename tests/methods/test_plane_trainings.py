"""Short trainings on two clusters, each method sampled with a sampler of its own.

A bound on the energy distance to the data says that a method has learned. Each test shows what its
bound excludes: the network with which the training began, all samples in one point, and one
cluster alone. Consistency functions have such trainings in `test_students.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
import torch
from method_samples import experiment
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Network
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.metrics import energy_distance
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import last
from pipelines.diffusion.training import fit
from pipelines.evaluation.plane.networks import training_of
from pipelines.methods.toy import Parent
from pipelines.registry import METHODS

pytestmark = pytest.mark.slow
CENTRE = torch.tensor([-0.6, 1.2])  # of a cluster on the upper moon; the other lies opposite
COUNT = 1000
SMALL = Network(hidden=32, layers=2, frequencies=(1.0,), noise_frequencies=8)


@dataclass(frozen=True)
class Case:
    """A short training, and how its samples are judged."""

    sampler: str
    steps: int  # of the sampler
    bound: float  # of the energy distance to the data
    options: str = "{}"
    teacher: str = ""
    updates: int = 400
    lr: float = 4e-3


CASES = {
    "edm": Case("heun", 12, 0.04),
    "guided_edm": Case("heun", 12, 0.04, updates=500),
    "ddpm": Case("ddim", 16, 0.08),
    "flow_matching": Case("flow_euler", 16, 0.06),
    "guided_consistency": Case("consistency", 1, 0.04, teacher="guided_edm", updates=300),
    "multistep_consistency": Case("euler", 2, 0.04, "{segments: 2}", "edm", 300),
    "reflow": Case("flow_euler", 1, 0.12, "{pairs: 2000, teacher_steps: 6}", "flow_matching", 300),
    "progressive_distillation": Case("flow_euler", 1, 0.12, "{start: 8}", "flow_matching"),
    "gan": Case("generate", 1, 0.1, "{r1: 1.0, critic_lr: 4.0e-3}", updates=600, lr=2e-3),
    "add": Case("consistency", 1, 0.12, "{}", "edm", 200),
    "dmd": Case("generate", 1, 0.12, "{pairs: 1000, teacher_steps: 8}", "edm", 150),
    "shortcut": Case("flow_map", 4, 0.06, "{halvings: 3}", updates=500, lr=8e-3),
    "meanflow": Case("flow_map", 2, 0.12, lr=8e-3),
}


def data(count: int, generator: torch.Generator) -> Tensor:
    side = 1 - 2 * torch.randint(2, (count, 1), generator=generator)
    return side * CENTRE + 0.2 * normal(count, generator)


REAL = data(COUNT, stream("real"))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """More threads only wait for each other on networks this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Trainings:
    """Each method trained when it is first asked for: teachers serve several students."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.done = folder, dict[str, Parent]()

    def told(self, method: str) -> Experiment:
        """Return the experiment of a method on the small network."""
        case, made = CASES[method], experiment(self.folder, method, CASES[method].options)
        rates = {"batch": 256, "lr": case.lr, "betas": (0.9, 0.99), "ema": 0.99}
        train = made.train.model_copy(update={"steps": case.updates, **rates})
        return made.model_copy(update={"network": SMALL, "train": train})

    def family(self, method: str) -> dict[str, Parent]:
        """Return the teacher of a method, if it has one."""
        teacher = CASES[method].teacher
        return {"teacher": self.learned(teacher)} if teacher else {}

    def learned(self, method: str) -> Parent:
        """Return the network of a method after its training."""
        if method not in self.done:
            told, updates = self.told(method), CASES[method].updates
            training = training_of(told, self.family(method), stream("train"), updates)
            for _ in fit(training, data, stream("data", method)):
                pass
            self.done[method] = Parent(told, training.weights())
        return self.done[method]

    def fresh(self, method: str) -> Weights:
        """Return the weights with which the training of a method begins."""
        told, family = self.told(method), self.family(method)
        return training_of(told, family, stream("train"), 1).weights()

    def samples(self, method: str, weights: Weights, guidance: float | None = None) -> Tensor:
        """Return what a method's own sampler makes of weights."""
        case, module = CASES[method], import_module(METHODS[method].module)
        system = module.rebuild(self.told(method), weights, self.family(method)).guided(guidance)
        further = [(0.0, normal(COUNT, stream("further", i))) for i in range(case.steps - 1)]
        renoise = further if case.sampler == "ddim" else ()
        return last(
            system.states(case.sampler, case.steps, normal(COUNT, stream("noise")), renoise)
        )


@pytest.fixture(scope="module")
def trainings(tmp_path_factory: pytest.TempPathFactory) -> Trainings:
    return Trainings(tmp_path_factory.mktemp("trainings"))


@pytest.mark.parametrize("method", CASES)
def test_a_short_training_reaches_both_clusters(trainings: Trainings, method: str) -> None:
    bound = CASES[method].bound
    assert CASES[method].sampler in METHODS[method].samplers
    untrained = trainings.samples(method, trainings.fresh(method))
    collapsed = REAL.mean(dim=0) + 0 * REAL
    one_cluster = CENTRE + 0.2 * normal(COUNT, stream("one"))
    for excluded in (untrained, collapsed, one_cluster):
        assert energy_distance(excluded, REAL) > 1.5 * bound
    samples = trainings.samples(method, trainings.learned(method).weights)
    assert energy_distance(samples, REAL) < bound


@pytest.mark.parametrize("method", ["guided_edm", "guided_consistency"])
def test_guidance_brings_samples_into_the_class_asked_for(
    trainings: Trainings, method: str
) -> None:
    """Rows ask for the classes in turn. So short a training errs in a sixth without guidance."""

    def accuracy(weights: Weights, guidance: float) -> float:
        x = trainings.samples(method, weights, guidance)
        return (DATASETS["moons"].mode(x) == torch.arange(COUNT) % 2).double().mean().item()

    weights = trainings.learned(method).weights
    at_one, at_three = (accuracy(weights, w) for w in (1.0, 3.0))
    assert at_one > 0.75
    assert at_three > max(0.87, at_one + 0.04)
    assert accuracy(trainings.fresh(method), 3.0) < 0.55
