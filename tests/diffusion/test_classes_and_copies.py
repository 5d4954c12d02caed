"""Metrics of classes and of copies: hand-made points, whose values are known, and real digits."""

import pytest
import torch
from scipy.stats import mannwhitneyu
from torch import Tensor

from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.digits import held_out_digits, training_digits
from pipelines.diffusion.metrics import sliced_w2, spread
from pipelines.diffusion.modes import class_accuracy, class_sliced_w2, class_spread
from pipelines.diffusion.neighbours import memorised, nearer_than_new
from pipelines.diffusion.randomness import normal, rows, stream

MOONS = DATASETS["moons"]


def moons(count: int, label: str = "x") -> Tensor:
    return rows(count, MOONS.draw, stream(label))


def test_accuracy_counts_the_points_on_their_own_moon() -> None:
    x = moons(400)
    label = MOONS.mode(x)
    assert class_accuracy(x, label, MOONS) == 1
    assert class_accuracy(x, 1 - label, MOONS) == 0
    label[:100] = 1 - label[:100]
    assert class_accuracy(x, label, MOONS) == 0.75


def test_spread_is_the_mean_over_the_classes() -> None:
    x = normal(300, stream("x"))
    label = (torch.arange(300) % 3 == 0).long()
    x[label == 1] *= 4
    expected = (spread(x[label == 0]) + spread(x[label == 1])) / 2
    assert class_spread(x, label) == pytest.approx(expected)


def test_distances_are_taken_within_a_class() -> None:
    """Samples of the right cloud under the wrong labels are far, though the clouds agree."""
    x, real = moons(4000), moons(4000, "real")
    label = MOONS.mode(x)
    right, wrong = (class_sliced_w2(x, one, real, MOONS) for one in (label, 1 - label))
    assert right < 0.1
    assert wrong > 5 * right
    assert sliced_w2(x, real) < 0.1


def test_copies_are_memorised_and_new_digits_are_not() -> None:
    known, new = training_digits().x, held_out_digits().x
    assert memorised(known[:300], known) == 1
    assert nearer_than_new(known[:300], new, known) > 0.999
    assert memorised(new, known) < 0.01
    assert nearer_than_new(new, new, known) == pytest.approx(0.5)


def test_noise_on_a_copy_leaves_its_original_and_a_blur_has_none() -> None:
    """Each measure errs alone: hence two."""
    known, new = training_digits().x, held_out_digits().x
    noisy = known[:300] + 0.06 * normal(300, stream("noise"), 64)
    blurred = torch.stack([known[k::50].mean(0) for k in range(50)])
    assert memorised(noisy, known) > 0.9
    assert memorised(blurred, known) == 0
    assert nearer_than_new(noisy, new, known) > 0.99
    assert nearer_than_new(blurred + 5, new, known) < 0.01


def test_the_statistic_is_that_of_mann_and_whitney() -> None:
    known, new, x = (normal(count, stream(count)).round(decimals=1) for count in (40, 60, 50))
    own, other = (torch.cdist(cloud, known).amin(1) for cloud in (x, new))
    u = mannwhitneyu(other.numpy(), own.numpy()).statistic
    assert nearer_than_new(x, new, known) == pytest.approx(u / (50 * 60))
