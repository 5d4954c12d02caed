"""Denoisers and flows of the plane: each loss, and its gradient, against the paper's formula.

A test draws the same random numbers as the loss, in the same order, and writes the formula out.
"""

import copy
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import torch
from loss_samples import MOON, X0, B, check, edm_denoised, made, rand, randint, randn
from method_samples import experiment
from torch import Tensor, nn

from pipelines.diffusion.networks import initialise
from pipelines.diffusion.randomness import stream
from pipelines.diffusion.samplers import last, rk4
from pipelines.methods.toy import ddpm
from pipelines.registry import METHODS


def slope_along(
    function: Callable[..., Tensor], point: tuple[Tensor, ...], way: tuple[Tensor, ...]
) -> Tensor:
    """Return a central difference of a function, in double precision."""
    h, pairs = 1e-5, [(a.double(), b.double()) for a, b in zip(point, way, strict=True)]
    with torch.no_grad():
        after, before = (function(*(a + k * h * b for a, b in pairs)) for k in (1, -1))
    return ((after - before) / (2 * h)).float()


# --- denoisers ---------------------------------------------------------------------------------


def test_edm_weighs_the_error_of_the_denoised_data(tmp_path: Path) -> None:
    """Karras et al. 2022, equations 2 and 8: lambda = (sigma² + 1) / sigma²."""
    objective, generator = made(tmp_path, "edm"), stream("loss")
    sigma = (-0.8 + 1.4 * randn(generator, 1)).exp().clamp(0.002, 80)
    noise = randn(generator)
    pred_x0 = edm_denoised(objective.network, X0 + sigma * noise, sigma)
    check(objective, ((sigma**2 + 1) / sigma**2 * (pred_x0 - X0) ** 2).mean())


def test_guided_edm_hides_a_class_from_the_weighted_error(tmp_path: Path) -> None:
    """Ho & Salimans 2022, Algorithm 1: the class is that of x0, or the null label -1."""
    objective, generator = made(tmp_path, "guided_edm", "{dropped: 0.3}"), stream("loss")
    sigma = (-0.8 + 1.4 * randn(generator, 1)).exp().clamp(0.002, 80)
    noise = randn(generator)
    label = torch.where(rand(generator) < 0.3, -1.0, MOON)
    pred_x0 = edm_denoised(objective.network, X0 + sigma * noise, sigma, label)
    check(objective, ((sigma**2 + 1) / sigma**2 * (pred_x0 - X0) ** 2).mean())


def cosine_abar() -> Tensor:
    """Return abar_t of Nichol & Dhariwal 2021, equation 17."""
    t = torch.arange(1001, dtype=torch.float64) / 1000
    abar = ((t + 0.008) / 1.008 * torch.pi / 2).cos() ** 2
    return torch.cumprod((abar[1:] / abar[:-1]).clamp_min(0.001), 0)


ABAR = {
    "linear": torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0),
    "cosine": cosine_abar(),
}


@pytest.mark.parametrize("betas", ABAR)
def test_ddpm_predicts_the_noise_at_the_time_that_it_is_told(tmp_path: Path, betas: str) -> None:
    """Ho et al. 2020, Algorithm 1, t from 0 to T - 1; the network is told t / T."""
    objective, generator = made(tmp_path, "ddpm", f"{{betas: {betas}}}"), stream("loss")
    t = randint(1000, generator)
    noise, abar = randn(generator), ABAR[betas].float()[t]
    x_t = abar.sqrt() * X0 + (1 - abar).sqrt() * noise
    check(objective, (objective.network(x_t, t / 1000) - noise).square().mean())


@pytest.mark.parametrize("betas", ABAR)
def test_ddpm_is_sampled_at_the_times_at_which_it_was_trained(tmp_path: Path, betas: str) -> None:
    """x0 = (x_t - sqrt(1 - abar_t) F(x_t, t / T)) / sqrt(abar_t), of states x_t / sqrt(abar_t)."""
    told = experiment(tmp_path, "ddpm", f"{{betas: {betas}}}")
    network = ddpm.make(told, {}, stream("make")).network
    system = ddpm.rebuild(told, network.state_dict(), {})
    for t in (0, 1, 400, 998):
        abar, x_t = ABAR[betas][t].float(), randn(stream("x"))
        pred_noise = network(x_t, torch.full((B, 1), t / 1000))
        pred_x0 = (x_t - (1 - abar).sqrt() * pred_noise) / abar.sqrt()
        sigma = ((1 - ABAR[betas][t]) / ABAR[betas][t]).sqrt().float()
        found = system.denoise(x_t / abar.sqrt(), sigma)
        torch.testing.assert_close(found, pred_x0, rtol=1e-3, atol=1e-4)


# --- flows -------------------------------------------------------------------------------------


def test_flow_matching_predicts_the_way_from_data_to_noise(tmp_path: Path) -> None:
    """Lipman et al. 2023 with t = 1 as noise: F((1 - t) x0 + t z, t) = z - x0."""
    objective, generator = made(tmp_path, "flow_matching"), stream("loss")
    t, noise = rand(generator), randn(generator)
    pred_v = objective.network((1 - t) * X0 + t * noise, t)
    check(objective, (pred_v - (noise - X0)).square().mean())


def test_flow_matching_at_logit_normal_times(tmp_path: Path) -> None:
    """Esser et al. 2024, section 3.1: t / (1 - t) = exp(m + s n), noise over signal."""
    options = "{times: logit_normal, mean: 0.5, deviation: 0.7}"
    objective, generator = made(tmp_path, "flow_matching", options), stream("loss")
    ratio = (0.5 + 0.7 * randn(generator, 1)).exp()
    t, noise = ratio / (1 + ratio), randn(generator)
    pred_v = objective.network((1 - t) * X0 + t * noise, t)
    check(objective, (pred_v - (noise - X0)).square().mean())


