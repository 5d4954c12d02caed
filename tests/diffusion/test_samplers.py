"""Samplers on data whose denoiser is known: order, cost, endpoints, equivalences."""

import math

import pytest
import torch
from torch import Tensor

from pipelines.diffusion.denoisers import Counted, Denoise, gaussian_denoiser, ideal_denoiser
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import (
    consistency,
    dpmpp_2m,
    euler,
    heun,
    last,
    midpoint,
    rk4,
)
from pipelines.diffusion.schedules import FlowMatching, VarianceExploding
from pipelines.diffusion.systems import System
from pipelines.diffusion.trajectories import Trajectories, bends, chosen, restarts

MEAN = torch.tensor([0.3, -0.2], dtype=torch.float64)
DEVIATION = torch.tensor([1.0, 0.5], dtype=torch.float64)
NOISE = normal(64, stream("noise")).double()


def exact_end(x: Tensor, high: float, low: float = 0.0) -> Tensor:
    """Return the exact solution of the ODE of normal data: deviations scale, means stay."""
    shrink = ((DEVIATION**2 + low**2) / (DEVIATION**2 + high**2)).sqrt()
    return MEAN + (x - MEAN) * shrink


def flow_denoiser(x: Tensor, t: Tensor) -> Tensor:
    """Return E[x0 | x_t] of normal data under x_t = (1 - t) x0 + t noise."""
    gain = (1 - t) * DEVIATION**2 / ((1 - t) ** 2 * DEVIATION**2 + t**2)
    return MEAN + gain * (x - (1 - t) * MEAN)


def error(sampler: object, steps: int) -> float:
    """Integrate from sigma 4 to 0.5 in even steps and compare with the solution."""
    denoise = gaussian_denoiser(MEAN, DEVIATION)
    levels = torch.linspace(4, 0.5, steps + 1, dtype=torch.float64)
    return (last(sampler(denoise, 4 * NOISE, levels)) - exact_end(4 * NOISE, 4, 0.5)).abs().max()


def two_point_error(sampler: object, steps: int) -> float:
    """Integrate from sigma 4 to 0.5 for data at two points and compare with a fine solution."""
    denoise = ideal_denoiser(torch.tensor([[-1.0, 0.0], [1.0, 0.5]], dtype=torch.float64))
    levels, fine = (torch.linspace(4, 0.5, n + 1, dtype=torch.float64) for n in (steps, 2000))
    exact = last(rk4(denoise, 4 * NOISE, fine))
    return (last(sampler(denoise, 4 * NOISE, levels)) - exact).square().mean().sqrt()


@pytest.mark.parametrize(("sampler", "order"), [(euler, 1), (heun, 2), (dpmpp_2m, 2), (rk4, 4)])
def test_order_of_convergence(sampler: object, order: int) -> None:
    measured = math.log2(error(sampler, 40) / error(sampler, 80))
    assert measured == pytest.approx(order, abs=0.25)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sampler", "order"), [(euler, 1), (heun, 2), (midpoint, 2), (dpmpp_2m, 2)]
)
def test_order_of_convergence_on_two_points(sampler: object, order: int) -> None:
    """Normal data flatter the midpoint rule, which has order three there; these do not."""
    measured = math.log2(two_point_error(sampler, 80) / two_point_error(sampler, 160))
    assert measured == pytest.approx(order, abs=0.25)


@pytest.mark.parametrize(
    ("name", "steps", "nfe"),
    [
        ("euler", 1, 1),
        ("euler", 20, 20),
        ("heun", 20, 39),
        ("dpmpp_2m", 20, 20),
        ("flow_midpoint", 10, 20),
        ("flow_rk4", 10, 38),
    ],
)
def test_evaluations_are_counted(name: str, steps: int, nfe: int) -> None:
    system = System(VarianceExploding(), gaussian_denoiser(MEAN, DEVIATION))
    counted, counter = system.counted()
    states = list(counted.states(name, steps, NOISE))
    assert counter.nfe == nfe
    assert len(states) == steps + 1
    assert [level for _, level in states] == system.process.levels(steps).tolist()


@pytest.mark.parametrize("sampler", [euler, heun, dpmpp_2m])
def test_one_step_is_the_posterior_mean(sampler: object) -> None:
    """The step from sigma_max to 0 lands on E[x0 | x_T], not on a sample."""
    denoise = ideal_denoiser(normal(100, stream("data")).double())
    x = 10 * NOISE
    one = last(sampler(denoise, x, torch.tensor([10.0, 0.0], dtype=torch.float64)))
    torch.testing.assert_close(one, denoise(x, torch.tensor(10.0)))


def test_one_flow_step_is_the_posterior_mean() -> None:
    one = last(euler(flow_denoiser, NOISE, FlowMatching().levels(1).double()))
    torch.testing.assert_close(one, MEAN.expand(64, 2))


