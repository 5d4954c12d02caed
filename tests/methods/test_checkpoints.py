"""Published checkpoints, by folders of the same formats in a hub's cache of our own."""

import re
import sys
from pathlib import Path

import pytest
import torch
import yaml
from checkout import ROOT
from hub_cache import ALPHA, RANK, REVISION, Hub
from huggingface_hub import constants
from PIL import Image
from safetensors.torch import load_file
from tiny_module import write_module
from warm import shared, warm

from pipelines.contracts.artifacts import load_arrays, load_card
from pipelines.contracts.checkpoint import load_checkpoint
from pipelines.contracts.files import read_json
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import SAMPLERS
from pipelines.contracts.problems import InputProblems
from pipelines.methods.latent import hub
from pipelines.methods.latent.sampling import SCHEDULERS, developed, first_noise, sampled
from pipelines.stages import clock_checkpoints, measure_checkpoint

pytestmark = pytest.mark.slow
OURS = Path("lessons/fast-generation/checkpoints")
PROMPTS = ["a large striped red star over the sea", "a small plain blue ring at dusk"]
ONE_STEP = Sampling("lcm", 1, 1)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    made = Hub(tmp_path_factory.mktemp("hub"))
    made.fill()
    return made


@pytest.fixture
def offline(cache, monkeypatch):
    """A machine that cannot reach the hub and has its cache."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache.root))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return cache


def pin(repository: str, file: str = "", **more) -> dict[str, object]:
    named = {"file": file} if file else {}
    return {"repository": repository, "revision": REVISION, **named, **more}


def written(folder: Path, repository: str, system: str, **more) -> Path:
    path = folder / "tiny.yaml"
    data = {
        "title": "Tiny",
        "licence": "nothing to accept",
        "model": pin(repository),
        "size": 64,
        "prompts": PROMPTS,
        "systems": [system],
        **more,
    }
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


LORA, XL_LORA = (
    {"adapters": {"a": pin(name, "lora.safetensors")}} for name in ("some/lora", "some/xl-lora")
)
KINDS = {
    "sd": ("some/sd", "dpmpp_2m@2,w=3,leading", {}, 4),
    "sd-lora": ("some/sd", "lcm@2,w=1", LORA, 2),
    "half": ("some/half", "ddim@1,w=1,leading", {"model": pin("some/half", variant="fp16")}, 1),
    "lcm": ("some/lcm", "lcm@2,w=8", {}, 2),
    "xl": ("some/xl", "euler_ancestral@1,w=1,trailing", {}, 1),
    "xl-guided": ("some/xl", "ddim@2,w=5,leading", {}, 4),
    "xl-lora": ("some/xl", "lcm@1,w=1", XL_LORA, 1),
    "lightning": (
        "some/xl", "euler@4,w=1,trailing",
        {"unet": pin("some/lightning", "four_steps.safetensors")}, 4,
    ),
}  # fmt: skip


def run(stage, monkeypatch, *words: object) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", *map(str, words), "--code", "x"])
    stage.main()


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_is_drawn_and_timed(kind, offline, tmp_path, monkeypatch, torch_restored):
    model, system, more, nfe = KINDS[kind]
    path = written(tmp_path, model, system, batches=[1, 3], **more)
    out = [tmp_path / name for name in ("samples.safetensors", "rows.json", "timings.json")]
    flags = ("--samples", out[0], "--measurements", out[1])
    run(measure_checkpoint, monkeypatch, path, *flags)
    shown = load_arrays(out[0])
    assert shown.keys() == {system} and shown[system].shape == (2, 64, 64, 3)
    assert shown[system].std() > 1 and (shown[system][0] != shown[system][1]).any()
    assert load_card(out[0]).settings["prompts"] == PROMPTS
    rows = {row["key"]: row for row in read_json(out[1])}
    assert rows.keys() == {f"tiny/{system}/{metric}" for metric in ("clipped", "sharpness")}
    assert all(row["nfe"] == nfe and row["n"] == 6 for row in rows.values())
    run(clock_checkpoints, monkeypatch, path, "--repeats", 2, "--timings", out[2])
    timed = {row["key"]: row for row in read_json(out[2])["rows"]}
    parts = [
        f"{part}@1/latency_{n}" for part in ("text", "unet", "scheduler", "vae") for n in (1, 3)
    ]
    wanted = [f"{system}/{what}" for what in ("latency", "loop_1", "loop_3")] + parts
    assert timed.keys() == {f"tiny/{key}" for key in wanted}
    assert all(row["value"] > 0 and row["n"] == 2 for row in timed.values())


def test_an_adapter_is_fused_with_its_weight(offline, tmp_path):
    adapter = pin("some/lora", "lora.safetensors", weight=0.5)
    plain = hub.opened(load_checkpoint(written(tmp_path, "some/sd", "lcm@1,w=1")))
    path = written(tmp_path, "some/sd", "lcm@1,w=1", adapters={"a": adapter})
    fused = hub.opened(load_checkpoint(path))
    layer = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k"
    found = load_file(offline.folder("some/lora") / "lora.safetensors")
    flat = "lora_unet_" + layer.replace(".", "_")
    change = found[f"{flat}.lora_up.weight"] @ found[f"{flat}.lora_down.weight"]
    was = plain.unet.get_submodule(layer).weight
    assert torch.allclose(
        fused.unet.get_submodule(layer).weight, was + 0.5 * ALPHA / RANK * change, atol=1e-5
    )


def test_another_unet_takes_the_place_of_the_models_own(offline, tmp_path):
    own = {"unet": pin("some/lightning", "four_steps.safetensors")}
    pipeline = hub.opened(
        load_checkpoint(written(tmp_path, "some/xl", "ddim@1,w=1,leading", **own))
    )
    weights = load_file(offline.folder("some/lightning") / "four_steps.safetensors")
    state = pipeline.unet.state_dict()
    assert all(torch.equal(state[name], value.float()) for name, value in weights.items())


@pytest.mark.parametrize("model", ["some/sd", "some/xl", "some/lcm"])
def test_the_size_is_that_of_the_file(model, offline, tmp_path):
    path = written(tmp_path, model, "lcm@1,w=1", size=192)
    pipeline = hub.opened(load_checkpoint(path))
    assert sampled(pipeline, PROMPTS[:1], ONE_STEP).shape == (1, 3, 192, 192)
    assert pipeline(PROMPTS[0], num_inference_steps=1).images[0].size == (192, 192)


def test_chunks_change_no_first_noise(offline, tmp_path):
    pipeline = hub.opened(load_checkpoint(written(tmp_path, "some/sd", "ddim@2,w=1,leading")))
    two_steps = Sampling("ddim", 2, 1, "leading")
    whole, split = (sampled(pipeline, PROMPTS, two_steps, chunk=chunk) for chunk in (2, 1))
    assert torch.allclose(whole, split, atol=1e-4)


@pytest.mark.parametrize("model", ["some/sd", "some/xl", "some/lcm"])
def test_pictures_are_developed_as_by_the_pipeline_itself(model, offline, tmp_path):
    pipeline = hub.opened(load_checkpoint(written(tmp_path, model, "lcm@1,w=1")))
    ours = sampled(pipeline, PROMPTS, ONE_STEP)
    theirs = pipeline(
        PROMPTS, num_inference_steps=1, guidance_scale=1.0, output_type="pt",
        latents=first_noise(pipeline, len(PROMPTS)),
    )  # fmt: skip
    assert torch.allclose(ours, theirs.images * 2 - 1, atol=1e-4)


def test_an_autoencoder_that_overflows_in_half_precision_decodes_in_single(offline, tmp_path):
    pipeline = hub.opened(load_checkpoint(written(tmp_path, "some/xl", "lcm@1,w=1")))
    latents = torch.randn(1, 4, 8, 8)
    pipeline.vae.half().float()  # rounded, as it will be again
    whole = developed(pipeline, latents)
    pipeline.vae.register_to_config(force_upcast=True)
    pipeline.vae.half()
    assert torch.allclose(developed(pipeline, latents.half()), whole, atol=2e-2)
    assert pipeline.vae.dtype == torch.float16


MISSING = {
    "a model": ({"model": pin("some/other")}, 3, "hf download some/other --revision " + REVISION),
    "an adapter": (
        {"adapters": {"a": pin("some/other", "lora.safetensors")}}, 13,
        f"hf download some/other --revision {REVISION} lora.safetensors",
    ),
    "a file of an adapter": (
        {"adapters": {"a": pin("some/lora", "other.safetensors")}}, 13, "other.safetensors",
    ),
    "a unet": ({"unet": pin("some/other", "four.safetensors")}, 12, "four.safetensors"),
    "safetensors": ({"model": pin("some/pickled")}, 3, "weights must be safetensors"),
    "safetensors of the text encoder": (
        {"model": pin("some/half-pickled")}, 3, "weights must be safetensors",
    ),
    "the rest of a model": ({"model": pin("some/torn")}, 3, "hf download some/torn"),
    "the variant": ({"model": pin("some/sd", variant="fp16")}, 3, "*/*.fp16.safetensors"),
    "the revision": (
        {"model": {"repository": "some/sd", "revision": "f" * 40}}, 3, "--revision " + "f" * 40,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MISSING)
def test_what_cannot_be_had_is_named_with_line_and_remedy(what, offline, tmp_path):
    more, line, remedy = MISSING[what]
    checkpoint = load_checkpoint(written(tmp_path, "some/sd", "lcm@1,w=1", **more))
    with pytest.raises(InputProblems) as caught:
        hub.opened(checkpoint)
    (problem,) = caught.value.problems
    assert problem.code == "ML111" and problem.line == line, str(problem)
    assert remedy in problem.remedy and "nothing to accept" in problem.remedy
    assert "HF_TOKEN" in problem.remedy and re.search(r"\d+ GB are free", problem.remedy)


WRONG = {
    "an adapter": ({"adapters": {"a": pin("some/xl-lora", "lora.safetensors")}}, 12),
    "a unet": ({"unet": pin("some/lightning", "four_steps.safetensors")}, 12),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_named(what, offline, tmp_path):
    more, line = WRONG[what]
    checkpoint = load_checkpoint(written(tmp_path, "some/sd", "lcm@1,w=1", **more))
    with pytest.raises(InputProblems, match="ML111") as caught:
        hub.opened(checkpoint)
    assert caught.value.problems[0].line == line and "made" in caught.value.problems[0].remedy


REFUSED = {
    "a branch": {"model": {"repository": "some/sd", "revision": "main"}},
    "a pickle": {"adapters": {"a": pin("some/lora", "lora.bin")}},
    "a way out": {"adapters": {"a": pin("some/lora", "../../lora.safetensors")}},
    "a path": {"model": pin("/etc/sd")},
    "a size between": {"size": 100},
    "no system": {"systems": ["lcm"]},
    "a sampler of nobody": {"systems": ["lcm@4,w=1", "magic@1,w=1"]},
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_file_may_not_say(what, tmp_path):
    with pytest.raises(InputProblems, match="ML103"):
        load_checkpoint(written(tmp_path, "some/sd", "lcm@1,w=1", **REFUSED[what]))


@pytest.mark.parametrize("path", sorted(OURS.glob("*.yaml")), ids=lambda path: path.stem)
def test_ours_can_be_read_and_downloaded(path):
    checkpoint = load_checkpoint(path)
    for source in checkpoint.sources:
        command = hub.command(source)
        assert source.revision in command and "safetensors" in command


def test_every_sampler_that_a_file_may_name_is_there():
    assert set(SAMPLERS) == set(SCHEDULERS)


ASKED = ["snakemake", "--dry-run", "published_checkpoints", "--config"]


@pytest.mark.parametrize(
    ("only", "place", "word"),
    [
        ([], "tiny.yaml:1", "metod"),
        (["only=other"], "checkpoints:1", "`only=other` names no file"),
    ],
)
def test_a_mistake_in_a_checkpoint_ends_its_build_and_no_lesson(only, place, word, tmp_path):
    write_module(tmp_path)
    folder = tmp_path / "lessons/tiny/checkpoints"
    folder.mkdir()
    (folder / "tiny.yaml").write_text("metod: x\n")
    settings = ["module=tiny", f"lessons={tmp_path}/lessons", f"build={tmp_path}/out"]
    done = shared().run(ROOT, *ASKED, *settings, *only)
    assert done.returncode == 1, done.stdout
    assert place in done.stdout and word in done.stdout and "remedy:" in done.stdout
    whole = [word for word in ASKED if word != "published_checkpoints"]
    assert shared().run(ROOT, *whole, *settings).returncode == 0


def test_snakemake_makes_the_page_and_nothing_else(cache, tmp_path, monkeypatch):
    """The preset from end to end, in processes of their own, in which the hub is out of reach."""
    write_module(tmp_path)
    module = tmp_path / "lessons/tiny/checkpoints"
    module.mkdir()
    model, system, more, _ = KINDS["lightning"]
    hostile = "<script>alert(1)</script>"
    (module / "zed.yaml").write_text("title: not read, because nobody asks for it")
    written(module, model, system, **more, title=hostile, licence="a & b")
    home = tmp_path / "home"
    home.mkdir()
    (home / "hub").symlink_to(cache.root)
    settings = ["module=tiny", f"lessons={module.parents[1]}", f"build={tmp_path}/out"]
    told = ["published_checkpoints", "--config", *settings, "only=tiny"]
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    with warm() as there:  # one of its own: libraries read these when they are imported
        done = there.run(ROOT, "snakemake", "--cores", "1", "--nolock", *told)
    assert done.returncode == 0, done.stdout
    page = (tmp_path / "out/checkpoints/index.html").read_text(encoding="utf-8")
    assert hostile not in page and "&lt;script&gt;" in page and "a &amp; b" in page
    assert REVISION[:12] in page and "four_steps.safetensors" in page and system in page
    for picture in re.findall(r'src="([^"]+)"', page):
        assert Image.open(tmp_path / "out/checkpoints" / picture).size == (2 * 64, 64)
    assert (tmp_path / "out/checkpoints/static/lessons.css").is_file()
