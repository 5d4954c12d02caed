"""What a step of each sampler is, in closed form: its stages, its levels, its noise, its start."""

from itertools import combinations, pairwise

import pytest
import torch
from torch import Tensor

from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.keys import Sampling
from pipelines.diffusion.denoisers import ideal_denoiser
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import ETAS, ODE_SAMPLERS, UniPCStep, consistency
from pipelines.diffusion.schedules import FlowMatching, Process, TrigFlow, VarianceExploding
from pipelines.diffusion.systems import DDPM, System
from pipelines.evaluation.plane import sample_plane
from pipelines.evaluation.plane.sample_plane import PlaneSampler, fresh_noise

NOISE = normal(16, stream("noise")).double()
POINT, DRIFT, BEND = (
    torch.tensor(v, dtype=torch.float64) for v in ([0.2, 0.7], [0.5, -0.3], [0.1, 0.2])
)
TWO_POINTS = ideal_denoiser(torch.tensor([[-1.0, 0.0], [1.0, 0.5]], dtype=torch.float64))

# Butcher tableaux: nodes, coefficients of the stages before, weights.
EULER = ((0,), ((),), (1,))
HEUN = ((0, 1), ((), (1,)), (1 / 2, 1 / 2))
MIDPOINT = ((0, 1 / 2), ((), (1 / 2,)), (0, 1))
RK4 = ((0, 1 / 2, 1 / 2, 1), ((), (1 / 2,), (0, 1 / 2), (0, 0, 1)), (1 / 6, 1 / 3, 1 / 3, 1 / 6))
TABLEAUX = {
    "euler": EULER,
    "heun": HEUN,
    "midpoint": MIDPOINT,
    "rk4": RK4,
    "flow_euler": EULER,
    "flow_midpoint": MIDPOINT,
    "flow_rk4": RK4,
}


def runge_kutta(tableau: tuple, x: Tensor, high: Tensor, low: Tensor) -> Tensor:
    """Take one step of dx/dlevel = (x - D(x, level)) / level by a tableau."""
    nodes, rows, weights = tableau
    h, slopes = low - high, list[Tensor]()
    for node, row in zip(nodes, rows, strict=True):
        stage = x + h * sum(a * k for a, k in zip(row, slopes, strict=True))
        level = high + node * h
        slopes.append((stage - TWO_POINTS(stage, level)) / level)
    return x + h * sum(b * k for b, k in zip(weights, slopes, strict=True))


