"""Anyone's diffusers loads what the build leaves: another process, nothing of ours imported."""

import pytest
from tiny_students import student, trained
from warm import shared

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
import torch
from diffusers import DiffusionPipeline, LatentConsistencyModelPipeline, LCMScheduler

base, lora, style, lcm = sys.argv[1:]
prompt = "a large striped red star over the sea"

pipe = DiffusionPipeline.from_pretrained(base, use_safetensors=True)
pipe.load_lora_weights(lora, adapter_name="lcm")
pipe.load_lora_weights(style, adapter_name="style")
pipe.set_adapters(["lcm", "style"], [1.0, 0.8])
assert pipe.get_active_adapters() == ["lcm", "style"]
layers = [name for name, _ in pipe.unet.named_modules() if name.endswith("attn2.to_k.lora_A.lcm")]
assert layers, "the attention layers of the adapter were dropped"
pipe.scheduler = LCMScheduler.from_config(pipe.scheduler.config)
image = pipe(prompt, num_inference_steps=4, guidance_scale=1.0).images[0]
assert image.size == (64, 64)

quick = DiffusionPipeline.from_pretrained(lcm, use_safetensors=True)
assert isinstance(quick, LatentConsistencyModelPipeline), type(quick)
assert quick.unet.config.time_cond_proj_dim == 32
assert quick(prompt, num_inference_steps=4, guidance_scale=8.0).images[0].size == (64, 64)
assert not [name for name in sys.modules if name.startswith("pipelines")]
print("loaded")
"""


@pytest.fixture(scope="module")
def folders(base, cached, tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    for method in ("lcm_lora", "style_lora", "lcm"):
        objective, training = trained(student(method, steps=2), base, cached)
        objective.write(training.weights(), root / method)
    return [base, root / "lcm_lora", root / "style_lora", root / "lcm"]


def test_a_stranger_loads_pipeline_adapters_and_lcm(folders, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    run = shared().run(tmp_path, "program", *map(str, folders))
    assert run.returncode == 0, run.stdout[-2000:]
    assert run.stdout.endswith("loaded\n")


def test_nothing_is_pickled(folders):
    for folder in folders:
        kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
        assert kinds <= {".safetensors", ".json", ".txt"}, kinds
