"""The three stages of a network, with few steps: names, shapes, keys, and the same bytes twice."""

import io
import sys
from contextlib import redirect_stderr
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import torch
from checkout import ROOT
from stage_commands import command, training
from warm import shared

from pipelines.contracts.artifacts import load_arrays, load_card, load_histories
from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import Measurements, load_timings
from pipelines.contracts.problems import InputProblems
from pipelines.provenance import processor

TEACHER = """\
title: Teacher
method: edm
data: moons
train: {steps: 1000, batch: 64, lr: 2.0e-3}
evaluate:
  samplers: {euler: [1, 3], heun: [4, 12]}
  reference: heun@12
"""
STUDENT = """\
title: Student
method: consistency_distillation
data: moons
needs: {teacher: toy-edm}
train: {steps: 1000, batch: 64, lr: 1.0e-3}
evaluate:
  samplers: {consistency: [1, 2, 3]}
  levels: {2: [0.3]}
replicas: 3
"""


class Build:
    """A build of one teacher and one student in a folder, by the commands of the rules."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "toy-edm.yaml").write_text(TEACHER)
        (folder / "toy-cd.yaml").write_text(STUDENT)
        self.train("toy-edm")
        self.measure("toy-edm")
        self.train("toy-cd", "--parent", f"teacher={self.path('toy-edm.safetensors')}")
        parent = ["--parent", f"teacher={self.path('toy-edm.safetensors')}"]
        parent += ["--parent-samples", str(self.path("toy-edm.samples"))]
        self.measure("toy-cd", *parent)

    def path(self, name: str) -> Path:
        return self.folder / name

    def run(self, stage: str, *arguments: object) -> str:
        """Run a stage within this process, which saves importing torch; return what it told."""
        told = io.StringIO()
        with patch.object(sys, "argv", command(stage, *arguments)[2:]), redirect_stderr(told):
            import_module(f"pipelines.stages.{stage}").main()
        return told.getvalue()

    def train(self, name: str, *more: str) -> None:
        weights = self.path(f"{name}.safetensors")
        told = self.run("train_plane", *training(self.path(f"{name}.yaml"), weights, *more))
        assert f"{name}: step 4/4" in told

    def measure(self, name: str, *more: str) -> None:
        weights = self.path(f"{name}.safetensors")
        self.run(
            "measure_plane", self.path(f"{name}.yaml"), "--weights", weights, *more,
            "--samples", self.path(f"{name}.samples"), "--measurements", self.path(f"{name}.json"),
            "--timing", self.path(f"{name}.where"),
        )  # fmt: skip

    def keys(self, name: str) -> set[str]:
        rows = Measurements.model_validate(read_json(self.path(f"{name}.json"))).root
        assert list(rows) == sorted(rows, key=lambda row: row.key)
        return {row.key for row in rows}


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, torch_restored: None) -> Build:
    return Build(tmp_path_factory.mktemp("build"))


def test_cards_say_what_made_a_file(build: Build) -> None:
    card = load_card(build.path("toy-cd.safetensors"))
    assert (card.experiment, card.seed, card.preset, card.code) == ("toy-cd", 0, "smoke", "abc")
    assert card.settings["needs"] == {"teacher": "toy-edm"}


def test_a_history_has_probes_at_every_point(build: Build) -> None:
    (history,) = load_histories(build.path("toy-cd.history"))
    assert (history.experiment, history.seed) == ("toy-cd", 0)
    columns = history.columns
    assert {"step", "loss", "off_manifold", "sliced_w2"} <= columns.keys()
    assert columns["step"] == (1, 2, 3, 4)
    assert all(np.isfinite(values).all() for values in columns.values())


def test_the_arrays_of_a_teacher(build: Build) -> None:
    arrays = load_arrays(build.path("toy-edm.samples"))
    shapes = {name: array.shape for name, array in arrays.items()}
    assert shapes["noise"] == shapes["real"] == shapes["posterior_mean"] == (256, 2)
    assert shapes["heun@4/seed0"] == (256, 2)
    assert shapes["path/heun@12/x"] == (13, 64, 2)
    assert shapes["path/heun@12/level"] == (13,)
    assert shapes["worked/x"] == (2, 2)
    assert shapes["worked/path"] == (13, 2)
    assert shapes["worked/restarts"] == shapes["worked/restart_x"] == (5, 2)
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32)}
    np.testing.assert_allclose(arrays["euler@1/seed0"], arrays["posterior_mean"], atol=1e-5)
    np.testing.assert_array_equal(arrays["path/heun@12/x"][0], 10 * arrays["noise"][:64])
    np.testing.assert_array_equal(arrays["path/heun@4/x"][-1], arrays["heun@4/seed0"][:64])


def test_every_experiment_starts_from_the_same_noise(build: Build) -> None:
    teacher, student = (load_arrays(build.path(f"toy-{name}.samples")) for name in ("edm", "cd"))
    np.testing.assert_array_equal(teacher["noise"], student["noise"])
    np.testing.assert_array_equal(teacher["real"], student["real"])


def test_a_student_jumps_from_its_teachers_trajectory(build: Build) -> None:
    arrays = load_arrays(build.path("toy-cd.samples"))
    assert arrays["worked/jump"].shape == (2, 2)
    assert arrays["path/consistency@2/level"].tolist() == pytest.approx([10, 0.3, 0])
    assert arrays["path/consistency@3/x"].shape == (4, 64, 2)


def test_the_keys_of_measurements(build: Build) -> None:
    metrics = ("off_manifold", "sliced_w2", "energy_distance", "paired_rmse", "spread")
    teacher, student = build.keys("toy-edm"), build.keys("toy-cd")
    assert {f"toy-edm/heun@4/{metric}" for metric in metrics} <= teacher
    assert {f"toy-cd/consistency@2/{metric}" for metric in metrics} <= student
    assert "toy-edm/real@1/sliced_w2" in teacher
    assert "toy-edm/heun@12/restart_deviation" in teacher
    assert {f"toy-edm/heun@12/{point}_x" for point in ("a", "b", "end")} <= teacher
    assert "toy-cd/consistency@1/jump_gap_squared" in student


def test_measured_values_belong_to_the_arrays(build: Build) -> None:
    rows = Measurements.model_validate(read_json(build.path("toy-edm.json"))).root
    found = {row.key: row for row in rows}
    assert found["toy-edm/heun@12/paired_rmse"].value == 0
    assert found["toy-edm/heun@4/sliced_w2"].nfe == 7
    arrays = load_arrays(build.path("toy-edm.samples"))
    gap = arrays["heun@4/seed0"].astype(float) - arrays["heun@12/seed0"]
    assert found["toy-edm/heun@4/paired_rmse"].value == pytest.approx(
        np.sqrt((gap**2).sum(1).mean()), rel=1e-5
    )


def test_the_timing_of_a_training(build: Build) -> None:
    timings = load_timings(build.path("toy-cd.t"))
    (row,) = timings.rows
    experiment = load_experiment(build.path("toy-cd.yaml"))
    assert row.key == f"toy-cd/train@{experiment.train.steps}/cpu_seconds"
    assert row.value > 0
    assert timings.hardware["cpu"] == processor()
    assert timings.hardware["arithmetic"] == torch.backends.cpu.get_cpu_capability()
    assert load_timings(build.path("toy-cd.where")).hardware == timings.hardware


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(build: Build, tmp_path: Path) -> None:
    """In another process, and drawn and measured twice."""
    weights = tmp_path / "toy-edm.safetensors"
    again = command("train_plane", *training(build.path("toy-edm.yaml"), weights))
    done = shared().run(ROOT, *again[2:])
    assert done.returncode == 0, done.stdout
    names = ["toy-edm.safetensors", "toy-edm.history"]
    assert [build.path(name).read_bytes() for name in names] == [
        (tmp_path / name).read_bytes() for name in names
    ]
    results = [build.path("toy-edm.samples"), build.path("toy-edm.json")]
    before = [path.read_bytes() for path in results]
    build.measure("toy-edm")
    assert [path.read_bytes() for path in results] == before


def test_the_clock_times_every_system(build: Build) -> None:
    build.run(
        "clock_plane",
        "--experiments", build.path("toy-edm.yaml"), build.path("toy-cd.yaml"),
        "--weights", build.path("toy-edm.safetensors"), build.path("toy-cd.safetensors"),
        "--systems", "toy-edm", "toy-cd",
        "--timings", build.path("clock"),
    )  # fmt: skip
    timings = load_timings(build.path("clock"))
    rows = {row.key: row for row in timings.rows}
    assert {"cpu", "threads", "torch"} <= timings.hardware.keys()
    assert rows["toy-edm/heun@12/seconds_per_1000"].nfe == 23
    assert rows["toy-cd/consistency@3/seconds_per_1000"].n >= 9
    assert all(row.value > 0 and row.spread is not None for row in rows.values())


def test_levels_that_do_not_fit_the_steps_are_named(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "toy-ct.yaml"
    text = STUDENT.replace("consistency_distillation", "consistency_training")
    text = text.replace("needs: {teacher: toy-edm}\n", "").replace("2: [0.3]", "2: [0.3, 0.1]")
    path.write_text(text)
    outputs = ["--samples", tmp_path / "samples", "--measurements", tmp_path / "rows"]
    outputs += ["--timing", tmp_path / "where"]
    with pytest.raises(SystemExit) as error:
        build.run("measure_plane", path, "--weights", build.path("toy-cd.safetensors"), *outputs)
    assert f"{path}:7:" in str(error.value)
    assert "remedy:" in str(error.value)
    assert not (tmp_path / "samples").exists()


@pytest.mark.parametrize("reference", ["heun", "heun@0", "heun@12,w=2", "heun@012"])
def test_a_reference_that_is_none_is_named(tmp_path: Path, reference: str) -> None:
    path = tmp_path / "toy-edm.yaml"
    path.write_text(TEACHER.replace("heun@12", reference))
    with pytest.raises(InputProblems, match=r":7: error ML103: `evaluate\.reference`") as error:
        load_experiment(path)
    assert f"`{reference}` is no" in str(error.value)
