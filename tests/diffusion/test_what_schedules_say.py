"""Noise processes, scalings and learning rates against formulas written out."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pipelines.contracts.latent import Tuning
from pipelines.diffusion.denoisers import (
    Scalings,
    consistency_scalings,
    edm_scalings,
    flow_consistency_scalings,
    flow_scalings,
    trig_scalings,
)
from pipelines.diffusion.muon import Muon
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.schedules import (
    FlowMatching,
    Process,
    Segmented,
    TrigFlow,
    VarianceExploding,
    training_sigmas,
)
from pipelines.diffusion.systems import DDPM
from pipelines.diffusion.training import PlaneTraining, Settings, fit
from pipelines.diffusion.variance_preserving import (
    log_sigmas,
    noise_consistency_scalings,
    noise_scalings,
    sigma_at,
    time_of,
    variance_preserving,
)
from pipelines.methods.latent.training import LatentTraining

X0, NOISE = torch.full((1, 2), 2.0).double(), torch.tensor([[-1.0, 3.0]]).double()

# --- processes: signal and noise at a level ---


@pytest.mark.parametrize(
    ("process", "signal", "noise"),
    [
        (VarianceExploding(), 1.0, 0.4),
        (FlowMatching(), 0.6, 0.4),
        (TrigFlow(), math.cos(0.4), math.sin(0.4)),
        (DDPM["linear"].process, 1.0, 0.4),  # divided by sqrt(abar): sigma is the level
    ],
    ids=["exploding", "flow", "trigflow", "preserving"],
)
def test_noised_data_have_the_signal_and_the_noise_of_the_level(
    process: Process, signal: float, noise: float
) -> None:
    found = process.noised(X0, NOISE, torch.tensor(0.4, dtype=torch.float64))
    torch.testing.assert_close(found, signal * X0 + noise * NOISE)


def renoised_by_hand(name: str, level: float) -> Tensor:
    """Add variances: of what a point of the lowest level keeps, and of the new noise."""
    if name == "trigflow":  # whose lowest level is clean data
        return math.cos(level) * X0 + math.sin(level) * NOISE
    kept = (1 - level) / 0.99 if name == "flow" else 1.0  # the signal of a flow is 1 - level
    return kept * X0 + math.sqrt(level**2 - (kept * 0.01) ** 2) * NOISE


@pytest.mark.parametrize("level", [0.02, 0.6])
@pytest.mark.parametrize(
    ("name", "process"),
    [("exploding", VarianceExploding()), ("flow", FlowMatching()), ("trigflow", TrigFlow())],
    ids=["exploding", "flow", "trigflow"],
)
def test_renoising_adds_what_is_missing(name: str, process: Process, level: float) -> None:
    found = process.renoised(X0, NOISE, level)
    torch.testing.assert_close(found, renoised_by_hand(name, level))


@pytest.mark.parametrize(
    "process", [VarianceExploding(), FlowMatching(), TrigFlow()], ids=["edm", "flow", "trigflow"]
)
def test_halfway_levels_are_those_of_two_and_a_half_sigma(process: Process) -> None:
    for level, sigma in zip(process.halfway, (2.0, 0.5), strict=True):
        at = torch.tensor(level, dtype=torch.float64)
        noise = process.noised(0 * X0, NOISE, at)[0, 0] / NOISE[0, 0]
        signal = process.noised(X0, 0 * NOISE, at)[0, 0] / X0[0, 0]
        assert (noise / signal).item() == pytest.approx(sigma)


# --- levels at which samplers stop, and grids ---


def test_karras_levels_are_even_in_the_seventh_root_and_end_at_zero() -> None:
    """Karras et al. 2022, equation 5: rho = 7, from 10 to 0.01."""
    levels = VarianceExploding().levels(6).double()
    roots = np.linspace(10 ** (1 / 7), 0.01 ** (1 / 7), 6)
    assert levels[:-1].tolist() == pytest.approx(list(roots**7), rel=1e-5) and levels[-1] == 0
    grid = VarianceExploding().grid(5).double()
    assert grid.tolist() == pytest.approx(list(roots[::-1] ** 7), rel=1e-5)
    lower = VarianceExploding().levels(3, 2.0).double()[:-1] ** (1 / 7)
    middle = (2 ** (1 / 7) + 0.01 ** (1 / 7)) / 2
    assert lower.tolist() == pytest.approx([2 ** (1 / 7), middle, 0.01 ** (1 / 7)], rel=1e-5)


@pytest.mark.parametrize(
    ("process", "highest"),
    [(FlowMatching(), 1.0), (TrigFlow(), 1.4711277)],  # atan 10
    ids=["flow", "trigflow"],
)
def test_levels_of_flows_are_even(process: Process, highest: float) -> None:
    assert process.levels(4).tolist() == pytest.approx([highest * k / 4 for k in (4, 3, 2, 1, 0)])
    assert process.levels(2, 0.5).tolist() == pytest.approx([0.5, 0.25, 0.0])
    low = process.lowest
    wanted = [low + (highest - low) * k / 4 for k in range(5)]
    assert process.grid(4).tolist() == pytest.approx(wanted)


def test_segments_end_on_the_grid_and_the_last_at_zero() -> None:
    """Of 3 segments of 4 intervals each: every fourth level of the grid."""
    process = Segmented()
    wanted = [*process.grid(12).flip(0)[[0, 4, 8]].tolist(), 0.0]
    assert process.levels(3).tolist() == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("steps", [7, 12, 64])
def test_levels_of_ddpm_are_the_trailing_times_of_diffusers(steps: int) -> None:
    """round(T - i T / steps) - 1 (Lin et al. 2024, table 2), from the last time or from a cut."""
    for process, count in (
        (variance_preserving("linear"), 1000.0),
        (DDPM["linear"].process, time_of(torch.tensor(10.0).double(), "linear").item() + 1),
    ):
        found = time_of(process.levels(steps)[:-1].double(), "linear")
        wanted = np.round(count - np.arange(steps) * (count / steps)) - 1
        wanted[0] = count - 1
        assert found.tolist() == pytest.approx(wanted.tolist(), abs=2e-3)


def test_the_grid_of_ddpm_is_even_in_time() -> None:
    process = DDPM["linear"].process
    times = time_of(process.grid(8).double(), "linear")
    last = time_of(torch.tensor(10.0).double(), "linear").item()
    assert times.tolist() == pytest.approx([last * k / 8 for k in range(9)], abs=1e-2)


def test_sigma_between_two_times_is_their_geometric_mean() -> None:
    table = log_sigmas("linear").exp()
    half = sigma_at(torch.tensor([20.5, 600.5]).double(), "linear")
    torch.testing.assert_close(half, (table[[20, 600]] * table[[21, 601]]).sqrt())


# --- scalings ---

SIGMA = torch.tensor([0.3, 2.0], dtype=torch.float64)


@pytest.mark.parametrize(
    ("scalings", "told"),
    [
        (edm_scalings(SIGMA), SIGMA.log() / 4),
        (consistency_scalings(SIGMA, 0.01), SIGMA.log() / 4),
        (flow_scalings(SIGMA), SIGMA),
        (trig_scalings(SIGMA.atan()), SIGMA.log() / 4),  # that of EDM, of sigma = tan t
    ],
    ids=["edm", "consistency", "flow", "trig"],
)
def test_a_network_is_told_its_level(scalings: Scalings, told: Tensor) -> None:
    """c_noise = ln(sigma) / 4 (Karras et al. 2022, table 1); a flow is told t itself."""
    torch.testing.assert_close(scalings.c_noise, told)


@pytest.mark.parametrize("betas", ["linear", "cosine"])
def test_a_noise_network_is_told_its_time_over_t(betas: str) -> None:
    for t in (0, 7, 500, 990):
        sigma = log_sigmas(betas)[t].exp()
        told = noise_scalings(sigma, betas).c_noise.item()
        assert 1000 * told == pytest.approx(t, abs=1e-6)


def test_the_student_of_a_noise_network_walks_to_the_lowest_level() -> None:
    """With the noise itself as the network's output it lands on x0 + lowest noise."""
    x_t = X0 + 2.0 * NOISE
    c = noise_consistency_scalings(torch.tensor([[2.0]]).double(), "linear", lowest=0.01)
    torch.testing.assert_close(c.c_skip * x_t + c.c_out * NOISE, X0 + 0.01 * NOISE)


