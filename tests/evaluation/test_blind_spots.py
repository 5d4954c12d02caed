"""What each metric does not see: a set of samples that fools it, and a metric that it does not.

The sentences that pages print beside the numbers are `blind` in pipelines/contracts/metrics.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipelines.contracts.latent_experiment import DECOYS as NAMES
from pipelines.contracts.metrics import METRICS as KNOWN
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.digits import held_out_digits, training_digits
from pipelines.diffusion.metrics import paired_rmse
from pipelines.diffusion.neighbours import NEIGHBOURS, memorised, nearer_than_new, radii
from pipelines.diffusion.randomness import normal, stream
from pipelines.evaluation.latent.decoys import DECOYS
from pipelines.evaluation.plane.scores import METRICS, Comparison

GRID, COUNT = DATASETS["grid25"], 2000


def real(seed: int = 0) -> Tensor:
    return GRID.draw(COUNT, stream("real", seed))


def scored(metric: str, x: Tensor, label: Tensor | None = None) -> float:
    return METRICS[metric](Comparison(x, real(1), GRID, label))


def centres() -> Tensor:
    """Return the mean of each mode, (25, 2), in the order of the labels."""
    x = GRID.draw(20_000, stream("centres"))
    label = GRID.mode(x)
    return torch.stack([x[label == k].mean(0) for k in range(25)])


def one_place(x: Tensor) -> Tensor:
    return x[:1].expand(COUNT, 2)


def on_the_centres(x: Tensor) -> Tensor:
    return centres()[GRID.mode(x)]


def a_few_between(x: Tensor) -> Tensor:
    """Move one of thirty samples to the middle between two neighbouring modes."""
    gap = (centres()[:, None] - centres()).norm(dim=2)
    half = gap[gap > 0.1].min() / 2
    return torch.where((torch.arange(COUNT) % 30 == 0)[:, None], x + torch.tensor([half, 0.0]), x)


def blob(x: Tensor) -> Tensor:
    low, high = x.amin(0), x.amax(0)
    return low + (high - low) * torch.rand(COUNT, 2, generator=stream("blob"))


def as_wide(x: Tensor) -> Tensor:
    made = blob(x)
    return x.std() * (made - made.mean(0)) / made.std()


def a_quarter_anywhere(x: Tensor) -> Tensor:
    return torch.where((torch.arange(COUNT) % 4 > 0)[:, None], x, blob(x))


def a_few_far_out(x: Tensor) -> Tensor:
    """One place, and so few and far others that their balls hold everything."""
    return torch.cat([20 * normal(12, stream("far")), x[:1] + 0 * x[12:]])


def a_dense_place(x: Tensor) -> Tensor:
    inside = torch.cdist(real(1), x) <= radii(real(1), NEIGHBOURS)[:, None]
    return x[inside.sum(0).argmax()].expand(COUNT, 2)


# what it is called, what fools it, how near to what real data have, and what is not fooled
PLANE: list[tuple[str, Callable[[Tensor], Tensor], float, str, float]] = [
    ("off_manifold", one_place, 0.02, "sliced_w2", 0.5),
    ("sliced_w2", a_few_between, 0.05, "off_manifold", 0.025),
    ("energy_distance", a_few_between, 0.005, "off_manifold", 0.025),
    ("mmd_squared", on_the_centres, 0.01, "coverage", -0.5),
    ("modes_reached", blob, 0, "off_manifold", 0.5),
    ("mode_variation", on_the_centres, 0.01, "coverage", -0.5),
    ("precision", one_place, 0.02, "recall", -0.5),
    ("recall", a_few_far_out, 0.05, "coverage", -0.5),
    ("coverage", a_quarter_anywhere, 0.05, "precision", -0.1),
    ("spread", as_wide, 0.05, "off_manifold", 0.5),
]


@pytest.mark.parametrize(("metric", "fooling", "near", "other", "far"), PLANE)
def test_a_set_that_fools_a_metric_does_not_fool_another(
    metric: str, fooling: Callable[[Tensor], Tensor], near: float, other: str, far: float
) -> None:
    """`far` is the least difference from real data, below zero where less is worse."""
    x = real()
    made = fooling(x)
    assert abs(scored(metric, made) - scored(metric, x)) <= near
    difference = scored(other, made) - scored(other, x)
    assert difference >= far if far > 0 else difference <= far


def test_density_is_most_where_all_samples_are_in_the_densest_place() -> None:
    x = real()
    assert scored("density", a_dense_place(x)) > 1.5 * scored("density", x)
    assert scored("coverage", a_dense_place(x)) < 0.1


@pytest.mark.parametrize(
    ("metric", "near", "other"),
    [("class_accuracy", 0.01, "class_spread"), ("class_spread", 0.01, "class_accuracy")],
)
def test_classes_are_seen_by_two_metrics_together(metric: str, near: float, other: str) -> None:
    x = real()
    label = GRID.mode(x)
    made = on_the_centres(x) if metric == "class_accuracy" else x
    asked = label if metric == "class_accuracy" else (label + 1) % 25
    assert scored(metric, made, asked) == pytest.approx(scored(metric, x, label), abs=near)
    assert scored(other, made, asked) < 0.2 * scored(other, x, label)


def test_a_few_samples_of_other_classes_hardly_move_the_distance_of_a_class() -> None:
    x = real()
    label = GRID.mode(x)
    wrong = torch.where(torch.arange(COUNT) % 50 == 0, (label + 1) % 25, label)
    assert scored("class_accuracy", x, wrong) < 0.985
    one, two = (scored("class_sliced_w2", x, said) for said in (label, wrong))
    assert two < 0.5 * scored("class_sliced_w2", x, label.roll(1)) and two - one < 0.3


def test_copies_want_two_metrics() -> None:
    """Blends of two neighbours are no copies; copies and far-off images make up for each other."""
    known, new = training_digits().x, held_out_digits().x
    gap = torch.cdist(known, known).fill_diagonal_(torch.inf)
    blends = (known + known[gap.argmin(1)]) / 2
    assert memorised(blends, known) < 0.02 < 0.9 < nearer_than_new(blends, new, known)
    far = known + normal(len(known), stream("noise"), 64)
    halves = torch.where((torch.arange(len(known)) % 2 == 0)[:, None], known, far)
    assert abs(nearer_than_new(halves, new, known) - 0.5) < 0.05
    assert memorised(halves, known) > 0.45


@pytest.mark.slow
def test_a_little_noise_does_not_show_in_the_distance_of_digits() -> None:
    """The same images stand for samples as good as can be; `nearer_than_new` tells them apart."""
    known, real = training_digits().x, held_out_digits().x
    noisy = known + 0.15 * normal(len(known), stream("noise"), 64)
    of = DATASETS["digits"]
    one, two = (METRICS["frechet_distance"](Comparison(x, real, of)) for x in (known, noisy))
    assert two < 1.5 * one
    assert nearer_than_new(real, real, known) == pytest.approx(0.5)
    assert nearer_than_new(real + 0.15 * normal(len(real), stream("n"), 64), real, known) < 0.3


def test_fresh_data_have_a_large_paired_error() -> None:
    assert paired_rmse(real(), real(1)) > 1


@cache
def judge() -> object:
    from pipelines.scenes.scene_classifier import load_classifier

    root = Path(__file__).parent.parent.parent
    return load_classifier(root / "lessons/fast-generation/latent/published/judge.safetensors")


@cache
def drawn(seed: int) -> Tensor:
    """Return renders of the same captions, other scenes for another seed: (192, 3, 64, 64)."""
    from pipelines.methods.latent.picture_metrics import evaluation_scenes
    from pipelines.scenes.batches import pictures

    of = evaluation_scenes(24, seed)
    return pictures(of.with_captions(evaluation_scenes(24, 0).captions()), ("base",))


def picture_scores(x: Tensor) -> dict[str, float]:
    from pipelines.methods.latent.picture_metrics import (
        PictureComparison,
        Reference,
        evaluation_scenes,
    )

    reference = Reference.rendered(judge(), evaluation_scenes(24, 0), "base")
    return PictureComparison.beside(judge(), x, reference).scores()


PICTURES: list[tuple[str, str, Callable[[float, float], bool], str]] = [
    ("all", "blurred-renders", lambda made, real: made > real - 0.05, "sharpness"),
    ("style", "exchanged-renders", lambda made, real: made > real - 0.02, "all"),
    ("frechet", "blurred-renders", lambda made, real: made < 1.1 * real, "sharpness"),
    ("kernel", "exchanged-renders", lambda made, real: made < real + 2, "all"),
    ("sharpness", "noise", lambda made, real: made > real, "all"),
    ("clipped", "grey", lambda made, real: made <= real, "all"),
    ("diversity", "exchanged-renders", lambda made, real: made > real, "all"),
    ("all", "repeated-renders", lambda made, real: made > real - 0.05, "diversity"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "decoy", "as_good", "other"), PICTURES)
def test_a_set_of_pictures_fools_one_score_and_not_another(
    metric: str,
    decoy: str,
    as_good: Callable[[float, float], bool],
    other: str,
) -> None:
    plain, made = picture_scores(drawn(1)), picture_scores(DECOYS[decoy](drawn(1)))
    assert as_good(made[metric], plain[metric])
    assert made[other] < 0.8 * plain[other]


def test_each_caption_is_shown_pictures_of_others_or_one_of_its_own() -> None:
    """Pictures that hold the number of their caption, and their place among the eight of it."""
    place = torch.arange(12 * 8)
    x = torch.stack([place // 8, place % 8], 1)
    exchanged = DECOYS["exchanged-renders"](x).view(12, 8, 2)
    for caption, shown in enumerate(exchanged[..., 0].tolist()):
        assert caption not in shown and len(set(shown)) == 8
    assert len({tuple(one) for one in exchanged.flatten(0, 1).tolist()}) == len(x)  # each once
    repeated = DECOYS["repeated-renders"](x).view(12, 8, 2)
    assert torch.equal(repeated, x.view(12, 8, 2)[:, :1].expand(12, 8, 2))


def test_every_decoy_fools_a_score_and_has_a_name_that_plans_may_use() -> None:
    assert tuple(DECOYS) == NAMES
    assert {decoy for _, decoy, _, _ in PICTURES} == set(DECOYS)


def test_every_score_of_samples_says_what_it_does_not_see() -> None:
    scores = {*METRICS, "all", "style", "frechet", "kernel", "sharpness", "clipped", "diversity"}
    assert all(KNOWN[name].blind for name in scores)
    assert not any(one.blind for one in KNOWN.values() if one.quantity == "time")
