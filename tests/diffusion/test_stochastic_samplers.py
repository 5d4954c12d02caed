"""DDPM's process, DDIM, ancestral sampling and UniPC: closed forms, order, and diffusers."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from pipelines.diffusion.denoisers import Counted, gaussian_denoiser, ideal_denoiser
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import ETAS, ddim, dpmpp_2m, euler, last, rk4, unipc
from pipelines.diffusion.systems import DDPM, System
from pipelines.diffusion.variance_preserving import (
    STEPS,
    alphas_cumprod,
    log_sigmas,
    sigma_at,
    time_of,
    variance_preserving,
)

MEAN = torch.tensor([0.3, -0.2], dtype=torch.float64)
DEVIATION = torch.tensor([1.0, 0.5], dtype=torch.float64)
NOISE = normal(64, stream("noise")).double()
PROCESS = variance_preserving("linear")


def noises(steps: int, count: int = 64) -> list[Tensor]:
    return [normal(count, stream("ancestral", i)).double() for i in range(steps - 1)]


def test_linear_betas_multiply_to_abar() -> None:
    abar = alphas_cumprod("linear")
    assert abar[0].item() == pytest.approx(1 - 1e-4)
    assert abar[1].item() == pytest.approx((1 - 1e-4) * (1 - 1e-4 - 0.0199 / 999))
    assert abar[-1].item() == pytest.approx(4.0358e-5, rel=1e-4)


def test_cosine_abar_is_a_squared_cosine() -> None:
    t = torch.tensor([99, 499, 899])
    ends = ((t + 1) / STEPS + 0.008) / 1.008 * math.pi / 2
    start = math.cos(0.008 / 1.008 * math.pi / 2)
    expected = (ends.double().cos() / start) ** 2
    torch.testing.assert_close(alphas_cumprod("cosine")[t], expected, rtol=1e-6, atol=0)


@pytest.mark.parametrize("betas", ["linear", "cosine"])
def test_times_and_sigmas_are_inverse(betas: str) -> None:
    t = torch.tensor([[0.0], [0.4], [17.0], [500.25], [999.0]], dtype=torch.float64)
    torch.testing.assert_close(time_of(sigma_at(t, betas), betas), t, rtol=0, atol=1e-7)
    whole = sigma_at(torch.arange(STEPS, dtype=torch.float64), betas)
    torch.testing.assert_close(whole, log_sigmas(betas).exp())


def test_levels_are_evenly_spaced_times_from_the_last() -> None:
    levels = PROCESS.levels(10).double()
    times = time_of(levels[:-1], "linear")
    expected = torch.arange(999, 0, -100).double()
    torch.testing.assert_close(times, expected, rtol=0, atol=1e-3)
    assert levels[-1] == 0
    assert PROCESS.levels(5, 1.0)[0].item() == pytest.approx(1.0)
    with pytest.raises(ValueError, match="1001 steps"):
        PROCESS.levels(1001)


def test_the_start_is_pure_noise_in_the_variables_of_ddpm() -> None:
    abar = alphas_cumprod("linear")[-1]
    torch.testing.assert_close(PROCESS.start(NOISE) * abar.sqrt(), NOISE)


@pytest.mark.parametrize("betas", ["linear", "cosine"])
def test_a_perfect_noise_prediction_gives_the_data_and_the_boundary_holds(betas: str) -> None:
    x0, sigma = normal(8, stream("x0")).double(), torch.full((8, 1), 2.0, dtype=torch.float64)
    x_t = DDPM[betas].process.noised(x0, NOISE[:8], sigma)
    c = DDPM[betas].denoiser(sigma)
    torch.testing.assert_close(c.c_skip * x_t + c.c_out * NOISE[:8], x0)
    abar = 1 / (1 + sigma**2)
    torch.testing.assert_close(c.c_in * x_t, abar.sqrt() * x0 + (1 - abar).sqrt() * NOISE[:8])
    torch.testing.assert_close(alphas_cumprod(betas)[c.c_noise.mul(STEPS).round().long()], abar,
                               rtol=0.02, atol=0)  # fmt: skip
    lowest = torch.tensor(DDPM[betas].process.lowest, dtype=torch.float64)
    assert DDPM[betas].consistency(lowest).c_out.item() == pytest.approx(0, abs=1e-12)


def test_students_start_where_the_noise_hides_the_data() -> None:
    assert {DDPM[betas].process.highest for betas in ("linear", "cosine")} == {10}
    assert variance_preserving("linear").highest == pytest.approx(157.4, rel=1e-3)


def test_ddim_is_euler() -> None:
    denoise, levels = ideal_denoiser(normal(30, stream("data")).double()), PROCESS.levels(7)
    x = PROCESS.start(NOISE)
    ours = last(ddim(denoise, x, levels.double(), noises(7), 0.0))
    torch.testing.assert_close(ours, last(euler(denoise, x, levels.double())))


def variance(steps: int, eta: float) -> Tensor:
    """Return the exact variance of what a linear denoiser makes of N(0, 1 + sigma²) noise.

    With x0 = g x the step is x ↦ (g + k / high (1 - g)) x + s noise.
    """
    levels = PROCESS.levels(steps).double()
    total = torch.full((2,), (1 + PROCESS.highest**2), dtype=torch.float64)
    for high, low in pairwise(levels):
        fresh = eta * low * (1 - (low / high) ** 2).sqrt()
        gain = DEVIATION**2 / (DEVIATION**2 + high**2)
        factor = gain + (low**2 - fresh**2).sqrt() / high * (1 - gain)
        total = factor**2 * total + fresh**2
    return total


@pytest.mark.parametrize("name", ["ddim_half", "ddpm"])
def test_ancestral_samples_have_the_variance_worked_out(name: str) -> None:
    count, steps = 100_000, 20
    x = PROCESS.start(normal(count, stream("many")).double())
    denoise = gaussian_denoiser(MEAN, DEVIATION)
    levels = PROCESS.levels(steps).double()
    end = last(ddim(denoise, x, levels, noises(steps, count), ETAS[name]))
    torch.testing.assert_close(end.var(0), variance(steps, ETAS[name]), rtol=0.02, atol=0)
    torch.testing.assert_close(end.mean(0), MEAN, rtol=0, atol=0.02)


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_the_variance_converges_to_that_of_the_data_with_order_one(eta: float) -> None:
    """Weak order: halving the steps of DDPM's own schedule halves what is missing."""
    gaps = [(variance(steps, eta) - DEVIATION**2).abs().max().item() for steps in (250, 500)]
    assert gaps[1] < 0.02
    assert math.log2(gaps[0] / gaps[1]) == pytest.approx(1, abs=0.25)


