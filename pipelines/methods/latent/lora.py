"""Low-rank adapters: which layers they touch, and how they learn.

The layers are those of diffusers' LCM-LoRA training script: the projections of attention and
feed-forward layers, the convolutions, and the time projections. Neither the autoencoder nor the
text encoder is touched.

peft adds B A x beside W x, two more layers a layer. Here W + B A is made once a step, which costs
little at these ranks, and the network runs as if it had no adapter: a tenth of the CPU time of a
step of LCM-LoRA less. A test compares both, values and gradients.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from peft import LoraConfig
from peft.tuners.lora import LoraLayer
from peft.utils import get_peft_model_state_dict
from torch import Tensor, nn

from pipelines.diffusion.networks import Weights

ADAPTER = "learnt"  # peft's name for the adapter while it learns

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


class LowRank(nn.Module):
    """The factors of an adapter, which learn, beside weights that stay as they are.

    peft draws the factors and names the layers, on a U-Net that gets the adapter and is kept for
    this alone.

    Args:
        unet: A U-Net without adapters. It is changed: give a copy.
    """

    def __init__(self, unet: nn.Module, rank: int, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            cast(Any, unet).add_adapter(adapter(rank), ADAPTER)
        layers = {n: m for n, m in unet.named_modules() if isinstance(m, LoraLayer)}
        self._injected, self._names = [unet], list(layers)  # in a list: no part of this module
        self._scales = [layer.scaling[ADAPTER] for layer in layers.values()]
        self._frozen = [cast(Any, layer).base_layer.weight for layer in layers.values()]
        self.narrow = nn.ParameterList(layer.lora_A[ADAPTER].weight for layer in layers.values())
        self.wide = nn.ParameterList(layer.lora_B[ADAPTER].weight for layer in layers.values())

    def fused(self, factors: Weights | None = None) -> Weights:
        """Return W + scale B A of every layer that the adapter touches, by the U-Net's names.

        Args:
            factors: Others than its own, by the names of its parameters.
        """
        own = dict(self.named_parameters()) if factors is None else factors
        return {
            f"{name}.weight": w + scale * product(own[f"wide.{i}"], own[f"narrow.{i}"], w)
            for i, (name, w, scale) in enumerate(
                zip(self._names, self._frozen, self._scales, strict=True)
            )
        }

    def layers(self) -> dict[str, Tensor]:
        """Return the factors as peft's files name them."""
        # Not through diffusers' convert_state_dict_to_diffusers: it renames the attention layers
        # only, and of such a mixture the loader silently drops them.
        named: dict[str, Tensor] = get_peft_model_state_dict(
            self._injected[0], adapter_name=ADAPTER
        )
        return named


def product(wide: Tensor, narrow: Tensor, like: Tensor) -> Tensor:
    """Return B A in the shape of the weights that it is added to.

    Args:
        wide: B, (out, rank) or, of a convolution, (out, rank, 1, 1).
        narrow: A, (rank, in) or (rank, in, height, width).
    """
    return (wide.flatten(1) @ narrow.flatten(1)).view(like.shape)
