"""The published U-Nets on the meta device: shapes, parameters, and what an LCM-LoRA would hold."""

from __future__ import annotations

import pytest
import torch

from pipelines.methods.latent.lora import TARGETS, adapter
from pipelines.methods.latent.published import PUBLISHED

pytestmark = pytest.mark.slow

# U-Net parameters, adapted modules and rank-64 adapter parameters, as the files on the hub hold.
COUNTS = {
    "sd15": (859_520_964, 278, 67_252_224),
    "sdxl": (2_567_463_684, 788, 196_751_360),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_and_shapes(name: str) -> None:
    published = PUBLISHED[name]
    unet = published.build()
    assert sum(weight.numel() for weight in unet.parameters()) == COUNTS[name][0]
    inputs = published.inputs(batch=2)
    with torch.device("meta"):
        assert unet(**inputs).sample.shape == inputs["sample"].shape


@pytest.mark.parametrize("name", PUBLISHED)
def test_adapter_has_the_published_size(name: str) -> None:
    unet = PUBLISHED[name].build()
    with torch.device("meta"):
        unet.add_adapter(adapter(rank=64))
    weights = {key: value for key, value in unet.named_parameters() if "lora_" in key}
    assert len(weights) == 2 * COUNTS[name][1]
    assert sum(weight.numel() for weight in weights.values()) == COUNTS[name][2]
    megabytes = 2 * COUNTS[name][2] / 1e6  # two bytes a number in float16
    assert megabytes == pytest.approx({"sd15": 134.5, "sdxl": 393.5}[name], abs=0.05)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_target_is_found(name: str) -> None:
    modules = dict(PUBLISHED[name].build().named_modules())
    for target in TARGETS:
        assert any(path.endswith(f".{target}") for path in modules), target