def two_point_error(sampler: object, steps: int) -> float:
    denoise = ideal_denoiser(torch.tensor([[-1.0, 0.0], [1.0, 0.5]], dtype=torch.float64))
    levels, fine = (torch.logspace(math.log10(4), math.log10(0.5), n + 1).double()
                    for n in (steps, 1000))  # fmt: skip
    exact = last(rk4(denoise, 4 * NOISE, fine))
    return (last(sampler(denoise, 4 * NOISE, levels)) - exact).square().mean().sqrt().item()


@pytest.mark.slow
@pytest.mark.parametrize(("sampler", "order"), [(euler, 1), (dpmpp_2m, 2), (unipc, 2), (rk4, 4)])
def test_order_of_convergence(sampler: object, order: int) -> None:
    """A corrector promises UniPC order three, but its last step is of first order."""
    measured = math.log2(two_point_error(sampler, 80) / two_point_error(sampler, 160))
    assert measured == pytest.approx(order, abs=0.1)


@pytest.mark.slow
def test_the_corrector_pays_at_many_steps() -> None:
    """At 8 evaluations it does not, on these data."""
    for steps in (40, 160):
        assert two_point_error(unipc, steps) < 0.9 * two_point_error(dpmpp_2m, steps)


def test_unipc_is_exact_for_a_constant_denoiser_and_evaluates_once_a_step() -> None:
    point = torch.tensor([0.2, 0.7], dtype=torch.float64)
    counted = Counted(lambda x, sigma: point.expand_as(x))
    levels = PROCESS.levels(6).double()
    for x, level in unipc(counted, levels[0] * NOISE + point, levels):
        torch.testing.assert_close(x, point + level * NOISE)
    assert counted.nfe == 6


