"""Networks trained together are those trained apart, for each teacher and student method."""

import pytest
import torch

from pipelines.contracts.experiment import Evaluate, Experiment, Network, Train, teachers_of
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.networks import Ensemble, PointMLP, Weights, initialise, member
from pipelines.diffusion.randomness import Source, gaussian, normal, stream
from pipelines.diffusion.training import fit
from pipelines.evaluation.plane.networks import parents_of, parents_together, training_of
from pipelines.methods.toy import Parent
from pipelines.registry import METHODS

SEEDS = (0, 1, 2)
STEPS = 30
TOGETHER = [name for name, method in METHODS.items() if method.together]
OF_FLOWS = {"reflow", "progressive_distillation"}  # methods whose teacher is a flow
FEW = {"reflow": {"pairs": 500, "teacher_steps": 4}}


def experiment(method: str) -> Experiment:
    return Experiment(
        name="toy", file="toy.yaml", title="Toy", method=method, data="moons",
        needs={role: "toy-edm" for role in METHODS[method].needs},
        network=Network(hidden=32, layers=2), evaluate=Evaluate(samplers={}),
        train=Train(steps=STEPS, batch=64, lr=1e-3, options=FEW.get(method, {})),
    )  # fmt: skip


def trained(method: str, parents: dict[str, Parent], source: Source) -> Weights:
    made = training_of(experiment(method), parents, source, STEPS)
    for _ in fit(made, DATASETS["moons"].draw, source):
        pass
    return made.weights()


def taught_by(method: str, teachers: dict[str, list[Weights]]) -> tuple[Parent, ...]:
    labelled = "guided_edm" if METHODS[method].labelled else "edm"
    said = "flow_matching" if method in OF_FLOWS else labelled
    return tuple(Parent(experiment(said), one) for one in teachers[labelled])


@pytest.fixture(scope="module")
def teachers() -> dict[str, list[Weights]]:
    return {
        method: [trained(method, {}, stream("teacher", seed)) for seed in SEEDS]
        for method in ("edm", "guided_edm")
    }


@pytest.mark.slow
@pytest.mark.parametrize("one_teacher", [False, True])
@pytest.mark.parametrize("method", TOGETHER)
def test_together_or_apart(
    method: str, one_teacher: bool, teachers: dict[str, list[Weights]]
) -> None:
    if one_teacher and not METHODS[method].needs:
        pytest.skip("it has no teacher")
    known = taught_by(method, teachers)[: 1 if one_teacher else None]
    lineage = {role: known for role in METHODS[method].needs}
    apart = [
        trained(method, parents_of(lineage, k, len(SEEDS)), stream("train", seed))
        for k, seed in enumerate(SEEDS)
    ]
    source = tuple(stream("train", seed) for seed in SEEDS)
    together = trained(method, parents_together(lineage, len(SEEDS)), source)
    for i, weights in enumerate(apart):
        ours = member(together, i)
        assert ours.keys() == weights.keys()
        for name, weight in weights.items():
            torch.testing.assert_close(ours[name], weight, rtol=1e-3, atol=1e-4)
    assert not torch.allclose(apart[0]["last.weight"], apart[1]["last.weight"], atol=1e-4)


def test_every_student_has_a_teacher_of_its_own_if_there_are_as_many() -> None:
    assert teachers_of(3, 3) == [0, 1, 2]
    assert teachers_of(1, 3) == [0]
    assert teachers_of(2, 3) == [0, 1]
    assert teachers_of(3, 1) == [0, 0, 0]


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
