"""Metrics of point sets on points laid out by hand; what is trained on and what is compared."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.claims import State, evaluate_claim
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.keys import ArrayKey, MeasurementKey, Sampling
from pipelines.contracts.measurement import Ledger, Measurement, Producer
from pipelines.diffusion.datasets import DATASETS, grid_centres
from pipelines.diffusion.digits import held_out_digits, training_digits
from pipelines.diffusion.features import classifier_accuracy, digit_classifier, digit_features
from pipelines.diffusion.frechet import frechet_distance
from pipelines.diffusion.metrics import energy_distance, off_manifold, sliced_w2
from pipelines.diffusion.modes import class_accuracy, class_sliced_w2
from pipelines.diffusion.neighbours import fidelity, memorised
from pipelines.diffusion.randomness import normal, rows, stream
from pipelines.evaluation.plane.draws import REPORTED, evaluation_stream
from pipelines.evaluation.plane.measure_plane import PARTS, PlaneEvaluation
from pipelines.evaluation.plane.scores import METRICS, Comparison

GRID, DIGITS, MOONS = (DATASETS[name] for name in ("grid25", "digits", "moons"))
MADE = Producer(rule="measure_plane")


def on_a_line(*values: float) -> Tensor:
    return torch.tensor([[value, 0.0] for value in values])


def test_off_the_manifold_begins_at_four_widths() -> None:
    """The deviation of each Gaussian is 0.05."""
    x = grid_centres()[:1] + on_a_line(0.0, 0.15, 0.19, 0.21, 0.24)
    assert off_manifold(x, GRID) == pytest.approx(2 / 5)


def test_a_copy_is_nearer_than_a_third_of_the_way_to_the_second() -> None:
    """Between training points at 0 and 4: 0.9 < (4 - 0.9) / 3, but 1.1 > (4 - 1.1) / 3."""
    known = on_a_line(0.0, 4.0)
    assert memorised(on_a_line(0.9, -0.9, 3.2), known) == 1
    assert memorised(on_a_line(1.1, 2.0, 2.8), known) == 0


def test_precision_looks_at_samples_and_recall_at_real_points() -> None:
    """Half of the samples lie in the real crowd; they surround none of the far real points."""
    real = torch.cat([on_a_line(*range(8)), on_a_line(*range(100, 124))])
    x = torch.cat([on_a_line(*range(8)), on_a_line(*range(900, 908))])
    found = fidelity(x, real, k=2)
    assert found.precision == pytest.approx(1 / 2)
    assert found.recall == pytest.approx(1 / 4) == found.coverage


def test_the_energy_distance_of_single_pairs() -> None:
    """2 E|X - Y| - E|X - X'| - E|Y - Y'| of {0, 1} and {0, 3}: 2 (0 + 3 + 1 + 2) / 4 - 1 - 3."""
    assert energy_distance(on_a_line(0, 1), on_a_line(0, 3)) == pytest.approx(-1)


def test_the_frechet_distance_of_two_lines() -> None:
    """Variances 2 and 8, means 1 apart: 1 + 2 + 8 - 2 * 4, with n - 1 as divisor."""
    assert frechet_distance(on_a_line(-1, 1), on_a_line(-1, 3)) == pytest.approx(1 + 2)


def test_class_distances_pair_each_class_with_the_real_points_of_the_same() -> None:
    real = grid_centres().repeat(4, 1)
    label = torch.arange(25).repeat(4)
    x = real.clone()
    x[label == 3] += on_a_line(0.1)
    # Of one class of 25 moved by 0.1: the mean over the directions of cos² is 1/2.
    assert class_sliced_w2(x, label, real, GRID) == pytest.approx(0.1 / 2**0.5 / 25, rel=1e-4)
    assert class_accuracy(x, label, GRID) == 1


# --- digits: which images are known, which are new ---


def among(x: Tensor, known: Tensor) -> Tensor:
    """Return which images (n, 64) are among others, shape (n,)."""
    return (torch.cdist(x, known) < 1e-4).any(1)


def test_training_draws_no_digit_that_is_held_out() -> None:
    known, new = training_digits().x, held_out_digits().x
    drawn = DIGITS.draw(500, stream("digits"))
    assert among(drawn, known).all() and not among(drawn, new).any()
    fresh = DIGITS.fresh(500, stream("digits"))
    assert among(fresh, new).all() and not among(fresh, known).any()


def test_the_classifier_knows_the_training_part_and_is_judged_on_the_other() -> None:
    shares = {}
    for name, images in (("known", training_digits()), ("new", held_out_digits())):
        named = digit_classifier()(images.x).argmax(1)
        shares[name] = (named == images.label).double().mean().item()
    assert classifier_accuracy() == shares["new"] < shares["known"]
    assert shares["known"] > 0.99


def test_features_are_those_before_the_logits() -> None:
    features = digit_features(held_out_digits().x)
    assert features.shape == (360, 32) and features.abs().max() <= 1
    last = digit_classifier().last
    torch.testing.assert_close(last(features), digit_classifier()(held_out_digits().x))


def test_samples_of_digits_are_compared_with_the_right_images() -> None:
    known, new = training_digits().x, held_out_digits().x
    copies, unseen = (Comparison(x, known[:300], DIGITS) for x in (known[300:600], new))
    for name in ("memorised", "nearer_than_new"):
        assert METRICS[name](copies) > 0.99
    assert METRICS["memorised"](unseen) < 0.01
    assert METRICS["nearer_than_new"](unseen) == pytest.approx(0.5)
    assert METRICS["frechet_distance"](copies) < METRICS["frechet_distance"](
        Comparison(torch.zeros(300, 64) + 0.1 * normal(300, stream("x"), 64), known, DIGITS)
    )


# --- rows: parts, trainings, the noise floor ---


def an_experiment(**evaluate: object) -> Experiment:
    return Experiment(
        name="toy", file="toy.yaml", title="Toy", method="edm", data="moons",
        train=Train(steps=1, batch=1, lr=1),
        evaluate=Evaluate(samplers={"heun": (1,)}, **evaluate),
    )  # fmt: skip


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    drawn = rows(2010, MOONS.draw, stream("real", "moons"))
    real = drawn[MOONS.distance(drawn) <= 4][:2000].numpy()
    found = {"noise": np.zeros((2000, 2)), "real": real}
    found[str(ArrayKey(Sampling("heun", 1), kind="nfe"))] = np.array([1])
    for seed, off in enumerate((100, 200, 600)):
        x = real.copy()
        x[:off] = 9.0
        found[str(ArrayKey.of_seed(Sampling("heun", 1), seed))] = x
    return found


def by_metric(found: object) -> dict[str, Measurement]:
    return {MeasurementKey.parse(row.key).metric: row for row in found}


def test_a_row_is_the_mean_over_the_trainings_and_tells_their_deviation(
    arrays: dict[str, np.ndarray],
) -> None:
    measuring = PlaneEvaluation(an_experiment(), arrays, (0, 1, 2), {}, MADE)
    row = by_metric(measuring.system_rows(Sampling("heun", 1)))["off_manifold"]
    assert row.trainings == pytest.approx((0.05, 0.1, 0.3)) and row.value == pytest.approx(0.15)
    assert row.spread == pytest.approx(math.sqrt((0.1**2 + 0.05**2 + 0.15**2) / 2))


def test_each_training_is_paired_with_its_own_exact_ends(arrays: dict[str, np.ndarray]) -> None:
    keys = [str(ArrayKey.of_seed(Sampling("heun", 1), seed)) for seed in range(3)]
    ends = {None: [torch.from_numpy(arrays[key]) + 3 * k for k, key in enumerate(keys)]}
    measuring = PlaneEvaluation(an_experiment(), arrays, (0, 1, 2), ends, MADE)
    row = by_metric(measuring.system_rows(Sampling("heun", 1)))["paired_rmse"]
    assert row.trainings == pytest.approx([3 * k * 2**0.5 for k in range(3)])
    assert row.parts == pytest.approx([3 * 2**0.5] * PARTS)


def test_the_noise_floor_is_of_data_drawn_anew(arrays: dict[str, np.ndarray]) -> None:
    """Two draws of one distribution are near each other, and no more than that."""
    measuring = PlaneEvaluation(an_experiment(reference="heun@1"), arrays, (0,), {}, MADE)
    floor = by_metric(measuring.floor())
    assert 0.005 < floor["sliced_w2"].value < 0.1
    assert len(floor["sliced_w2"].parts) == PARTS
    again = rows(2000, MOONS.draw, evaluation_stream(REPORTED, "real again", "moons"))
    real = torch.from_numpy(arrays["real"])
    assert floor["sliced_w2"].value == pytest.approx(sliced_w2(again, real))


def test_restarts_deviate_by_the_largest_gap_between_any_two_ends() -> None:
    """Of two points solved again twice: the ends of the first agree, the second's lie 5 apart."""
    ends = torch.zeros(3, 2, 2)
    ends[1, 1], ends[2, 1] = torch.tensor([3.0, 0.0]), torch.tensor([0.0, -4.0])
    told = {"restarts": ends[1:].numpy(), "path/heun@1/x": ends[:1].numpy()}
    measuring = PlaneEvaluation(an_experiment(reference="heun@1"), told, (0,), {}, MADE)
    assert measuring.deviation(Sampling("heun", 1)) == pytest.approx(5)
    ends[2, 1] = ends[1, 1]  # the restarts agree, but not with the path
    told["restarts"] = ends[1:].numpy()
    assert measuring.deviation(Sampling("heun", 1)) == pytest.approx(3)