@pytest.mark.parametrize("name", ["ddpm", "ddim_half", "ddim", "unipc"])
def test_systems_run_them_all(name: str) -> None:
    system = System(PROCESS, gaussian_denoiser(MEAN.float(), DEVIATION.float()))
    counted, counter = system.counted()
    levels = PROCESS.levels(12)
    extra = list(zip(levels[1:-1].tolist(), noises(12), strict=True))
    states = list(counted.states(name, 12, NOISE, extra))
    assert counter.nfe == 12
    assert [level for _, level in states] == levels.tolist()


def scheduled(scheduler: object, steps: int, **step_options: object) -> Tensor:
    """Run a diffusers scheduler, in the variables of DDPM, with the exact denoiser."""
    denoise = ideal_denoiser(normal(50, stream("data")).double())
    scheduler.set_timesteps(steps)
    x = NOISE.clone()
    for t in scheduler.timesteps:
        abar = scheduler.alphas_cumprod[t].double()
        sigma = ((1 - abar) / abar).sqrt()
        divided = x / abar.sqrt()
        pred_noise = (divided - denoise(divided, sigma)) / sigma
        x = scheduler.step(pred_noise, t, x, **step_options).prev_sample
    return x


COMMON = {"beta_start": 1e-4, "beta_end": 0.02, "timestep_spacing": "trailing"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ddim", "unipc", "dpmpp_2m"])
def test_endpoints_are_those_of_diffusers(kind: str) -> None:
    import diffusers

    final = {"solver_order": 2, "final_sigmas_type": "zero"}
    scheduler = {
        "ddim": lambda: diffusers.DDIMScheduler(**COMMON, clip_sample=False),
        "unipc": lambda: diffusers.UniPCMultistepScheduler(**COMMON, **final),
        "dpmpp_2m": lambda: diffusers.DPMSolverMultistepScheduler(
            **COMMON, **final, euler_at_final=True
        ),
    }[kind]()
    sampler = {"ddim": euler, "unipc": unipc, "dpmpp_2m": dpmpp_2m}[kind]
    denoise = ideal_denoiser(normal(50, stream("data")).double())
    ours = last(sampler(denoise, PROCESS.start(NOISE), PROCESS.levels(20).double()))
    torch.testing.assert_close(ours, scheduled(scheduler, 20), rtol=1e-3, atol=1e-3)


class Given:
    """Noises in the order in which a scheduler asks for them."""

    def __init__(self, steps: int) -> None:
        self.rest = [*noises(steps), torch.zeros_like(NOISE)]

    def __call__(self, *args: object, **kwargs: object) -> Tensor:
        return self.rest.pop(0)


@pytest.mark.slow
@pytest.mark.parametrize("eta", [0.5, 1.0])
def test_stochastic_endpoints_are_those_of_diffusers(
    eta: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers import DDIMScheduler
    from diffusers.schedulers import scheduling_ddim

    monkeypatch.setattr(scheduling_ddim, "randn_tensor", Given(20))
    denoise = ideal_denoiser(normal(50, stream("data")).double())
    levels = PROCESS.levels(20).double()
    ours = last(ddim(denoise, PROCESS.start(NOISE), levels, noises(20), eta))
    theirs = scheduled(DDIMScheduler(**COMMON, clip_sample=False), 20, eta=eta)
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("steps", [20, 1000])
def test_ancestral_sampling_is_that_of_diffusers(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers import DDPMScheduler
    from diffusers.schedulers import scheduling_ddpm

    monkeypatch.setattr(scheduling_ddpm, "randn_tensor", Given(steps))
    denoise = ideal_denoiser(normal(50, stream("data")).double())
    levels = PROCESS.levels(steps).double()
    ours = last(ddim(denoise, PROCESS.start(NOISE), levels, noises(steps), 1.0))
    theirs = scheduled(DDPMScheduler(**COMMON, clip_sample=False), steps)
    torch.testing.assert_close(ours, theirs, rtol=2e-3, atol=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("betas", "theirs"), [("linear", "linear"), ("cosine", "squaredcos_cap_v2")]
)
def test_abar_is_that_of_diffusers(betas: str, theirs: str) -> None:
    from diffusers import DDPMScheduler

    scheduler = DDPMScheduler(beta_start=1e-4, beta_end=0.02, beta_schedule=theirs)
    torch.testing.assert_close(
        alphas_cumprod(betas).float(), scheduler.alphas_cumprod, rtol=2e-4, atol=1e-9
    )
