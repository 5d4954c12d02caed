"""The networks have the sizes of the published ones, and run wherever torch does."""

from __future__ import annotations

import pytest
import torch

from pipelines.evaluation.latent.published_shapes import (
    SHAPES,
    PublishedShape,
    decoder_of,
    inputs_of,
    unet_of,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_unet_has_as_many_weights_as_its_authors_say(shape: PublishedShape) -> None:
    unet = unet_of(shape, "meta", torch.float16)
    assert sum(weight.numel() for weight in unet.parameters()) == shape.parameters
    made = unet(**inputs_of(shape, 2, "meta", torch.float16)).sample
    side = shape.size // 8
    assert made.shape == (2, 4, side, side)
    assert (made.device.type, made.dtype) == ("meta", torch.float16)


def test_the_decoder_has_as_many_weights_as_its_authors_say() -> None:
    vae = decoder_of("meta", torch.float16)
    assert sum(weight.numel() for weight in vae.parameters()) == 83_653_863
    latent = torch.zeros(1, 4, 64, 64, device="meta", dtype=torch.float16)
    assert vae.decode(latent).sample.shape == (1, 3, 512, 512)
