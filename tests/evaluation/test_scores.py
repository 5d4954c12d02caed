"""Which metrics each data set gets; and the four stages on digits, with a DDPM teacher."""

from pathlib import Path

import numpy as np
import pytest
import torch
from checkout import ROOT
from stage_commands import command, training
from warm import shared

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.experiment import Evaluate, Experiment, Train, load_experiment
from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import Measurements
from pipelines.contracts.problems import InputProblems
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.digits import held_out_digits, training_digits
from pipelines.diffusion.randomness import rows, stream
from pipelines.evaluation.plane.scores import (
    ALWAYS,
    ASKED,
    CLASSES,
    METRICS,
    metrics_of,
    scores_of,
)

DIGITS = """\
title: Digits
method: ddpm
data: digits
network: {hidden: 16, layers: 2, frequencies: []}
train: {steps: 1000, batch: 32, lr: 2.0e-3, options: {betas: cosine}}
evaluate:
  samplers: {ddim: [2], ddpm: [3], unipc: [3]}
  reference: rk4@4
  metrics: [recall]
"""


def experiment(data: str, *metrics: str) -> Experiment:
    return Experiment(
        name="toy", file="toy.yaml", title="Toy", method="edm", data=data,
        train=Train(steps=1, batch=1, lr=1), evaluate=Evaluate(samplers={}, metrics=metrics),
    )  # fmt: skip


def test_every_data_set_has_its_metrics_and_every_metric_its_data() -> None:
    assert ALWAYS.keys() == DATASETS.keys()
    assert {name for names in ALWAYS.values() for name in names} | {
        *ASKED,
        *CLASSES,
    } == METRICS.keys()
    for data, names in ALWAYS.items():
        assert ("off_manifold" in names) == (DATASETS[data].distance is not None)


@pytest.mark.slow
@pytest.mark.parametrize("data", DATASETS)
def test_real_data_score_near_the_best_value_of_every_metric(data: str) -> None:
    """The noise floor: real against real."""
    dataset = DATASETS[data]
    x, real = (rows(4000, dataset.draw, stream(label, data)) for label in ("again", "real"))
    scores = scores_of(experiment(data, *ASKED), x, real)
    assert set(scores) == {*ALWAYS[data], *ASKED}
    assert scores.get("off_manifold", 0) < 0.002
    assert scores["sliced_w2"] < 0.08
    assert abs(scores["energy_distance"]) < 0.01
    assert abs(scores["mmd_squared"]) < 0.002
    assert scores["precision"] > 0.95 < scores["recall"]
    assert scores["density"] == pytest.approx(1.1, abs=0.15)  # drawn twice, a digit counts twice
    assert scores["coverage"] > 0.93
    assert scores.get("modes_reached", 0) in (0, dataset.modes)
    assert scores.get("frechet_distance", 0) < 0.2


def test_a_metric_that_means_nothing_here_is_named(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(DIGITS.replace("recall", "off_manifold"))
    with pytest.raises(InputProblems, match=r":9: error ML106: `off_manifold` is no metric"):
        metrics_of(load_experiment(path))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train, sample and measure a DDPM on digits."""
    folder = tmp_path_factory.mktemp("digits")
    yaml, weights = folder / "digits.yaml", folder / "digits.safetensors"
    yaml.write_text(DIGITS)
    samples, rows_ = folder / "digits.samples", folder / "digits.json"
    run("train_plane", *training(yaml, weights))
    outputs = ["--samples", samples, "--measurements", rows_, "--timing", folder / "where"]
    run("measure_plane", yaml, "--weights", weights, *outputs)
    return folder


def run(stage: str, *arguments: object) -> None:
    done = shared().run(ROOT, *command(stage, *arguments)[2:])
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_digits_have_their_arrays(folder: Path) -> None:
    arrays = load_arrays(folder / "digits.samples")
    assert (
        arrays["noise"].shape == arrays["real"].shape == arrays["ddpm@3/seed0"].shape == (256, 64)
    )
    assert arrays["path/rk4@4/x"].shape == (5, 64, 64)
    assert arrays["nfe/ddpm@3"].tolist() == [3]
    assert not np.allclose(arrays["ddpm@3/seed0"], arrays["unipc@3/seed0"], atol=0.1)
    torch.testing.assert_close(
        torch.from_numpy(arrays["path/ddim@2/x"][-1]),
        torch.from_numpy(arrays["ddim@2/seed0"][:64]),
    )


@pytest.mark.slow
def test_digits_have_their_rows(folder: Path) -> None:
    found = {row.key: row.value for row in measured(folder)}
    assert {f"digits/unipc@3/{name}" for name in (*ALWAYS["digits"], "recall")} <= found.keys()
    assert found["digits/real@1/classifier_accuracy"] > 0.96
    assert 0.1 < found["digits/real@1/frechet_distance"] < 3
    assert "digits/rk4@4/restart_deviation" in found
    assert "digits/rk4@4/a_x" not in found


@pytest.mark.slow
def test_digits_are_judged_by_images_that_no_network_has_seen(folder: Path) -> None:
    """The floor is that of training images, which are as good as can be and not among them."""
    real = torch.from_numpy(load_arrays(folder / "digits.samples")["real"])
    assert (torch.cdist(real, held_out_digits().x).amin(1) == 0).all()
    assert (torch.cdist(real, training_digits().x).amin(1) > 0).all()
    found = {row.key: row.value for row in measured(folder)}
    assert found["digits/real@1/nearer_than_new"] == pytest.approx(0.5, abs=0.1)
    assert found["digits/real@1/memorised"] < 0.05


def measured(folder: Path) -> tuple:
    return Measurements.model_validate(read_json(folder / "digits.json")).root
