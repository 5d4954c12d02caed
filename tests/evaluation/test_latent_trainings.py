"""Several trainings of one model: what `full` asks for, from seeds of their own."""

import sys
from statistics import fmean

import pytest
import torch
from safetensors.torch import load_file
from tiny_base import written

from pipelines.contracts import experiment
from pipelines.contracts.artifacts import Card, load_histories, save_arrays
from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import load_timings
from pipelines.evaluation.latent import measure_latent as measuring
from pipelines.evaluation.latent import train_latent
from pipelines.evaluation.latent.cached_latents import cached_latents
from pipelines.evaluation.latent.folders import replica, trainings
from pipelines.methods.latent.pipeline import load
from pipelines.scenes import scene_classifier
from pipelines.stages import measure_latent
from pipelines.stages import train_latent as training_stage

TRAIN = "train: {steps: 500, batch: 4, lr: 0.02}\nsystems: ['lcm@1,w=1']\n"
EXPERIMENTS = {
    "first": "title: F\nmethod: lcm_lora\nneeds: {teacher: base}\n" + TRAIN,
    "second": "title: S\nmethod: add\nneeds: {teacher: base, adapter: first}\n" + TRAIN,
    "base": "title: A\nmethod: base\nsystems: ['ddim@1,w=1,trailing', 'ddim@2,w=1,trailing']\n"
    "held_out: ['ddim@2,w=1,trailing']\n",
    "both": "title: B\nmethod: combined\nneeds: {model: base, lcm: first}\n"
    "adapters: {lcm: 1.0}\nsystems: ['lcm@1,w=1']\n",
}


class Build:
    """Runs the stages as the rules would, under a preset that trains twice."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch = folder, monkeypatch
        arrays = cached_latents(load(written(self("base"))).vae, "base", 16)
        told = {"experiment": "base", "method": "cache_latents", "seed": 0, "preset": "smoke"}
        card = Card(**told, code="x", versions={}, device="cpu", settings={})
        save_arrays(self("cached"), {name: array.numpy() for name, array in arrays.items()}, card)
        looks = {
            name: w.numpy() for name, w in scene_classifier.new_classifier(0).state_dict().items()
        }
        save_arrays(self("judge"), looks, card)
        twice = experiment.PRESETS["smoke"].model_copy(update={"trainings": 2})
        monkeypatch.setitem(experiment.PRESETS, "smoke", twice)

    def __call__(self, name):
        return self.folder / name

    def run(self, stage, name, *flags):
        file = self(f"{name}.yaml")
        file.write_text(EXPERIMENTS[name], encoding="utf-8")
        command = ["stage", file, "--preset", "smoke", "--code", "x", *flags]
        self.monkeypatch.setattr(sys, "argv", [str(word) for word in command])
        stage.main()

    def train(self, name, *parents):
        out = [f"--{kind}={self(name)}.{kind}" for kind in ("history", "timing")]
        needs = [f"--parent={role}={self(parent)}" for role, parent in parents]
        needs += [f"--cached-latents={self('cached')}", f"--folder={self(name)}"]
        self.run(training_stage, name, *needs, *out)

    def measure(self, name, *flags):
        out = [f"--{kind}={self(name)}.{kind}" for kind in ("samples", "measurements")]
        out += [f"--timing={self(name)}.where"]
        self.run(measure_latent, name, f"--classifier={self('judge')}", *out, *flags)
        return {row["key"]: row for row in read_json(self(f"{name}.measurements"))}


@pytest.fixture
def build(tmp_path, monkeypatch, torch_restored):
    return Build(tmp_path, monkeypatch)


def weights(folder):
    (file,) = folder.glob("*.safetensors")
    return load_file(file)


@pytest.mark.slow
def test_each_training_has_its_seed_and_learns_from_its_like(build, monkeypatch):
    build.train("first", ("teacher", "base"))
    one, two = weights(build("first")), weights(build("first") / "seed1")
    assert any(not torch.equal(one[name], two[name]) for name in one)
    histories = load_histories(build("first.history"))
    assert [history.seed for history in histories] == [0, 1]
    timings = load_timings(build("first.timing"))
    (row,) = timings.rows
    assert row.seeds == (0, 1) and row.spread_over == "2 trainings"
    assert timings.hardware["cpu"]

    seen, context = [], train_latent.TrainingContext
    monkeypatch.setattr(
        train_latent, "TrainingContext", lambda *of: seen.append(of[2]) or context(*of)
    )
    build.train("second", ("teacher", "base"), ("adapter", "first"))
    assert seen == [build("first"), build("first") / "seed1"]

    rows = build.measure("both", f"--parent=model={build('base')}", f"--parent=lcm={seen[0]}")
    row = rows["both/lcm@1,w=1/sharpness"]
    assert row["spread_over"] == "2 trainings, 3 sampling seeds" and row["n"] == 2 * 3 * 16

    parents = (f"--parent=model={build('base')}", f"--parent=lcm={seen[0]}")
    fewer = build.measure("both", *parents, "--seeds", "lcm@1,w=1:1")["both/lcm@1,w=1/sharpness"]
    assert fewer["seeds"] == [0] and fewer["n"] == 2 * 16  # not those that are not needed


@pytest.mark.slow
def test_held_out_captions_have_rows_of_their_own(build, monkeypatch):
    asked, measure = [], measuring.PictureComparison.beside
    monkeypatch.setattr(
        measuring.PictureComparison,
        "beside",
        lambda network, x, of: asked.append(of.scenes.captions()) or measure(network, x, of),
    )
    base = f"--folder={build('base')}"
    rows = build.measure("base", base)
    told = [caption.is_held_out() for captions in asked for caption in captions]
    assert 0 < sum(told) < len(told)
    assert all(len({one.is_held_out() for one in captions}) == 1 for captions in asked)
    for of in ("ddim@2,w=1,trailing", "renders@1"):
        seen, held_out = (rows[f"base/{of}/{name}all"] for name in ("", "held_out_"))
        assert seen["n"] == held_out["n"] and seen["draws"] != held_out["draws"]
    assert "base/ddim@1,w=1,trailing/held_out_all" not in rows
    assert not [key for key in rows if "held_out_frechet" in key]


@pytest.mark.slow
def test_the_mean_is_over_trainings_and_sampling_seeds(build):
    build.train("first", ("teacher", "base"))
    base = f"--parent=teacher={build('base')}"
    both = build.measure("first", base, f"--folder={build('first')}")
    (build("first") / "seed1").rename(build("other"))
    each = [build.measure("first", base, f"--folder={build(name)}") for name in ("first", "other")]
    for key, row in both.items():
        assert row["value"] == pytest.approx(fmean(rows[key]["value"] for rows in each))


def test_a_model_that_was_trained_once_stands_for_every_training(tmp_path):
    (tmp_path / "a" / "seed1").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    assert trainings([tmp_path / "a", tmp_path / "b"]) == 2
    assert replica(tmp_path / "a", 1) == tmp_path / "a" / "seed1"
    assert replica(tmp_path / "b", 1) == tmp_path / "b"
    assert replica(tmp_path / "a", 0) == tmp_path / "a"
