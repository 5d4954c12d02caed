"""The losses of students of agreement and of style, against the formulas written out.

Both take the same draws. The U-Nets are stand-ins of a few weights.
"""

from types import SimpleNamespace

import pytest
import torch
from diffusers import LCMScheduler
from stand_ins import (
    BATCH,
    assert_loss,
    begun,
    guided,
    huber,
    jumped,
    live,
    noised,
    parted,
    rates,
    with_weights,
)

from pipelines.diffusion.randomness import stream
from pipelines.methods.latent import denoiser
from pipelines.methods.latent.consistency import solver_grid
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.told_guidance import guidance_embedding, widened

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("method", ["lcm_lora", "lcm_unet"])
def test_the_untold_student_meets_its_average_one_guided_step_of_ddim_below(method):
    """Luo et al. 2023 (arXiv 2310.04378), algorithm 1, with Huber for the distance."""
    objective = begun(method, skip=100, w_low=2.0, w_high=9.0, huber=0.1)
    batch = objective.batch(0)
    t = batch.choice(torch.arange(19, 1000, 20))
    s, w = (t - 100).clamp(min=0), batch.uniform(2.0, 9.0)
    x_t = noised(batch.x0, batch.noise, t)
    v = guided(objective.context.teacher, x_t, t, batch, w)
    x_s = noised(*parted(x_t, v, t), s)
    target, unet = with_weights(objective, objective.average), live(objective)
    aim = jumped(x_s, target(x_s, s, batch.condition).sample, s)
    end = jumped(x_t, unet(x_t, t, batch.condition).sample, t)
    assert_loss(objective.terms(0)["loss"], huber(end, aim, 0.1))


@pytest.mark.parametrize("method", ["lcm_lora", "lcm_unet"])
def test_without_an_average_the_target_is_the_student_and_gets_no_gradient(method):
    """With target 0, as in diffusers' script, the target is a constant all the same."""
    objective = begun(method, target=0)
    objective.terms(0)["loss"].backward()
    own = dict(objective.network.named_parameters())
    found = {name: weight.grad for name, weight in own.items()}
    frozen = begun(method, target=1)
    frozen.follow({name: weight.detach().clone() for name, weight in own.items()})
    frozen.terms(0)["loss"].backward()
    for name, weight in frozen.network.named_parameters():
        if weight.grad is not None and "guidance" not in name:
            assert torch.allclose(found[name], weight.grad, rtol=1e-4, atol=1e-7), name


def test_students_start_from_the_times_of_lcm_scheduler():
    scheduler = LCMScheduler.from_config(denoiser.shipped_scheduler().config)
    scheduler.set_timesteps(50, original_inference_steps=50)
    assert solver_grid(100)[0].flip(0).tolist() == scheduler.timesteps.tolist()


def told(w):
    """Return the embedding of w - 1 by sines and cosines of 1000 (w - 1), 32 numbers wide."""
    frequencies = torch.tensor([1000.0 * 10_000.0 ** (-i / 15) for i in range(16)])
    angles = (w.flatten()[:, None] - 1) * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


def two_scales(objective, times, low, high):
    """Draw half a batch and take it twice, under scales mirrored between their bounds."""
    half = objective.context.batch(BATCH // 2, 0, None)
    t, w = half.choice(times), half.uniform(low, high)
    t, w, batch = torch.cat([t, t]), torch.cat([w, low + high - w]), half.twice()
    x_t = noised(batch.x0, batch.noise, t)
    v = guided(objective.context.teacher, x_t, t, batch, w)
    return SimpleNamespace(batch=batch, x_t=x_t, t=t, w=w, v=v)


def test_the_told_student_meets_its_average_under_the_same_scale():
    """Luo et al. 2023, algorithm 1: student and target are told the w that led the step."""
    objective = begun("lcm", skip=60, w_low=2.0, w_high=6.0, huber=0.1)
    of = two_scales(objective, torch.arange(19, 1000, 20), 2.0, 6.0)
    s, states = (of.t - 60).clamp(min=0), of.batch.condition
    x_s = noised(*parted(of.x_t, of.v, of.t), s)
    target, unet = with_weights(objective, objective.average), live(objective)
    aim = jumped(x_s, target(x_s, s, states, told(of.w)).sample, s)
    end = jumped(of.x_t, unet(of.x_t, of.t, states, told(of.w)).sample, of.t)
    assert_loss(objective.terms(0)["loss"], huber(end, aim, 0.1))


def test_guidance_distillation_is_the_squared_distance_to_the_guided_velocity():
    """Meng et al. 2023 (arXiv 2210.03142), section 3.1, in v."""
    objective = begun("guidance_distillation", w_low=2.0, w_high=6.0)
    of = two_scales(objective, torch.arange(1000), 2.0, 6.0)
    v = live(objective)(of.x_t, of.t, of.batch.condition, told(of.w)).sample
    assert_loss(objective.terms(0)["loss"], ((v - of.v) ** 2).mean())


def test_the_scale_that_a_student_is_told_is_counted_from_no_guidance():
    w = torch.tensor([1.0, 2.5, 8.0])
    assert torch.allclose(guidance_embedding(w, 32), told(w), atol=2e-3)


def test_a_student_that_is_told_the_guidance_begins_as_the_base(base):
    unet = load(base).unet
    x = torch.randn(2, 4, 8, 8, generator=stream("x"))
    asked = x, torch.tensor([999, 20]), torch.ones(2, 3, 16)
    with torch.no_grad():
        found = widened(unet, 32, 0)(*asked, timestep_cond=told(torch.tensor([2.0, 7.0]))).sample
        assert torch.allclose(found, unet(*asked).sample, atol=1e-6)


@pytest.mark.parametrize("method", ["fine_tune", "style_lora"])
def test_the_loss_of_a_style_is_that_of_the_base_on_pictures_of_the_style(method):
    """The squared error of v, a share of the captions emptied."""
    objective = begun(method, style="night", dropout=0.25)
    batch = objective.batch(0, "night")
    t = batch.choice(torch.arange(1000))
    empty = batch.uniform(0, 1).flatten() < 0.25
    assert 0 < empty.sum() < BATCH // 2
    states = batch.condition.clone()
    states[empty] = objective.context.hidden_states[-1]
    alpha, sigma = rates(t)
    v = live(objective)(noised(batch.x0, batch.noise, t), t, states).sample
    error = v - (alpha * batch.noise - sigma * batch.x0)
    assert_loss(objective.terms(0)["loss"], (error**2).mean())


def test_an_adapter_of_rank_r_is_added_with_a_scale_of_one():
    """Hu et al. 2021 (arXiv 2106.09685): W + (alpha / r) B A with alpha = r, as published."""
    objective = begun("lcm_lora", rank=3)
    assert objective.network.narrow[0].shape == (3, 4, 1, 1)
    fused = objective.network.fused()["conv1.weight"]
    assert torch.allclose(fused, live(objective).conv1.weight)
