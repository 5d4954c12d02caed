"""The parts put together: a folder that anyone's diffusers loads."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderKL, DiffusionPipeline, StableDiffusionPipeline
from torch import nn
from transformers import CLIPTokenizer

from pipelines.methods.latent.denoiser import shipped_scheduler, text_and_unet
from pipelines.methods.latent.text import write_vocabulary


def assembled(
    autoencoder: AutoencoderKL, tokenizer: CLIPTokenizer, network: nn.ModuleDict
) -> StableDiffusionPipeline:
    """Return the pipeline of a trained autoencoder, U-Net and text encoder."""
    encoder, unet = text_and_unet(network)
    return StableDiffusionPipeline(
        vae=autoencoder.eval(),
        text_encoder=encoder.eval(),
        tokenizer=tokenizer,
        unet=unet.eval(),
        scheduler=shipped_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def write_pipeline(pipeline: StableDiffusionPipeline, folder: Path) -> None:
    """Write a pipeline: autoencoder and U-Net in float16, to which it is rounded.

    The text encoder stays in float32: transformers would load it in the precision of its file,
    diffusers the others in float32, and the two would not fit together.
    """
    halved = (pipeline.vae, pipeline.unet)
    for module in halved:
        module.half()
    pipeline.save_pretrained(folder, safe_serialization=True)
    for module in halved:
        module.float()
    write_vocabulary(folder / "tokenizer")


def load(folder: Path, device: str = "cpu") -> StableDiffusionPipeline:
    """Read a pipeline of any class from a folder, never from elsewhere; compute in float32."""
    pipeline = DiffusionPipeline.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, use_safetensors=True
    )
    return pipeline.to(device)


def with_adapters(
    pipeline: StableDiffusionPipeline, adapters: dict[Path, float]
) -> StableDiffusionPipeline:
    """Fuse adapters, each with its weight, into the weights of a pipeline's U-Net.

    Raises:
        RuntimeError: An adapter was made for a U-Net of another shape.
    """
    names = [f"adapter{i}" for i in range(len(adapters))]
    for name, folder in zip(names, adapters, strict=True):
        pipeline.load_lora_weights(folder, adapter_name=name, local_files_only=True)
    if names:
        pipeline.set_adapters(names, list(adapters.values()))
        pipeline.fuse_lora(adapter_names=names)
        pipeline.unload_lora_weights()
    return pipeline