@pytest.mark.parametrize("one_step", [False, True])
def test_reflow_matches_the_velocity_between_a_noise_and_its_own_end(
    tmp_path: Path, one_step: bool
) -> None:
    """Liu et al. 2022, equation 1, with the teacher's coupling; t = 1 where it is distilled."""
    options = f"{{pairs: 48, teacher_steps: 6, one_step: {str(one_step).lower()}}}"
    objective = made(tmp_path, "reflow", options)
    generator, teacher = stream("loss"), objective.pairs.teacher.denoise.network

    def denoised(x: Tensor, t: Tensor) -> Tensor:
        return x - t * teacher(x, t.expand(len(x), 1))

    starts = randn(generator, rows=48)
    ends = last(rk4(denoised, starts, torch.linspace(1, 0, 7)))
    at, t = randint(48, generator).flatten(), rand(generator)
    t = torch.ones(B, 1) if one_step else t
    noise, end = starts[at], ends[at]
    pred_v = objective.network((1 - t) * end + t * noise, t)
    check(objective, (pred_v - (noise - end)).square().mean())


def halved(student: nn.Module, teacher: nn.Module, steps: int) -> Tensor:
    """Return the loss of Salimans & Ho 2022, Algorithm 2, for velocities."""
    generator = stream("loss")
    t = (1 + randint(steps, generator)) / steps
    x_t = (1 - t) * X0 + t * randn(generator)
    half = 1 / (2 * steps)
    with torch.no_grad():
        middle = x_t - half * teacher(x_t, t)
        landed = middle - half * teacher(middle, t - half)
    return (student(x_t, t) - (x_t - landed) / (1 / steps)).square().mean()


def test_progressive_distillation_does_two_steps_of_the_teacher_in_one(tmp_path: Path) -> None:
    objective = made(tmp_path, "progressive_distillation", "{start: 8}")
    check(objective, halved(objective.network, objective.teacher.network, 4))


def test_progressive_distillation_goes_on_from_a_frozen_copy_of_the_student(
    tmp_path: Path,
) -> None:
    """Round two of three: half the steps, and the student of round one is the teacher."""
    objective = made(tmp_path, "progressive_distillation", "{start: 8}")
    first = copy.deepcopy(objective.network)
    objective.loss(X0, stream("begins"), 0.34)
    initialise(objective.network, stream("learned"))
    check(objective, halved(objective.network, first, 2), progress=0.5)


def test_shortcut_matches_the_flow_and_agrees_with_two_half_steps(tmp_path: Path) -> None:
    """Frans et al. 2024, Algorithm 1: a quarter of the batch asks for consistency."""
    objective, generator = made(tmp_path, "shortcut", "{halvings: 3}"), stream("loss")
    network, target = objective.network, objective.target.network
    noise, cut = randn(generator), B // 4
    steps = 2.0 ** randint(3, generator, cut)
    t = ((rand(generator, cut) * steps).floor() + 1) / steps
    x_t, half = (1 - t) * X0[:cut] + t * noise[:cut], 1 / (2 * steps)
    told = torch.where(half == 1 / 8, 0.0, half)  # the smallest step is the flow itself
    with torch.no_grad():
        first = target(x_t, torch.cat([t, told], 1))
        second = target(x_t - half * first, torch.cat([t - half, told], 1))
    jump = network(x_t, torch.cat([t, 1 / steps], 1))
    consistent = (jump - (first + second) / 2).square().sum(1)
    t = rand(generator, B - cut)
    x_t = (1 - t) * X0[cut:] + t * noise[cut:]
    flow = network(x_t, torch.cat([t, 0 * t], 1))
    matched = (flow - (noise[cut:] - X0[cut:])).square().sum(1)
    assert set(half.flatten().tolist()) == {1 / 2, 1 / 4, 1 / 8}
    check(objective, (consistent.sum() + matched.sum()) / B)


def test_shortcut_and_meanflow_jump_from_noise_towards_data(tmp_path: Path) -> None:
    """x_r = x_t - (t - r) u(x_t, t, t - r)."""
    for method in ("shortcut", "meanflow"):
        told, x = experiment(tmp_path, method), randn(stream("x"))
        network = made(tmp_path, method).network
        system = import_module(METHODS[method].module).rebuild(told, network.state_dict(), {})
        u = network(x, torch.tensor([[0.8, 0.8 - 0.3]]).expand(B, 2))
        found = system.denoise(x, torch.tensor(0.8), torch.tensor(0.3))
        torch.testing.assert_close(found, x - (0.8 - 0.3) * u)


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_meanflow_minimises_the_error_of_its_identity(tmp_path: Path, power: float) -> None:
    """Geng et al. 2025, Algorithm 1: u = v - (t - r) (v ∂u/∂x + ∂u/∂t), v = z - x0."""
    objective, generator = made(tmp_path, "meanflow", f"{{power: {power}}}"), stream("loss")
    both = torch.sigmoid(-0.4 + randn(generator))
    t = both.amax(1, keepdim=True)
    apart = torch.arange(B)[:, None] < B // 2
    r = torch.where(apart, both.amin(1, keepdim=True), t)
    noise = randn(generator)
    x_t, v, one = (1 - t) * X0 + t * noise, noise - X0, torch.ones(B, 1)
    exact = copy.deepcopy(objective.network).double()
    rate = slope_along(
        lambda x, r, t: exact(x, torch.cat([t, t - r], 1)), (x_t, r, t), (v, 0 * one, one)
    )
    u = objective.network(x_t, torch.cat([t, t - r], 1))
    gap = (u - (v - (t - r) * rate)).square().sum(1)
    check(objective, (gap / (gap.detach() + 1e-3) ** power).mean())
