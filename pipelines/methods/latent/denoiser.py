"""The denoiser of the tiny Stable Diffusion: a UNet2DConditionModel and its text encoder."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import AutoencoderKL, DDPMScheduler, PNDMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextModel, CLIPTokenizer

from pipelines.contracts.latent import Base, UnetShape
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent import text
from pipelines.methods.latent.autoencoder import encoded
from pipelines.scenes.batches import pictures
from pipelines.scenes.scene_sampling import scenes

# Stable Diffusion 1.5's process; v instead of noise: its error is of one size at all times
PROCESS = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
    "steps_offset": 1,
}
CHUNK = 512  # scenes encoded at once


def shipped_scheduler() -> PNDMScheduler:
    """Return the scheduler that Stable Diffusion 1.5 ships.

    As there, its configuration says `clip_sample: false` for those made from it: diffusers' DDIM
    would cut latents at 1, as if they were pictures.
    """
    scheduler = PNDMScheduler(**PROCESS, skip_prk_steps=True, set_alpha_to_one=False)
    scheduler.register_to_config(clip_sample=False)
    return scheduler


def noising() -> DDPMScheduler:
    """Return the forward process of the training."""
    known = {name: value for name, value in PROCESS.items() if name != "steps_offset"}
    return DDPMScheduler(**known)


def new_unet(shape: UnetShape, width: int, latents: int, side: int, seed: int) -> nn.Module:
    """Return an untrained U-Net that attends to text of `width` numbers a token."""
    below = len(shape.channels) - 1
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream("unet", seed).initial_seed())
        unet: nn.Module = UNet2DConditionModel(
            sample_size=side,
            in_channels=latents,
            out_channels=latents,
            block_out_channels=shape.channels,
            layers_per_block=shape.layers,
            down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * below),
            up_block_types=(*("CrossAttnUpBlock2D",) * below, "UpBlock2D"),
            attention_head_dim=shape.heads,  # diffusers' name for the number of heads
            cross_attention_dim=width,
            norm_num_groups=shape.groups,
        )
    return unet


def networks(recipe: Base, tokenizer: CLIPTokenizer, side: int) -> nn.ModuleDict:
    """Return the untrained `unet` and `text`, which learn together."""
    encoder = text.new_text_encoder(recipe.text, tokenizer, recipe.seed)
    latents = recipe.autoencoder.latents
    unet = new_unet(recipe.unet, recipe.text.width, latents, side, recipe.seed)
    return nn.ModuleDict({"unet": unet, "text": encoder})


@dataclass(frozen=True)
class CachedLatents:
    """Encoded scenes: scaled latents (N, C, 8, 8) and their captions' tokens (N, T)."""

    latents: Tensor
    tokens: Tensor
    empty: Tensor  # tokens of no caption, (T,)


def tokens_of(tokenizer: CLIPTokenizer, prompts: list[str]) -> Tensor:
    """Return token numbers (N, T), padded as Stable Diffusion pads."""
    length = tokenizer.model_max_length
    encoding = tokenizer(
        prompts, padding="max_length", max_length=length, truncation=True, return_tensors="pt"
    )
    numbers: Tensor = encoding.input_ids
    return numbers


@torch.no_grad()
def cache_latents(
    autoencoder: AutoencoderKL, tokenizer: CLIPTokenizer, count: int, seed: int
) -> CachedLatents:
    """Encode the first `count` scenes of a series, in the base style."""
    parts, captions = list[Tensor](), list[str]()
    for first in range(0, count, CHUNK):
        some = scenes(first, min(CHUNK, count - first), ("bank", seed))
        captions += [caption.text() for caption in some.captions()]
        parts.append(encoded(autoencoder, pictures(some.to(autoencoder.device))))
    tokens = tokens_of(tokenizer, ["", *captions]).to(autoencoder.device)
    scaled = torch.cat(parts) * autoencoder.config.scaling_factor
    return CachedLatents(scaled, tokens[1:], tokens[0])


class Denoising:
    """Predict v at times spread evenly over the batch; some captions are emptied.

    v = alpha_t noise - sigma_t x0 (Salimans & Ho 2022, arXiv 2202.00512, appendix D).
    """

    def __init__(
        self, network: nn.ModuleDict, cached: CachedLatents, count: int, seed: int, dropout: float
    ) -> None:
        self.network, self.cached = network, cached
        self.count, self.seed, self.dropout = count, seed, dropout
        self.process = noising()

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the squared error of the predicted velocity."""
        generator, device = stream("denoiser", self.seed, step), self.cached.latents.device
        rows = torch.randint(len(self.cached.latents), (self.count,), generator=generator)
        offsets = torch.rand(self.count, generator=generator)
        t = ((torch.arange(self.count) + offsets) / self.count * 1000).long().to(device)
        noise = torch.randn(self.count, *self.cached.latents.shape[1:], generator=generator)
        dropped = torch.rand(self.count, 1, generator=generator) < self.dropout
        x0, noise = self.cached.latents[rows.to(device)], noise.to(device)
        tokens = torch.where(
            dropped.to(device), self.cached.empty, self.cached.tokens[rows.to(device)]
        )
        x_t = self.process.add_noise(x0, noise, t)
        states = self.network["text"](tokens).last_hidden_state
        pred_v = self.network["unet"](x_t, t, states).sample
        wanted = self.process.get_velocity(x0, noise, t)
        return {"loss": F.mse_loss(pred_v.float(), wanted)}


def text_and_unet(network: nn.ModuleDict) -> tuple[CLIPTextModel, UNet2DConditionModel]:
    """Return both halves under their own types."""
    encoder, unet = network["text"], network["unet"]
    assert isinstance(encoder, CLIPTextModel) and isinstance(unet, UNet2DConditionModel)
    return encoder, unet
