"""Guidance: closed forms for Gaussian classes, evaluations counted, networks told more."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from pipelines.diffusion.conditional import LabelledMLP, LabelledShape, with_more_inputs
from pipelines.diffusion.denoisers import Denoiser, gaussian_denoiser
from pipelines.diffusion.guidance import NULL, Guided, alternating, guided
from pipelines.diffusion.metrics import spread
from pipelines.diffusion.networks import Ensemble, initialise
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.samplers import last, rk4
from pipelines.diffusion.schedules import VarianceExploding
from pipelines.diffusion.systems import EDM, System

NARROW, WIDE = 0.4, 1.0  # deviations of a class and of all data
NOISE = normal(64, stream("noise")).double()
SHAPE = LabelledShape(16, 2, (1.0, 2.0), 4, classes=2)
EACH_W = [0.0, 0.5, 1.0, 2.0, 4.0]


def classes(x: Tensor, level: Tensor, label: Tensor) -> Tensor:
    """Return the exact denoiser of N(±0.5, 0.4²) classes; of N(0, 1) for the null label."""
    none = label == NULL
    mean = torch.where(none, 0.0, label - 0.5)
    deviation = torch.where(none, WIDE, NARROW).to(x)
    return gaussian_denoiser(mean, deviation)(x, level)


def centred(x: Tensor, level: Tensor, label: Tensor) -> Tensor:
    """Return the same with both classes at 0."""
    deviation = torch.where(label == NULL, WIDE, NARROW).to(x)
    return gaussian_denoiser(torch.zeros_like(x), deviation)(x, level)


@pytest.mark.parametrize("w", EACH_W)
def test_the_guided_score_is_that_of_the_guided_product(w: float) -> None:
    """(D - x) / sigma² is the slope of ln p_null^(1 - w) p_c^w, here by autograd."""
    x, sigma = NOISE.clone().requires_grad_(), torch.tensor(0.7, dtype=torch.float64)
    label = alternating(x, 2)
    free = -(x**2) / (2 * (WIDE**2 + sigma**2))
    given = -((x - (label - 0.5)) ** 2) / (2 * (NARROW**2 + sigma**2))
    (score,) = torch.autograd.grad(((1 - w) * free + w * given).sum(), x)
    out = Guided(classes, 2).at(w)(NOISE, sigma)
    torch.testing.assert_close((out - NOISE) / sigma**2, score)


@pytest.mark.parametrize("w", EACH_W)
def test_noise_predictions_combine_with_omega_of_w_minus_one(w: float) -> None:
    """LCM and Ho & Salimans write (1 + omega) eps(c) - omega eps(null)."""
    sigma, label, omega = torch.tensor(1.3, dtype=torch.float64), alternating(NOISE, 2), w - 1
    free, given = (
        (NOISE - classes(NOISE, sigma, one)) / sigma
        for one in (torch.full_like(label, NULL), label)
    )
    eps = (1 + omega) * given - omega * free
    out = guided(classes, NOISE, sigma, label, torch.tensor(w, dtype=torch.float64))
    torch.testing.assert_close(out, NOISE - sigma * eps)


@pytest.mark.parametrize("w", EACH_W)
def test_the_augmented_ode_ends_where_its_solution_does(w: float) -> None:
    """Centred classes: x(0) = x(T) (s / sqrt(s² + T²))^w (S / sqrt(S² + T²))^(1 - w)."""
    top = 10.0
    narrow, wide = (s / math.hypot(s, top) for s in (NARROW, WIDE))
    system = System(VarianceExploding(), Guided(centred, 2)).guided(w)
    levels = system.process.levels(400).double()
    end = last(rk4(system.denoise, top * NOISE, levels))
    exact = top * NOISE * narrow**w * wide ** (1 - w)
    torch.testing.assert_close(end, exact, rtol=2e-3, atol=1e-6)


def test_guidance_narrows_a_class_ever_more() -> None:
    """By the factor (s / S)^(w - 1) for far noise: what the solution above says."""
    system = System(VarianceExploding(), Guided(centred, 2))
    widths = [spread(last(system.guided(w).states("rk4", 100, NOISE))) for w in EACH_W]
    assert all(a > b for a, b in pairwise(widths))
    at = dict(zip(EACH_W, widths, strict=True))
    assert at[2.0] / at[1.0] == pytest.approx(NARROW / WIDE, rel=0.02)


def test_guidance_of_one_is_the_network_told_the_class() -> None:
    sigma = torch.tensor(0.7, dtype=torch.float64)
    ours = Guided(classes, 2).at(1)(NOISE, sigma)
    label = alternating(NOISE, 2)
    assert torch.equal(ours, classes(NOISE, sigma, label))
    both = guided(classes, NOISE, sigma, label, torch.tensor(1.0, dtype=torch.float64))
    torch.testing.assert_close(ours, both)


def test_guidance_of_zero_ignores_the_class() -> None:
    sigma = torch.tensor(0.7, dtype=torch.float64)
    free = classes(NOISE, sigma, torch.full_like(alternating(NOISE, 2), NULL))
    torch.testing.assert_close(Guided(classes, 2).at(0)(NOISE, sigma), free)


def test_rows_ask_for_the_classes_in_turn() -> None:
    assert alternating(NOISE[:5], 3)[:, 0].tolist() == [0, 1, 2, 0, 1]


class Watched(nn.Module):
    """A network that counts its own calls."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network, self.calls = network, 0

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        self.calls += 1
        out: Tensor = self.network(x, c)
        return out


