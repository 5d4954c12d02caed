"""Noise levels at their ends and in between; noise that does not depend on how much is drawn."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.diffusion.datasets import draw_moons
from pipelines.diffusion.randomness import normal, rows, stream
from pipelines.diffusion.schedules import FlowMatching, VarianceExploding, karras

PROCESSES = [VarianceExploding(), FlowMatching()]


def test_karras_levels_by_hand() -> None:
    """Equation 5 of EDM with rho = 1 is an even spacing; with rho = 7 the middle is known."""
    torch.testing.assert_close(karras(3, 1.0, 9.0, 1.0), torch.tensor([9.0, 5.0, 1.0]))
    middle = ((0.01 ** (1 / 7) + 10 ** (1 / 7)) / 2) ** 7
    assert karras(3, 0.01, 10.0, 7.0)[1].item() == pytest.approx(middle, rel=1e-6)


@given(steps=st.integers(1, 60), which=st.sampled_from(PROCESSES))
@settings(max_examples=40)
def test_levels_fall_from_the_highest_to_zero(
    steps: int, which: VarianceExploding | FlowMatching
) -> None:
    levels = which.levels(steps)
    assert len(levels) == steps + 1
    assert levels[0].item() == which.highest
    assert levels[-1].item() == 0
    assert (levels.diff() < 0).all()


@pytest.mark.parametrize("process", PROCESSES)
def test_grid_rises_from_lowest_to_highest(process: VarianceExploding | FlowMatching) -> None:
    grid = process.grid(18)
    assert len(grid) == 19
    assert grid[0].item() == pytest.approx(process.lowest)
    assert grid[-1].item() == pytest.approx(process.highest)
    assert (grid.diff() > 0).all()


@pytest.mark.parametrize("process", PROCESSES)
def test_levels_may_start_lower(process: VarianceExploding | FlowMatching) -> None:
    levels = process.levels(5, 0.3)
    assert levels[0].item() == pytest.approx(0.3)
    assert levels[-1].item() == 0


@pytest.mark.parametrize("process", PROCESSES)
def test_renoising_gives_the_process_at_that_level(
    process: VarianceExploding | FlowMatching,
) -> None:
    """Signal and noise of a point at `lowest`, noised again, are those of `noised`."""
    generator = stream("test")
    x0 = torch.full((200_000, 2), 2.0)
    low = process.noised(x0, normal(200_000, generator), torch.tensor(process.lowest))
    again = process.renoised(low, normal(200_000, generator), 0.6)
    direct = process.noised(x0, normal(200_000, generator), torch.tensor(0.6))
    assert again.mean().item() == pytest.approx(direct.mean().item(), abs=0.01)
    assert again.std().item() == pytest.approx(direct.std().item(), rel=0.01)


@pytest.mark.parametrize("draw", [normal, draw_moons])
@pytest.mark.parametrize("few", [1, 7, 100, 1023, 1500])
def test_first_rows_do_not_depend_on_the_count(draw: object, few: int) -> None:
    many = rows(2500, draw, stream("noise"))
    assert torch.equal(rows(few, draw, stream("noise")), many[:few])
    assert many.shape == (2500, 2)


def test_streams_differ_by_label_and_repeat() -> None:
    one, same, other = (normal(4, stream(*labels)) for labels in (("a", 1), ("a", 1), ("a", 2)))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_rows_leave_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    rows(100, draw_moons, stream("real"))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.slow
def test_levels_are_those_of_diffusers() -> None:
    from diffusers import EDMEulerScheduler

    scheduler = EDMEulerScheduler(sigma_min=0.01, sigma_max=10.0, sigma_data=1.0, rho=7.0)
    scheduler.set_timesteps(20)
    torch.testing.assert_close(VarianceExploding().levels(20), scheduler.sigmas, rtol=1e-5, atol=0)
    assert math.isclose(scheduler.sigmas[-1].item(), 0.0)
