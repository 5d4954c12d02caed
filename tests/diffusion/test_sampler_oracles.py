"""Every sampler's order on normal data, and more of them beside the schedulers of diffusers."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from pipelines.diffusion.denoisers import consistency_scalings, gaussian_denoiser, ideal_denoiser
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import (
    consistency,
    ddim,
    dpmpp_2m,
    euler,
    heun,
    last,
    midpoint,
    rk4,
    unipc,
)
from pipelines.diffusion.schedules import FlowMatching, VarianceExploding

MEAN = torch.tensor([0.3, -0.2], dtype=torch.float64)
DEVIATION = torch.tensor([1.0, 0.5], dtype=torch.float64)
NOISE = normal(64, stream("noise")).double()
HIGH, LOW = 4.0, 0.5


def ddim_alone(denoise: object, x: Tensor, levels: Tensor) -> object:
    return ddim(denoise, x, levels, [torch.zeros_like(x)] * (len(levels) - 2), 0.0)


def error(sampler: object, steps: int) -> float:
    """Integrate from sigma 4 to 0.5, evenly in ln sigma, and compare with the solution."""
    levels = torch.logspace(math.log2(HIGH), math.log2(LOW), steps + 1, 2.0, dtype=torch.float64)
    shrink = ((DEVIATION**2 + LOW**2) / (DEVIATION**2 + HIGH**2)).sqrt()
    exact = MEAN + (HIGH * NOISE - MEAN) * shrink
    end = last(sampler(gaussian_denoiser(MEAN, DEVIATION), HIGH * NOISE, levels))
    return (end - exact).square().mean().sqrt().item()


@pytest.mark.parametrize(
    ("sampler", "order"),
    [
        (euler, 1), (ddim_alone, 1), (heun, 2), (midpoint, 3),
        (dpmpp_2m, 2), (unipc, 2), (rk4, 4),
    ],
)  # fmt: skip
def test_order_of_convergence_on_normal_data(sampler: object, order: int) -> None:
    """The midpoint rule has order two elsewhere: normal data flatter it."""
    slopes = [math.log2(error(sampler, n) / error(sampler, 2 * n)) for n in (40, 80)]
    assert slopes[-1] == pytest.approx(order, abs=0.1)
    assert abs(slopes[1] - order) <= abs(slopes[0] - order) + 0.02  # and ever nearer to it


@pytest.mark.slow
def test_heun_is_that_of_diffusers() -> None:
    """Its scheduler takes the noise prediction, twice a step but for the last."""
    from diffusers import HeunDiscreteScheduler

    scheduler = HeunDiscreteScheduler(
        beta_start=1e-4, beta_end=0.02, use_karras_sigmas=True, prediction_type="epsilon"
    )
    scheduler.set_timesteps(12)
    denoise = ideal_denoiser(normal(50, stream("data")).double())
    sigmas = scheduler.sigmas.double()
    x = start = sigmas[0] * NOISE
    for at, (sigma, t) in enumerate(zip(sigmas, scheduler.timesteps, strict=False)):
        scheduler.scale_model_input(x, t)
        assert at < 23
        x = scheduler.step((x - denoise(x, sigma)) / sigma, t, x).prev_sample
    levels = torch.stack([a for a, b in pairwise([*sigmas, torch.tensor(-1.0)]) if a != b])
    assert len(levels) == 13
    torch.testing.assert_close(last(heun(denoise, start, levels)), x, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_flow_euler_is_that_of_diffusers() -> None:
    """Its scheduler takes the velocity noise - x0."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    scheduler = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(10)
    process, levels = FlowMatching(), scheduler.sigmas.double()

    def denoise(x: Tensor, t: Tensor) -> Tensor:
        gain = (1 - t) * DEVIATION**2 / ((1 - t) ** 2 * DEVIATION**2 + t**2)
        return MEAN + gain * (x - (1 - t) * MEAN)

    x = process.start(NOISE)
    for level, t in zip(levels, scheduler.timesteps, strict=False):
        x = scheduler.step((x - denoise(x, level)) / level, t, x).prev_sample
    ours = last(euler(denoise, NOISE, levels))
    torch.testing.assert_close(ours, x.double(), rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_multistep_consistency_is_that_of_diffusers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scalings, levels and re-noising of its scheduler, with the same noise."""
    from diffusers import CMStochasticIterativeScheduler
    from diffusers.schedulers import scheduling_consistency_models

    process = VarianceExploding()
    scheduler = CMStochasticIterativeScheduler(
        sigma_min=process.lowest, sigma_max=process.highest, sigma_data=1.0, rho=process.rho,
        clip_denoised=False,
    )  # fmt: skip
    scheduler.set_timesteps(4)
    levels = scheduler.sigmas[:4].double()
    fresh = [normal(64, stream("renoise", i)).double() for i in range(3)]
    given = iter([*fresh, torch.zeros_like(NOISE)])
    name = "randn_tensor"
    monkeypatch.setattr(scheduling_consistency_models, name, lambda *_, **__: next(given))

    def raw(x: Tensor, sigma: Tensor) -> Tensor:
        return (x - MEAN) / (1 + sigma) + MEAN.flip(0)

    def f(x: Tensor, sigma: Tensor) -> Tensor:
        c = consistency_scalings(sigma, process.lowest)
        return c.c_skip * x + c.c_out * raw(x, sigma)

    x = process.start(NOISE)
    for sigma, t in zip(levels, scheduler.timesteps, strict=True):
        scheduler.scale_model_input(x, t)
        x = scheduler.step(raw(x, sigma), t, x).prev_sample
    ours = last(consistency(f, process.start(NOISE), process, levels[1:].tolist(), fresh))
    torch.testing.assert_close(ours, x, rtol=1e-5, atol=1e-5)