@pytest.mark.parametrize(
    ("told", "w", "sampler", "steps", "nfe"),
    [
        (False, 1.0, "euler", 5, 5),
        (False, 2.0, "euler", 5, 10),
        (False, 0.0, "heun", 5, 18),
        (True, 2.0, "consistency", 1, 1),
    ],
)
def test_a_guided_step_counts_two_a_told_one_counts_one(
    told: bool, w: float, sampler: str, steps: int, nfe: int
) -> None:
    shape = LabelledShape(16, 2, (1.0,), 4, classes=2, guided=told)
    watched = Watched(shape.fresh(EDM.denoiser, stream("count")).network)
    system = System(EDM.process, Guided(Denoiser(watched, EDM.denoiser), 2, takes_guidance=told))
    counted, counter = system.guided(w).counted()
    last(counted.states(sampler, steps, NOISE.float()))
    assert (counter.nfe, watched.calls) == (nfe, nfe)


def network(label: str, guided: bool = False) -> LabelledMLP:
    made = LabelledMLP(
        hidden=16, layers=2, frequencies=(1.0, 2.0), noise_frequencies=4, classes=2, guided=guided
    )
    initialise(made, stream(label))
    return made


def conditions(*each: float) -> Tensor:
    return torch.tensor(each).expand(64, len(each))


def test_the_null_label_is_an_embedding_of_zero() -> None:
    made, x = network("null"), NOISE.float()
    free = made(x, conditions(0.2, NULL))
    assert not torch.allclose(free, made(x, conditions(0.2, 0.0)))
    with torch.no_grad():
        made.hidden[0].weight[:, -2:] = 0
    torch.testing.assert_close(made(x, conditions(0.2, 1.0)), free)


def test_a_student_starts_as_its_teacher_at_every_guidance() -> None:
    teacher, student = network("teacher"), network("student", guided=True)
    student.load_state_dict(with_more_inputs(teacher.state_dict(), 8))
    x = NOISE.float()
    for w in (1.0, 4.0):
        torch.testing.assert_close(
            student(x, conditions(0.2, 1.0, w)), teacher(x, conditions(0.2, 1.0))
        )


def test_networks_told_more_work_as_an_ensemble() -> None:
    each = [network(f"of {k}", guided=True) for k in range(3)]
    x = NOISE.float()[:60]
    c = torch.cat([conditions(0.3, 0.0, 2.0)[:30], conditions(0.3, 1.0, 3.0)[:30]])
    together = Ensemble(each)(x, c).view(3, 20, 2)
    apart = [one(x[k * 20 :][:20], c[k * 20 :][:20]) for k, one in enumerate(each)]
    torch.testing.assert_close(together, torch.stack(apart))


def test_a_student_of_one_guidance_has_no_other() -> None:
    fixed = Guided(classes, 2, guidance=2.0, known=2.0)
    sigma = torch.tensor(0.7, dtype=torch.float64)
    label = alternating(NOISE, 2)
    assert torch.equal(fixed.at(2.0)(NOISE, sigma), classes(NOISE, sigma, label))
    with pytest.raises(ValueError, match="distilled at w = 2"):
        fixed.at(3.0)


def test_an_unlabelled_system_cannot_be_guided() -> None:
    system = System(EDM.process, gaussian_denoiser(torch.zeros(2), torch.ones(2)))
    assert system.guided(None) is system
    with pytest.raises(TypeError, match="told a class"):
        system.guided(2.0)
