"""The loop behind all parts: its rate, its average, going on after an interruption, no numbers."""

import pytest
import torch
from torch import Tensor, nn

from pipelines.contracts.latent import Tuning
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent.training import LatentTraining, embeddings, rate


class Copying:
    """Learn to give back a fixed map of step-numbered inputs; spoilt from `spoilt` on."""

    def __init__(self, spoilt: int | None = None) -> None:
        self.network = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 5))
        for weight in self.network.parameters():
            nn.init.normal_(weight, 0, 0.3, generator=stream("copying"))
        self.spoilt = spoilt

    def terms(self, step: int) -> dict[str, Tensor]:
        x = torch.randn(32, 5, generator=stream("copying", step))
        if step == self.spoilt:
            x[0, 0] = torch.nan
        error = (self.network(x) - x.flip(1)).square().mean()
        return {"loss": error, "error": error}


def tuning(**other: float) -> Tuning:
    return Tuning.model_validate({"steps": 60, "batch": 1, "lr": 0.05, "ema": 0.9, **other})


def test_the_rate_warms_up_stays_and_falls_to_nothing():
    plan = tuning(steps=100, warm_up=10, fall=0.5)
    assert [rate(step, plan) for step in (0, 4, 9, 30, 50)] == [0.1, 0.5, 1.0, 1.0, 1.0]
    assert rate(75, plan) == pytest.approx(0.5)
    assert rate(99, plan) == pytest.approx(0.02)


def test_a_training_learns_and_tells_its_terms():
    training = LatentTraining(Copying(), tuning())
    rows = [training.step() for _ in range(60)]
    assert rows[-1]["loss"] < 0.3 * rows[0]["loss"]
    assert rows[-1].keys() == {"step", "loss", "error"} and rows[-1]["step"] == 60
    assert training.seconds > 0


def test_an_interrupted_training_goes_on_as_if_it_had_not_been():
    whole, first, second = (LatentTraining(Copying(), tuning()) for _ in range(3))
    for _ in range(20):
        whole.step()
    for _ in range(8):
        first.step()
    second.restore({name: value.clone() for name, value in first.state().items()})
    for _ in range(12):
        second.step()
    assert second.done == 20 and second.seconds > first.seconds
    for name, kept in whole.weights().items():
        assert torch.equal(kept, second.weights()[name]), name


def test_without_decay_the_last_weights_are_kept():
    training = LatentTraining(Copying(), tuning(ema=0.0))
    training.step()
    for name, weight in training.objective.network.named_parameters():
        assert torch.equal(weight, training.weights()[name])


def test_no_number_stops_with_step_and_cause():
    training = LatentTraining(Copying(spoilt=3), tuning())
    for _ in range(3):
        training.step()
    with pytest.raises(FloatingPointError, match=r"step 4: loss nan, .*the batch gave it"):
        training.step()
    with torch.no_grad():
        training.objective.network[2].weight[0, 0] = torch.inf
    with pytest.raises(FloatingPointError, match=r"the weights of `2\.weight` are no numbers"):
        training.step()


def test_tables_of_tokens_are_no_matrices():
    network = nn.Sequential(nn.Embedding(7, 3), nn.Linear(3, 3))
    assert [weight.shape for weight in embeddings(network)] == [(7, 3)]
