"""The loop: its rate, its average, its end; on a problem with a known solution."""

import pytest
import torch
from torch import Tensor, nn

from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.training import Average, PlaneTraining, Settings, fit, follow, rate


class Mean:
    """Fit one point to the data: the solution is their mean."""

    def __init__(self) -> None:
        self.network = nn.Linear(1, 2)
        self.seen: list[float] = []
        self.scale = 1.0

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        return self.scale * (self.network(torch.zeros(len(x0), 1)) - x0).square().mean()

    def stepped(self, progress: float) -> None:
        self.seen.append(progress)


def shifted(count: int, generator: torch.Generator) -> Tensor:
    return normal(count, generator) + torch.tensor([1.0, -2.0])


def training(steps: int = 400, ema: float = 0.99) -> PlaneTraining:
    return PlaneTraining(Mean(), Settings(steps, 64, 0.05, (0.9, 0.999), ema))


def test_the_mean_is_found() -> None:
    made = training()
    table = list(fit(made, shifted, stream("train")))
    torch.testing.assert_close(
        made.weights()["bias"], torch.tensor([1.0, -2.0]), rtol=0, atol=0.05
    )
    assert [row["step"] for row in table] == list(range(1, 401))
    assert made.objective.seen[0] == 0
    assert made.objective.seen[-1] == pytest.approx(399 / 400)


def test_the_same_seed_gives_the_same_bits() -> None:
    ends = []
    for _ in range(2):
        made = training(30)
        nn.init.zeros_(made.objective.network.weight)
        nn.init.zeros_(made.objective.network.bias)
        made.average = Average(made.objective.network, 0.99)
        list(fit(made, shifted, stream("train", 3)))
        ends.append(made.weights()["bias"])
    assert torch.equal(*ends)


def test_rate_warms_up_and_falls_to_one_per_cent() -> None:
    assert rate(0, 1000) == pytest.approx(0.01, rel=1e-3)
    assert rate(99, 100_000) == pytest.approx(1, rel=1e-3)
    assert rate(500, 1000) == pytest.approx(0.505)
    assert rate(1000, 1000) == pytest.approx(0.01)


def test_average_ramps_then_decays() -> None:
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    average = Average(network, 0.15)
    nn.init.ones_(network.weight)
    average.update()  # decay (0 + 1) / (0 + 10)
    assert average.weights()["weight"].item() == pytest.approx(0.9)
    average.update()  # decay min(0.15, 2 / 11)
    assert average.weights()["weight"].item() == pytest.approx(1 - 0.15 * 0.1)


def test_follow_with_decay_zero_copies() -> None:
    kept, live = [torch.zeros(3)], [torch.arange(3.0)]
    follow(kept, live, 0.0)
    assert torch.equal(kept[0], live[0])


def test_a_loss_that_is_not_finite_is_named() -> None:
    made = training()
    made.objective.scale = float("inf")
    with pytest.raises(FloatingPointError, match="step 1"):
        list(fit(made, shifted, stream("train")))