@pytest.mark.parametrize("sampler", [midpoint, rk4])
def test_flow_ends_at_the_exact_point(sampler: object) -> None:
    """Flow and EDM follow the same trajectories: x_1 = noise ends at mean + deviation * noise."""
    end = last(sampler(flow_denoiser, NOISE, FlowMatching().levels(200).double()))
    torch.testing.assert_close(end, MEAN + DEVIATION * NOISE, rtol=0, atol=1e-4)


def test_dpmpp_2m_is_exact_for_a_constant_denoiser() -> None:
    point = torch.tensor([0.2, 0.7], dtype=torch.float64)

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        return point.expand_as(x)

    for x, level in dpmpp_2m(denoise, 10 * NOISE + point, VarianceExploding().levels(4).double()):
        torch.testing.assert_close(x, point + level * NOISE)


def exact_consistency(x: Tensor, sigma: Tensor) -> Tensor:
    return exact_end(x, sigma.item(), VarianceExploding().lowest)


@pytest.mark.parametrize("levels", [(), (0.3,), (5.0, 0.8, 0.2)])
def test_multistep_consistency_keeps_the_distribution(levels: tuple[float, ...]) -> None:
    """With the exact consistency function of normal data every number of steps samples them."""
    count, process = 200_000, VarianceExploding()
    noises = [normal(count, stream("renoise", i)).double() for i in range(len(levels))]
    sigma = (DEVIATION**2 + process.highest**2).sqrt()
    x_T = MEAN + sigma * normal(count, stream("noise")).double()
    counted = Counted(exact_consistency)
    states = list(consistency(counted, x_T, process, levels, noises))
    end = states[-1][0]
    torch.testing.assert_close(end.mean(0), MEAN, rtol=0, atol=0.01)
    torch.testing.assert_close(end.std(0), DEVIATION, rtol=0.01, atol=0)
    assert counted.nfe == len(levels) + 1
    assert [level for _, level in states] == [10.0, *levels, 0.0]


def test_consistency_needs_one_noise_a_level() -> None:
    with pytest.raises(ValueError, match="zip"):
        list(consistency(exact_consistency, NOISE, VarianceExploding(), [0.3], []))


def test_restarts_of_an_exact_denoiser_agree() -> None:
    system = System(VarianceExploding(), gaussian_denoiser(MEAN.float(), DEVIATION.float()))
    states = list(system.states("heun", 100, NOISE.float()))
    paths = Trajectories.from_states(states)
    ends = restarts(system, "heun", 100, paths)
    assert ends.shape == (5, 64, 2)
    assert (ends - paths.x[-1]).norm(dim=2).max() < 2e-3


def test_the_worked_example_is_the_bent_path_with_clear_points() -> None:
    straight = torch.tensor([[2.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    bent = torch.tensor([[2.0, 0.0], [1.0, 0.7], [0.0, 0.0]])
    crowded = torch.tensor([[2.0, 0.0], [0.1, 0.0], [0.0, 9.0]]) * 0.01
    paths = Trajectories(torch.stack([straight, bent, crowded], dim=1), (3.0, 1.0, 0.0))
    torch.testing.assert_close(bends(paths.x)[:2], torch.tensor([0.0, 0.7]))
    assert chosen(paths, 0, 1) == 1
    assert paths.nearest(1.2) == 1


def scheduled(scheduler: object, denoise: Denoise, steps: int, x: Tensor) -> Tensor:
    """Run a diffusers EDM scheduler with the raw network output that `denoise` stands for."""
    scheduler.set_timesteps(steps)
    for sigma, t in zip(scheduler.sigmas, scheduler.timesteps, strict=False):
        scheduler.scale_model_input(x, t)
        pred_x0 = denoise(x, sigma)
        c_skip, c_out = 1 / (sigma**2 + 1), sigma / (sigma**2 + 1).sqrt()
        x = scheduler.step((pred_x0 - c_skip * x) / c_out, t, x).prev_sample
    return x


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["euler", "dpmpp_2m"])
def test_endpoints_are_those_of_diffusers(kind: str) -> None:
    from diffusers import EDMDPMSolverMultistepScheduler, EDMEulerScheduler

    common = {"sigma_min": 0.01, "sigma_max": 10.0, "sigma_data": 1.0, "rho": 7.0}
    scheduler = (
        EDMEulerScheduler(**common)
        if kind == "euler"
        else EDMDPMSolverMultistepScheduler(
            **common,
            solver_order=2,
            algorithm_type="dpmsolver++",
            final_sigmas_type="zero",
            euler_at_final=True,
        )
    )
    denoise = ideal_denoiser(normal(50, stream("data")))
    x = 10 * NOISE.float()
    sampler = {"euler": euler, "dpmpp_2m": dpmpp_2m}[kind]
    ours = last(sampler(denoise, x, VarianceExploding().levels(12)))
    theirs = scheduled(scheduler, denoise, 12, x)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
