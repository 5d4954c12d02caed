"""Which layers an acceleration adapter touches, and how wide it is.

The names are those of diffusers' LCM-LoRA training script: the projections of attention and
feed-forward layers, the convolutions, and the time projections. Neither the autoencoder nor the
text encoder is touched.
"""

from __future__ import annotations

from peft import LoraConfig

TARGETS = (
    "to_q",
    "to_k",
    "to_v",
    "to_out.0",
    "proj_in",
    "proj_out",
    "ff.net.0.proj",
    "ff.net.2",
    "conv1",
    "conv2",
    "conv_shortcut",
    "downsamplers.0.conv",
    "upsamplers.0.conv",
    "time_emb_proj",
)


def adapter(rank: int, alpha: int | None = None) -> LoraConfig:
    """Return the adapter of LCM-LoRA: W + (alpha / rank) B A, B zero at first.

    Args:
        rank: Columns of B and rows of A; 64 in the published adapters.
        alpha: Scale; the rank if not given, as published.
    """
    return LoraConfig(
        r=rank, lora_alpha=rank if alpha is None else alpha, target_modules=list(TARGETS)
    )
