"""The stages of the tiny Stable Diffusion, run on a recipe of toy sizes."""

import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from pipelines.cli import main
from pipelines.contracts.artifacts import load_arrays, load_card, load_histories
from pipelines.contracts.base_card import checked_card
from pipelines.contracts.files import read_json
from pipelines.contracts.latent import DEPENDS, JUDGE, load_base
from pipelines.evaluation.latent import resume
from pipelines.methods.latent.training import LatentTraining
from pipelines.stages import assemble_base, measure_latent, train_base_part

pytestmark = pytest.mark.slow
CODE = "abc"
RECIPE = """
title: Tiny
autoencoder: {channels: [4, 4, 8, 8]}
text: {width: 16, layers: 1, heads: 2}
unet: {channels: [8, 16], groups: 2, heads: 2}
bank: 32
train:
  judge: {steps: 4, batch: 6, lr: 0.02}
  perception: {steps: 4, batch: 6, lr: 0.02}
  autoencoder: {steps: 6, batch: 5, lr: 0.02}
  decoder: {steps: 4, batch: 5, lr: 0.02, ema: 0.5}
  denoiser: {steps: 4, batch: 8, lr: 0.02, ema: 0.9}
"""


class Runner:
    """Runs stages within this process, with the words of the rules."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.recipe, self.build, self.device = folder / "tiny.yaml", folder / "build", "cpu"
        self.recipe.write_text(RECIPE, encoding="utf-8")
        self.monkeypatch = monkeypatch
        self.drawn = folder / "base.yaml"
        self.drawn.write_text(
            "title: B\nmethod: base\nsystems: ['ddim@2,w=3,leading']", encoding="utf-8"
        )

    def run(self, stage: ModuleType, *words: object) -> None:
        self.monkeypatch.setattr(sys, "argv", [stage.__name__, *map(str, words)])
        stage.main()

    def weights(self, part: str) -> Path:
        return self.build / f"models/base-parts/{part}.safetensors"

    def needs(self, parts: Iterable[str]) -> list[str]:
        return [f"--need={part}={self.weights(part)}" for part in parts]

    def train(self, part: str) -> Path:
        stem = self.weights(part).with_suffix("")
        how = ("--preset=default", f"--device={self.device}", f"--code={CODE}")
        places = (f"--history={stem}.history.json", f"--timing={stem}.timing.json")
        needs = self.needs(DEPENDS[part][1])
        out = f"--weights={stem}.safetensors"
        words = (f"--part={part}", *how, *needs, out, *places)
        self.run(train_base_part, self.recipe, *words)
        return self.weights(part)

    def assemble_and_measure(self) -> None:
        """Make the base of the parts, and draw few pictures with it."""
        folder = self.build / "models/base"
        timings = [self.weights(part).with_suffix(".timing.json") for part in DEPENDS]
        where = ("--preset=default", f"--folder={folder}", *self.needs(DEPENDS))
        self.run(assemble_base, self.recipe, *where, "--timings", *timings)
        seen = (f"--folder={folder}", f"--classifier={folder / JUDGE}", f"--device={self.device}")
        out = ("--samples", self.build / "samples/base.safetensors")
        out += ("--measurements", self.build / "measurements/base.json")
        out += ("--timing", self.build / "samples/base.timing.json")
        self.run(measure_latent, self.drawn, "--preset=smoke", f"--code={CODE}", *seen, *out)


@pytest.fixture
def runner(tmp_path, monkeypatch, torch_restored):
    return Runner(tmp_path, monkeypatch)


def test_a_base_is_trained_assembled_and_portrayed(runner, capsys):
    for part in ("perception", "autoencoder", "judge", "denoiser", "decoder"):
        runner.train(part)
    said = capsys.readouterr().err
    assert "tiny denoiser: step 4/4  loss" in said and "min left" in said
    runner.assemble_and_measure()
    published = runner.build / "published"
    assert main(["base", str(runner.build), "--folder", str(published)]) == 0
    card = checked_card(published, load_base(runner.recipe))
    assert card.seconds.keys() == set(DEPENDS)
    assert 0 < card.quality["autoencoder-base@1/psnr"] < 60
    keys = {row["key"] for row in read_json(runner.build / "measurements/base.json")}
    assert {"base/ddim@2,w=3,leading/all", "base/autoencoder-night@1/ceiling_all"} <= keys
    shown = load_arrays(runner.build / "samples/base.safetensors")
    assert shown["ddim@2,w=3,leading"].shape[1:] == (64, 64, 3)
    (history,) = load_histories(runner.weights("autoencoder").with_suffix(".history.json"))
    assert history.columns["step"][-1] == 6 and "kl" in history.columns
    tuned = load_arrays(runner.weights("decoder"))
    first = load_arrays(runner.weights("autoencoder"))
    assert all((tuned[n] == first[n]).all() for n in first if n.startswith("encoder"))
    assert any((tuned[n] != first[n]).any() for n in first if n.startswith("decoder"))


def stop_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    step = LatentTraining.step

    def stopping(self: LatentTraining) -> dict[str, float]:
        if self.done == steps:
            raise KeyboardInterrupt
        return step(self)

    monkeypatch.setattr(LatentTraining, "step", stopping)


def test_an_interrupted_part_goes_on_and_ends_alike(runner, monkeypatch, capsys):
    runner.train("perception")
    undisturbed = load_arrays(runner.train("autoencoder"))
    runner.weights("autoencoder").unlink()
    monkeypatch.setattr(resume, "SECONDS", -1.0)
    with monkeypatch.context() as interrupted, pytest.raises(KeyboardInterrupt):
        stop_after(3, interrupted)
        runner.train("autoencoder")
    path = runner.weights("autoencoder")
    kept = path.with_name("autoencoder.checkpoint.safetensors")
    assert kept.exists() and not path.exists()
    resumed = load_arrays(runner.train("autoencoder"))
    assert "going on after step 3" in capsys.readouterr().err
    assert not kept.exists()
    assert all((resumed[name] == value).all() for name, value in undisturbed.items())


def test_a_checkpoint_of_another_recipe_is_not_used(runner, monkeypatch, capsys):
    monkeypatch.setattr(resume, "SECONDS", -1.0)
    with monkeypatch.context() as interrupted, pytest.raises(KeyboardInterrupt):
        stop_after(2, interrupted)
        runner.train("judge")
    runner.recipe.write_text(RECIPE.replace("batch: 6", "batch: 7"), encoding="utf-8")
    card = load_card(runner.train("judge"))
    assert "of another recipe or code; starting anew" in capsys.readouterr().err
    assert card.settings["train.judge"]["batch"] == 7


def test_no_number_stops_the_stage_with_step_cause_and_remedy(runner):
    text = RECIPE.replace("{steps: 6, batch: 5, lr: 0.02}", "{steps: 6, batch: 5, lr: 1.0e+38}")
    runner.recipe.write_text(text, encoding="utf-8")
    runner.train("perception")
    with pytest.raises(SystemExit, match=r"tiny autoencoder: step \d: loss nan.*lower `lr`"):
        runner.train("autoencoder")


def test_the_same_part_has_the_same_bytes(runner):
    first = runner.train("judge").read_bytes()
    assert runner.train("judge").read_bytes() == first


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_every_part_trains_on_a_gpu(runner):
    runner.device = "cuda"
    for part in ("perception", "autoencoder", "judge", "denoiser", "decoder"):
        assert load_card(runner.train(part)).device == torch.cuda.get_device_name()
    runner.assemble_and_measure()