def test_the_student_of_a_flow_walks_to_the_lowest_level() -> None:
    """With the velocity noise - x0 as output it lands on (1 - lowest) x0 + lowest noise."""
    x_t = 0.3 * X0 + 0.7 * NOISE
    c = flow_consistency_scalings(torch.tensor([[0.7]]).double(), lowest=0.01)
    landed = c.c_skip * x_t + c.c_out * (NOISE - X0)
    torch.testing.assert_close(landed, 0.99 * X0 + 0.01 * NOISE)


def test_edm_trains_at_lognormal_levels() -> None:
    """ln sigma ~ N(-0.8, 1.4²), from 0.002 to 80."""
    logs = training_sigmas(100_000, stream("levels")).log()
    assert logs.shape == (100_000, 1)
    assert logs.mean().item() == pytest.approx(-0.8, abs=0.02)
    assert logs.std().item() == pytest.approx(1.4, abs=0.02)
    assert logs.min().item() == pytest.approx(math.log(0.002), rel=1e-5)
    assert logs.max() <= math.log(80) + 1e-5


# --- learning rates, averages, steps ---


class Recorded:
    """Fit one point to noise; the weights after every step are kept in `live`."""

    cycles = 1

    def __init__(self) -> None:
        self.network = nn.Linear(1, 2)
        for weight in self.network.parameters():
            nn.init.zeros_(weight)
        self.live = [torch.zeros(2)]

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        return (self.network(torch.zeros(len(x0), 1)) - x0 - 1).square().mean()

    def stepped(self, progress: float) -> None:
        self.live.append(self.network.bias.detach().clone())

    def terms(self, step: int) -> dict[str, Tensor]:
        if step:
            self.stepped(0.0)
        return {"loss": self.loss(normal(8, stream("batch", step)), stream("unused"), 0.0)}


