"""The parts of draws that rows keep: which samples they are of, and what their spread must be."""

import statistics

import numpy as np
import pytest
import torch

from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.keys import ArrayKey, MeasurementKey, Sampling
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.randomness import rows, stream
from pipelines.evaluation.latent.measure_latent import SeedScores, over_seeds
from pipelines.evaluation.plane.measure_plane import PARTS, PlaneEvaluation, parts_of
from pipelines.evaluation.rows import RowMaker
from pipelines.methods.latent import picture_metrics
from pipelines.scenes import scene_classifier

MADE = Producer(rule="measure_plane")
COUNT = 1000
SAMPLING = Sampling("consistency", 1)


def an_experiment() -> Experiment:
    return Experiment(
        name="toy", file="toy.yaml", title="Toy", method="consistency_distillation", data="moons",
        train=Train(steps=1, batch=1, lr=1), evaluate=Evaluate(samplers={"consistency": (1,)}),
    )  # fmt: skip


@pytest.fixture(scope="module")
def point_sets() -> dict[str, np.ndarray]:
    """Two replicas; each part of a replica misses the data by another share of its points."""
    draw = DATASETS["moons"].draw
    arrays = {"noise": np.zeros((COUNT, 2)), "real": rows(COUNT, draw, stream("real")).numpy()}
    arrays[str(ArrayKey(SAMPLING, kind="nfe"))] = np.array([1])
    for replica in range(2):
        x = rows(COUNT, draw, stream("samples", replica)).numpy().copy()
        for k, part in enumerate(parts_of(COUNT)):
            x[part][: k + 5 * replica] = 9.0  # far off
        arrays[str(ArrayKey.of_seed(SAMPLING, replica))] = x
    return arrays


@pytest.fixture(scope="module")
def measured(point_sets: dict[str, np.ndarray]) -> dict[str, Measurement]:
    measuring = PlaneEvaluation(an_experiment(), point_sets, (0, 1), {}, MADE)
    return {MeasurementKey.parse(row.key).metric: row for row in measuring.system_rows(SAMPLING)}


def test_part_k_is_the_kth_stretch_of_every_replica_and_their_mean(
    measured: dict[str, Measurement],
) -> None:
    row = measured["off_manifold"]
    assert row.parts == pytest.approx([(k + 2.5) / 100 for k in range(PARTS)])
    assert row.trainings == pytest.approx([0.045, 0.095]) and row.value == pytest.approx(0.07)
    assert row.draws == "moons noise"


def test_parts_of_a_mean_have_that_mean(measured: dict[str, Measurement]) -> None:
    row = measured["off_manifold"]
    assert statistics.fmean(row.parts) == pytest.approx(row.value)


def test_every_metric_has_its_parts(measured: dict[str, Measurement]) -> None:
    assert {"off_manifold", "sliced_w2", "energy_distance", "spread"} <= measured.keys()
    assert all(len(row.parts) == PARTS for row in measured.values())
    assert all(len(set(row.parts)) > 1 for row in measured.values())


def test_too_few_samples_are_not_divided() -> None:
    assert parts_of(256) == [] and len(parts_of(COUNT)) == PARTS


def test_the_worked_example_says_that_it_is_one(point_sets: dict[str, np.ndarray]) -> None:
    jump = {"worked/jump": np.array([[0.0, 1.0], [0.5, 1.0]], dtype=np.float32)}
    made = PlaneEvaluation(an_experiment(), point_sets | jump, (0, 1), {}, MADE).jump()
    assert all(row.no_spread and len(row.trainings) == 1 for row in made)


# --- pictures ---


@pytest.fixture(scope="module")
def comparison() -> picture_metrics.PictureComparison:
    network = scene_classifier.new_classifier(0)
    reference = picture_metrics.Reference.rendered(
        network, picture_metrics.evaluation_scenes(8, 0), "base"
    )
    noisy = reference.renders.x + 0.3 * torch.randn(
        reference.renders.x.shape, generator=torch.Generator().manual_seed(0)
    )
    return picture_metrics.PictureComparison.beside(network, noisy, reference)


def test_pseudo_values_of_a_mean_are_the_means_of_the_groups(
    comparison: picture_metrics.PictureComparison,
) -> None:
    """The jackknife of a mean over equal groups gives back each group's own mean."""
    group = torch.arange(8) % 4
    for k, part in enumerate(comparison.parts(4)):
        own = (
            comparison.clipped[(group == k).repeat_interleave(picture_metrics.EACH)].mean().item()
        )
        assert part["clipped"] == pytest.approx(own, abs=1e-6)


def test_pseudo_values_have_the_mean_of_the_whole_where_there_is_no_bias(
    comparison: picture_metrics.PictureComparison,
) -> None:
    whole, parts = comparison.scores(), comparison.parts(4)
    for name in ("all", "clipped"):
        assert statistics.fmean(part[name] for part in parts) == pytest.approx(whole[name])
    assert all(len({part[name] for part in parts}) > 1 for name in ("frechet", "sharpness"))


def scores(value: float, *parts: float) -> SeedScores:
    return SeedScores({"all": value}, [{"all": part} for part in parts])


def test_seeds_follow_each_other_and_trainings_are_averaged_part_by_part() -> None:
    first = [scores(0.1, 1.0, 2.0), scores(0.2, 3.0, 4.0), scores(0.3, 5.0, 6.0)]
    again = [scores(0.3, 3.0, 4.0), scores(0.4, 5.0, 6.0), scores(0.5, 7.0, 8.0)]
    (row,) = over_seeds(RowMaker("a", MADE), Sampling("lcm", 1, 1), [*first, *again], 9, 1)
    assert row.value == pytest.approx(0.3) and row.trainings == pytest.approx((0.2, 0.4))
    assert row.parts == (2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
    (other,) = over_seeds(RowMaker("b", MADE), Sampling("ddim", 2, 3), first, 9, 1)
    assert other.draws == row.draws and other.parts == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