@pytest.mark.parametrize("name", TABLEAUX)
def test_a_step_is_that_of_the_butcher_tableau(name: str) -> None:
    system = System(VarianceExploding(), TWO_POINTS)
    levels = system.process.levels(4).double()
    states = [x for x, _ in system.states(name, 4, NOISE)]
    for x, after, high, low in zip(states, states[1:], levels, levels[1:-1], strict=False):
        torch.testing.assert_close(
            after, runge_kutta(TABLEAUX[name], x, high, low), rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize("name", ["euler", "heun", "dpmpp_2m", "ddim", "ddim_half", "ddpm"])
def test_the_step_to_zero_jumps_to_the_denoised_point(name: str) -> None:
    system = System(VarianceExploding(), TWO_POINTS)
    level = system.process.levels(4)[-2].double()
    (*_, (before, _), (end, _)) = system.states(name, 4, NOISE, [(0.0, NOISE)] * 3)
    torch.testing.assert_close(end, TWO_POINTS(before, level), rtol=1e-5, atol=1e-6)


# --- samplers of several steps: x0 moves along ln sigma, whatever x is ---


def drifting(x: Tensor, sigma: Tensor) -> Tensor:
    """Return a denoised point that moves evenly with lambda = -ln sigma."""
    return (POINT + DRIFT * -sigma.double().log()).expand_as(x)


def ddim_step(x: Tensor, pred_x0: Tensor, high: Tensor, low: Tensor) -> Tensor:
    """Return x0 + low / high (x - x0): the solution for a constant x0."""
    return pred_x0 + low / high * (x - pred_x0)


def exact_step(x: Tensor, high: Tensor, low: Tensor, bend: Tensor | float = 0.0) -> Tensor:
    """Return the solution for x0 = POINT + DRIFT lambda + bend lambda².

    x_low / low - x_high / high is the integral of e^lambda x0, whose antiderivative is
    e^lambda (POINT + DRIFT (lambda - 1) + bend (lambda² - 2 lambda + 2)).
    """

    def antiderivative(sigma: Tensor) -> Tensor:
        lam = -sigma.log()
        return (POINT + DRIFT * (lam - 1) + bend * (lam**2 - 2 * lam + 2)) / sigma

    return low * (x / high + antiderivative(low) - antiderivative(high))


def test_dpmpp_2m_takes_x0_at_the_middle_of_the_step() -> None:
    """Lu et al. 2022 (arXiv 2211.01095), Algorithm 2, at steps of unlike length in ln sigma."""
    system = System(VarianceExploding(), drifting)
    s = system.process.levels(4).double()
    x = [x for x, _ in system.states("dpmpp_2m", 4, NOISE)]
    torch.testing.assert_close(x[1], ddim_step(x[0], drifting(x[0], s[0]), s[0], s[1]))
    for i in (1, 2):
        middle = drifting(x[i], (s[i] * s[i + 1]).sqrt())
        wanted = ddim_step(x[i], middle, s[i], s[i + 1])
        torch.testing.assert_close(x[i + 1], wanted, rtol=1e-5, atol=1e-6)


def test_unipc_predicts_with_x0_at_the_middle_and_goes_on_from_the_corrected_state() -> None:
    """Zhao et al. 2023 (arXiv 2302.04867), order 2: its corrector is exact where x0 is linear."""
    system = System(VarianceExploding(), drifting)
    s = system.process.levels(4).double()
    x = [x for x, _ in system.states("unipc", 4, NOISE)]
    first, second = drifting(x[0], s[0]), drifting(x[0], s[1])
    corrected = ddim_step(x[0], (first + second) / 2, s[0], s[1])  # of order 1: the mean
    torch.testing.assert_close(x[1], ddim_step(x[0], first, s[0], s[1]))
    for i in (1, 2):
        middle = drifting(x[i], (s[i] * s[i + 1]).sqrt())
        predicted = ddim_step(corrected, middle, s[i], s[i + 1])
        torch.testing.assert_close(x[i + 1], predicted, rtol=1e-5, atol=1e-6)
        corrected = exact_step(corrected, s[i], s[i + 1])
    torch.testing.assert_close(x[4], drifting(x[3], s[3]))  # a step to 0 is of order 1


def test_the_corrector_of_unipc_is_exact_where_x0_is_a_parabola() -> None:
    """Three values of x0, at unlike distances in ln sigma, determine a parabola."""
    before, high, low = torch.tensor([3.0, 1.7, 0.4], dtype=torch.float64)

    def x0(sigma: Tensor) -> Tensor:
        lam = -sigma.log()
        return (POINT + DRIFT * lam + BEND * lam**2).expand_as(NOISE)

    step = UniPCStep(NOISE, high, low, x0(high), (x0(before), (before / high).log()))
    torch.testing.assert_close(step.corrected(x0(low)), exact_step(NOISE, high, low, BEND))


# --- noise that samplers add ---


@pytest.mark.parametrize(("name", "eta"), [("ddim", 0.0), ("ddim_half", 0.5), ("ddpm", 1.0)])
def test_eta_scales_the_noise_of_a_step(name: str, eta: float) -> None:
    """Song et al. 2020 (arXiv 2010.02502), equation 16, in sigma."""
    system = System(DDPM["linear"].process, TWO_POINTS)
    high, low = system.process.levels(3)[:2].double()
    fresh = normal(16, stream("fresh")).double()
    with_noise, without = (
        list(system.states(name, 3, NOISE, [(0.0, first), (0.0, 0 * fresh)]))[1][0]
        for first in (fresh, 0 * fresh)
    )
    scale = eta * low * ((high**2 - low**2) / high**2).sqrt()
    torch.testing.assert_close(with_noise - without, scale * fresh, rtol=1e-5, atol=1e-6)


def test_a_step_of_ddpm_is_a_draw_from_the_posterior() -> None:
    """q(x_low | x_high, x0): mean x0 + low² / high² (x_high - x0); Ho et al. 2020, equation 7."""
    system = System(DDPM["linear"].process, TWO_POINTS)
    levels = system.process.levels(3).double()
    noises = [normal(16, stream("fresh", i)).double() for i in range(2)]
    x = [x for x, _ in system.states("ddpm", 3, NOISE, [(0.0, noise) for noise in noises])]
    for i, (high, low) in enumerate(pairwise(levels[:3])):
        pred_x0 = TWO_POINTS(x[i], high)
        mean = pred_x0 + (low / high) ** 2 * (x[i] - pred_x0)
        deviation = (low**2 * (1 - (low / high) ** 2)).sqrt()
        torch.testing.assert_close(x[i + 1], mean + deviation * noises[i], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(x[3], TWO_POINTS(x[2], levels[2]), rtol=1e-5, atol=1e-6)


def test_multistep_consistency_adds_the_missing_noise_and_tells_the_level() -> None:
    """Song et al. 2023, Algorithm 1: sqrt(sigma² - sigma_min²) noise on what the jump made."""
    told, jumped = list[float](), [POINT + k for k in range(3)]

    def f(x: Tensor, sigma: Tensor) -> Tensor:
        told.append(sigma.item())
        return jumped[len(told) - 1].expand_as(x)

    noises = [normal(16, stream("renoise", i)).double() for i in range(2)]
    levels = [0.05, 0.02]
    states = list(consistency(f, 10 * NOISE, VarianceExploding(), levels, noises))
    assert told == pytest.approx([10.0, *levels])
    assert [level for _, level in states] == [10.0, *levels, 0.0]
    for k, level in enumerate(levels):
        missing = (level**2 - 0.01**2) ** 0.5
        torch.testing.assert_close(states[k + 1][0], jumped[k] + missing * noises[k])
    torch.testing.assert_close(states[-1][0], jumped[2].expand_as(NOISE))


@pytest.mark.parametrize("steps", [1, 3])
def test_a_flow_map_jumps_from_each_level_to_the_next(steps: int) -> None:
    """With the exact map of N(0, s²) every state lies on the trajectory."""

    def jump(x: Tensor, high: Tensor, low: Tensor) -> Tensor:
        width = [((1 - t) ** 2 * 0.5**2 + t**2).sqrt() for t in (high, low)]
        return x * width[1] / width[0]

    system = System(FlowMatching(), jump)
    states = list(system.states("flow_map", steps, NOISE))
    assert [level for _, level in states] == pytest.approx(
        [1 - k / steps for k in range(steps + 1)]
    )
    for x, t in states:
        wanted = NOISE * ((1 - t) ** 2 * 0.5**2 + t**2) ** 0.5
        torch.testing.assert_close(x, wanted, rtol=1e-5, atol=1e-6)


def test_a_generator_evaluates_once_at_the_highest_level() -> None:
    told = list[tuple[Tensor, float]]()

    def generate(x: Tensor, level: Tensor) -> Tensor:
        told.append((x, level.item()))
        return x + 1

    states = list(System(VarianceExploding(), generate).states("generate", 1, NOISE))
    assert len(told) == 1 and told[0][1] == 10 and torch.equal(told[0][0], 10 * NOISE)
    assert torch.equal(states[-1][0], 10 * NOISE + 1) and states[-1][1] == 0
    with pytest.raises(ValueError, match="one step, not 2"):
        System(VarianceExploding(), generate).states("generate", 2, NOISE)


# --- where samplers begin, and from what noise ---

STARTS: list[tuple[Process, float]] = [
    (VarianceExploding(), 10.0),
    (FlowMatching(), 1.0),
    (TrigFlow(), 10 / 101**0.5),  # sin(atan 10)
    (DDPM["linear"].process, 101**0.5),  # sqrt(1 + sigma²)
]


@pytest.mark.parametrize("sampler", [*ODE_SAMPLERS, *ETAS, "flow_map", "consistency"])
@pytest.mark.parametrize(
    ("process", "scale"), STARTS, ids=["exploding", "flow", "trigflow", "preserving"]
)
def test_every_sampler_begins_at_the_highest_level(
    process: Process, scale: float, sampler: str
) -> None:
    x, level = next(System(process, TWO_POINTS).states(sampler, 2, NOISE, [(0.1, NOISE)]))
    torch.testing.assert_close(x, scale * NOISE)
    assert level == pytest.approx(process.highest)


def experiment(method: str, sampler: str) -> Experiment:
    return Experiment(
        name="toy", file="toy.yaml", title="Toy", method=method, data="moons",
        train=Train(steps=1, batch=1, lr=1), evaluate=Evaluate(samplers={sampler: (4,)}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "sampler", "process"),
    [
        ("ddpm", "ddpm", DDPM["linear"].process),
        ("consistency_distillation", "consistency", VarianceExploding()),
    ],
    ids=["ddpm", "consistency"],
)
def test_noise_is_fresh_at_every_level(method: str, sampler: str, process: Process) -> None:
    told, system = experiment(method, sampler), System(process, TWO_POINTS)
    found = fresh_noise(told, system, Sampling(sampler, 4), 256)
    start = PlaneSampler(told, 256).noise
    drawn = [start, *(noise for _, noise in found)]
    assert len(drawn) == 4
    for one, other in combinations(drawn, 2):
        together = (one * other).mean().item()
        assert abs(together) < 4 / 512**0.5, "two levels share their noise"


def test_points_drawn_in_chunks_keep_their_noise_and_their_evaluations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = experiment("ddpm", "ddpm")
    system = System(DDPM["linear"].process, ideal_denoiser(torch.tensor([[-1.0, 0], [1, 0.5]])))
    whole, _, evaluations = PlaneSampler(told, 24).sampled(system, Sampling("ddpm", 4))
    monkeypatch.setattr(sample_plane, "CHUNK", 10)
    parts, _, again = PlaneSampler(told, 24).sampled(system, Sampling("ddpm", 4))
    torch.testing.assert_close(parts, whole)
    assert evaluations == again == 4, "each point takes as many, however many are drawn at once"
