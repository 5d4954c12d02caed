"""Repositories of checkpoints that mean harm: refused by name, and nothing of them is run."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from pathlib import Path

import pytest
import yaml
from checkout import ROOT
from hub_cache import REVISION, Hub
from huggingface_hub import constants

from pipelines.contracts.checkpoint import load_checkpoint
from pipelines.contracts.problems import InputProblems
from pipelines.methods.latent import hub

pytestmark = pytest.mark.slow
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Hub:
    made = Hub(tmp_path_factory.mktemp("hub"))
    made.fill()
    return made


@pytest.fixture
def offline(cache, monkeypatch) -> Hub:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache.root))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return cache


def pin(repository: str, file: str = "") -> dict[str, str]:
    named = {"file": file} if file else {}
    return {"repository": repository, "revision": REVISION, **named}


def written(folder: Path, **more: object) -> Path:
    path = folder / "tiny.yaml"
    data = {"title": "Tiny", "licence": "none", "model": pin("some/sd"), "size": 64}
    data |= {"prompts": ["a star"], "systems": ["lcm@1,w=1"], **more}
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


class Deed:
    """What a pickle does when it is read: it leaves a file where the test looks."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def harmful(cache: Hub, kind: str, mark: Path) -> dict:
    """Put a repository into the cache that would touch `mark`; return what asks for it."""
    name = f"evil/{kind.replace(' ', '-')}"
    folder = cache.folder(name)
    shutil.copytree(cache.folder("some/sd"), folder, dirs_exist_ok=True)
    weights = folder / "unet/diffusion_pytorch_model.safetensors"
    encoder = folder / "text_encoder/model.safetensors"
    index = folder / "model_index.json"
    module = f"from pathlib import Path\nPath({str(mark)!r}).touch()\nclass Evil: pass\n"
    match kind:
        case "pickled adapter":
            (folder / "lora.safetensors").write_bytes(pickle.dumps(Deed(mark)))
            return {"adapters": {"a": pin(name, "lora.safetensors")}}
        case "pickled unet":
            (folder / "four.safetensors").write_bytes(pickle.dumps(Deed(mark)))
            return {"unet": pin(name, "four.safetensors")}
        case "pickled weights":
            weights.write_bytes(pickle.dumps(Deed(mark)))
        case "pickled text encoder":
            encoder.write_bytes(pickle.dumps(Deed(mark)))
        case "torn weights":
            weights.write_bytes(weights.read_bytes()[:-99])
        case "no JSON":
            (folder / "unet/config.json").write_text("[" * 100_000)
            return {"model": pin(name), "unet": pin("some/lightning", "four_steps.safetensors")}
        case "code beside the unet":
            (folder / "unet/evil.py").write_text(module)
            index.write_text(index.read_text().replace('"UNet2DConditionModel"', '"Evil"', 1))
            index.write_text(re.sub(r'("unet": \[\s*)"diffusers"', r'\1"evil"', index.read_text()))
        case "a pipeline of its own":
            (folder / "pipeline.py").write_text(module)
            named = {"_class_name": ["pipeline", "Evil"]}
            index.write_text(json.dumps(json.loads(index.read_text()) | named))
        case "a module of Python":
            named = {"unet": ["subprocess", "Popen"], "vae": ["builtins", "exec"]}
            index.write_text(json.dumps(json.loads(index.read_text()) | named))
        case "a kernel of another repository" | "the same by its inner name":
            inner = "_internal" if kind.endswith("name") else ""
            config = folder / "text_encoder/config.json"
            named = {f"{'_' * bool(inner)}attn_implementation{inner}": "evil/kernels"}
            config.write_text(json.dumps(json.loads(config.read_text()) | named))
    return {"model": pin(name)}


HARM = (
    *("pickled adapter", "pickled unet", "pickled weights", "pickled text encoder"),
    *("torn weights", "no JSON", "code beside the unet", "a pipeline of its own"),
    "a module of Python",
)


@pytest.mark.parametrize("kind", HARM)
def test_a_repository_that_means_harm_is_refused_by_name(kind, offline, tmp_path):
    mark = tmp_path / "done"
    path = written(tmp_path, **harmful(offline, kind, mark))
    with pytest.raises(InputProblems, match="ML111"):
        hub.opened(load_checkpoint(path))
    assert not mark.exists()


def test_attention_is_no_code_of_another_repository(offline, tmp_path):
    """Transformers loads such code by the package `kernels`, which is not ours: it refuses."""
    path = written(
        tmp_path, **harmful(offline, "a kernel of another repository", tmp_path / "done")
    )
    with pytest.raises(InputProblems, match=r"ML111.*kernels"):
        hub.opened(load_checkpoint(path))
    assert "kernels" not in {line.partition("==")[0] for line in LOCK.splitlines()}


def test_the_inner_name_of_such_code_is_ignored(offline, tmp_path):
    """CVE-2026-4372: what a configuration named so was downloaded and run."""
    path = written(tmp_path, **harmful(offline, "the same by its inner name", tmp_path / "done"))
    encoder = hub.opened(load_checkpoint(path)).text_encoder
    assert encoder.config._attn_implementation in ("eager", "sdpa")