def averaged(live: list[Tensor], decay: float) -> Tensor:
    """Return the moving average, its decay min(decay, (i + 1) / (i + 10)) at step i."""
    kept = live[0]
    for i, weights in enumerate(live[1:]):
        share = min(decay, (i + 1) / (i + 10))
        kept = share * kept + (1 - share) * weights
    return kept


def test_a_plane_training_keeps_the_average_of_its_weights() -> None:
    told = Recorded()
    training = PlaneTraining(told, Settings(30, 8, 0.5, (0.9, 0.999), 0.7))
    list(fit(training, normal, stream("train")))
    kept = training.weights()["bias"]
    torch.testing.assert_close(kept, averaged(told.live, 0.7))
    assert (kept - told.live[-1]).abs().max() > 1e-3


def test_a_latent_training_keeps_the_average_of_its_weights() -> None:
    told = Recorded()
    plan = Tuning(steps=30, batch=8, lr=0.02, adam_lr=0.5, ema=0.7, warm_up=1)
    training = LatentTraining(told, plan)
    for _ in range(30):
        training.step()
    told.stepped(1.0)
    torch.testing.assert_close(training.weights()["bias"], averaged(told.live, 0.7))
    assert (training.weights()["bias"] - told.live[-1]).abs().max() > 1e-3


def test_each_cycle_warms_up_and_falls_anew() -> None:
    training = PlaneTraining(Recorded(), Settings(400, 4, 1.0, (0.9, 0.999), 0.7, cycles=2))
    rates = [row["lr"] for row in fit(training, normal, stream("train"))]
    assert rates[:200] == rates[200:] and training.adam.lr == rates[-1]
    assert rates[0] < rates[50] < rates[90] > rates[150] > rates[199]
    cosine = (1 + math.cos(math.pi * 150 / 200)) / 2
    assert rates[150] == pytest.approx(0.01 + 0.99 * cosine)


def test_matrices_take_the_rate_of_muon_and_vectors_that_of_adam() -> None:
    plan = Tuning(steps=10, batch=8, lr=0.02, adam_lr=0.5, warm_up=2, fall=0.5)
    training, asked = LatentTraining(Recorded(), plan), list[tuple[float, ...]]()
    training.muon = SimpleNamespace(zero_grad=lambda: None, step=lambda *r: asked.append(r))
    for _ in range(10):
        training.step()
    shares = [0.5, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2]
    assert asked == [pytest.approx((0.02 * share, 0.5 * share)) for share in shares]


@pytest.mark.parametrize("shape", [(12, 5), (5, 12)], ids=["tall", "wide"])
def test_muon_steps_as_that_of_torch(shape: tuple[int, int]) -> None:
    """Momentum, Nesterov's look ahead and the factor of tall matrices; torch's has 3 digits."""
    from torch.optim import Muon as Theirs

    one, other = nn.Linear(*shape[::-1], bias=False), nn.Linear(*shape[::-1], bias=False)
    other.load_state_dict(one.state_dict())
    ours, before = Muon(one), one.weight.detach().clone()
    theirs = Theirs(other.parameters(), lr=0.1, weight_decay=0.0, momentum=0.95, nesterov=True)
    for seed in range(4):
        gradient = torch.randn(shape, generator=stream("gradient", seed))
        one.weight.grad, other.weight.grad = gradient, gradient.clone()
        ours.step(0.1, 0.0)
        theirs.step()
    moved = (other.weight - before).detach()
    torch.testing.assert_close(one.weight - before, moved, rtol=0, atol=0.02)
    assert moved.norm() > 0.3
