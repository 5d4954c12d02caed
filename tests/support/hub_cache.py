"""A hub's cache with tiny untrained checkpoints in it, in the formats of the published ones."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from pipelines.contracts.latent import AutoencoderShape, TextShape
from pipelines.methods.latent import autoencoder, denoiser, text

REVISION = "0123456789abcdef0123456789abcdef01234567"
RANK, ALPHA = 2, 4.0
SHAPE = TextShape(width=16, layers=1, heads=2)
UNET = {
    "sample_size": 16,
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    "attention_head_dim": 2,
    "norm_num_groups": 4,
}
XL = {
    "cross_attention_dim": 32,
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 6 * 8 + 16,
}


class Hub:
    """The cache of a machine that has downloaded a few repositories at one revision."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, repository: str) -> Path:
        name = "models--" + repository.replace("/", "--")
        return self.root / name / "snapshots" / REVISION

    def save(self, repository: str, pipeline, **how) -> None:
        folder = self.folder(repository)
        pipeline.save_pretrained(folder, **how)
        for tokenizer in folder.glob("tokenizer*"):
            text.write_vocabulary(tokenizer)

    def put(self, repository: str, name: str, tensors: dict[str, torch.Tensor]) -> None:
        self.folder(repository).mkdir(parents=True, exist_ok=True)
        save_file(tensors, self.folder(repository) / name)

    def fill(self) -> None:
        torch.manual_seed(0)
        self.save("some/sd", plain())
        self.save("some/half", plain(), variant="fp16")
        self.save("some/pickled", plain(), safe_serialization=False)
        self.save("some/half-pickled", plain())
        encoder = self.folder("some/half-pickled") / "text_encoder"
        torch.save(load_file(encoder / "model.safetensors"), encoder / "pytorch_model.bin")
        (encoder / "model.safetensors").unlink()
        self.save("some/torn", plain())
        next(self.folder("some/torn").glob("vae/*.safetensors")).unlink()
        self.save("some/lcm", told_its_guidance())
        self.save("some/xl", xl())
        lightning = UNet2DConditionModel(**UNET, **XL).half().state_dict()
        self.put("some/lightning", "four_steps.safetensors", lightning)
        self.put("some/lora", "lora.safetensors", kohya(UNet2DConditionModel(**UNET, **SD)))
        self.put("some/xl-lora", "lora.safetensors", kohya(UNet2DConditionModel(**UNET, **XL)))


SD = {"cross_attention_dim": 16}


def kohya(unet: nn.Module) -> dict[str, torch.Tensor]:
    """Return an adapter as the published ones are written: one alpha a layer, flat names."""
    found = {}
    for name, layer in unet.named_modules():
        flat = "lora_unet_" + name.replace(".", "_")
        if name.endswith(("to_q", "to_k", "to_v", "to_out.0")):
            found[f"{flat}.lora_down.weight"] = torch.randn(RANK, layer.in_features)
            found[f"{flat}.lora_up.weight"] = torch.randn(layer.out_features, RANK)
            found[f"{flat}.alpha"] = torch.tensor(ALPHA)
    return found


def plain() -> StableDiffusionPipeline:
    return StableDiffusionPipeline(**parts(), **SAFETY, unet=UNet2DConditionModel(**UNET, **SD))


def told_its_guidance() -> LatentConsistencyModelPipeline:
    unet = UNet2DConditionModel(**UNET, **SD, time_cond_proj_dim=8)
    ready = {**parts(), "scheduler": LCMScheduler.from_config(parts()["scheduler"].config)}
    return LatentConsistencyModelPipeline(**ready, **SAFETY, unet=unet)


SAFETY = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def xl() -> StableDiffusionXLPipeline:
    ready = parts()
    config = {**ready["text_encoder"].config.to_dict(), "projection_dim": 16}
    return StableDiffusionXLPipeline(
        **{**ready, "scheduler": EulerDiscreteScheduler.from_config(ready["scheduler"].config)},
        text_encoder_2=CLIPTextModelWithProjection(CLIPTextConfig(**config)).eval(),
        tokenizer_2=ready["tokenizer"],
        unet=UNet2DConditionModel(**UNET, **XL),
    )


def parts() -> dict[str, object]:
    tokenizer = text.tokenizer_of(SHAPE)
    encoder: CLIPTextModel = text.new_text_encoder(SHAPE, tokenizer, 0)
    vae: AutoencoderKL = autoencoder.new_autoencoder(AutoencoderShape(channels=(4, 4, 8, 8)), 0)
    return {
        "vae": vae.eval(),
        "text_encoder": encoder.eval(),
        "tokenizer": tokenizer,
        "scheduler": denoiser.shipped_scheduler(),
    }
