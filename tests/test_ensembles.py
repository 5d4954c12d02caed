"""Networks trained together are those trained apart, for each teacher and student method."""

from importlib import import_module

import pytest
import torch

from pipelines.contracts.experiment import Evaluate, Experiment, Network, Train
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.ensembles import Ensemble, member
from pipelines.diffusion.networks import PointMLP, Weights, initialise
from pipelines.diffusion.randomness import Source, gaussian, normal, stream
from pipelines.diffusion.training import fit
from pipelines.methods.toy import Parent
from pipelines.registry import METHODS

SEEDS = (0, 1, 2)
STEPS = 30
TOGETHER = ("edm", "flow_matching", "ddpm", "consistency_training", "consistency_distillation")


def experiment(method: str) -> Experiment:
    return Experiment(
        name="toy", file="toy.yaml", title="Toy", method=method, data="moons",
        needs={"teacher": "toy-edm"} if method == "consistency_distillation" else {},
        network=Network(hidden=32, layers=2),
        train=Train(steps=STEPS, batch=64, lr=1e-3), evaluate=Evaluate(samplers={}),
    )  # fmt: skip


def trained(method: str, parents: dict[str, Parent], source: Source) -> Weights:
    made = import_module(METHODS[method].module).make(experiment(method), parents, source, STEPS)
    for _ in fit(made, DATASETS["moons"].draw, source):
        pass
    return made.weights()


@pytest.fixture(scope="module")
def teacher() -> dict[str, Parent]:
    return {"teacher": Parent(experiment("edm"), trained("edm", {}, stream("teacher")))}


@pytest.mark.parametrize("method", TOGETHER)
def test_together_or_apart(method: str, teacher: dict[str, Parent]) -> None:
    apart = [trained(method, teacher, stream("train", seed)) for seed in SEEDS]
    together = trained(method, teacher, tuple(stream("train", seed) for seed in SEEDS))
    for i, weights in enumerate(apart):
        ours = member(together, i)
        assert ours.keys() == weights.keys()
        for name, weight in weights.items():
            torch.testing.assert_close(ours[name], weight, rtol=1e-3, atol=1e-4)
    assert not torch.allclose(apart[0]["last.weight"], apart[1]["last.weight"], atol=1e-3)


def networks() -> list[PointMLP]:
    made = [PointMLP(16, 2, (1.0,), 4) for _ in SEEDS]
    for seed, network in zip(SEEDS, made, strict=True):
        initialise(network, stream("weights", seed))
    return made


def test_an_ensemble_answers_as_its_members() -> None:
    apart, x, c = networks(), normal(12, stream("x")), normal(12, stream("c"))[:, :1]
    together = Ensemble(apart)(x, c)
    each = [network(x[4 * i : 4 * i + 4], c[4 * i : 4 * i + 4]) for i, network in enumerate(apart)]
    torch.testing.assert_close(together, torch.cat(each))


def test_an_ensemble_takes_the_weights_of_one() -> None:
    apart = networks()
    ensemble = Ensemble(apart)
    ensemble.load_state_dict(apart[1].state_dict())
    for i in range(3):
        assert torch.equal(member(ensemble.state_dict(), i)["last.bias"], apart[1].last.bias)


def test_each_network_has_its_own_numbers() -> None:
    source = tuple(stream("train", seed) for seed in SEEDS)
    expected = [normal(5, stream("train", seed)) for seed in SEEDS]
    assert torch.equal(gaussian((15, 2), source), torch.cat(expected))