def test_the_gap_between_two_jumps_is_a_squared_distance() -> None:
    told = {"worked/jump": np.array([[0.0, 1.0], [3.0, 5.0]], dtype=np.float32)}
    found = by_metric(PlaneEvaluation(an_experiment(), told, (0,), {}, MADE).jump())
    assert found["jump_gap_squared"].value == pytest.approx(25)
    assert (found["jump_a_y"].value, found["jump_b_x"].value) == (1, 3)


# --- what decides a claim ---


def drawn(key: str, value: float, error: float) -> Measurement:
    """Return a row of four parts with this mean and standard error, of draws of its own."""
    step = error * 3**0.5
    parts = tuple(value + sign * step for sign in (-1, -1, 1, 1))
    return Measurement(key=key, value=value, parts=parts, draws=key, produced_by=MADE)


@pytest.mark.parametrize(
    ("gap", "state"),
    [(0.27, State.UNDECIDED), (0.29, State.HOLDS), (-0.29, State.FAILS)],
    ids=["undecided", "holds", "fails"],
)
def test_errors_of_unlike_draws_add_in_squares_and_two_of_them_decide(
    gap: float, state: State
) -> None:
    """Two rows of error 0.1: their difference has 0.1 sqrt(2), twice which is 0.283."""
    a, b = "a/x@1/share", "b/x@1/share"
    measured = {a: drawn(a, 1 + gap, 0.1), b: drawn(b, 1, 0.1)}
    ledger = Ledger(preset="default", publish=True, measurements=measured, facts={})
    assert evaluate_claim(f"{a} > {b}", ledger).state == state
