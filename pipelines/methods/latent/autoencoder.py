"""The autoencoder of the tiny Stable Diffusion: pictures (3, 64, 64) ↔ latents (C, 8, 8)."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.contracts.latent import SIDE, AutoencoderShape
from pipelines.diffusion.randomness import stream
from pipelines.scenes.batches import MIX, pictures, step_scenes
from pipelines.scenes.scene_classifier import SceneClassifier

KL = 3e-4  # weight of the prior, a latent number
LOG_VARIANCE = -4.0  # at the start; diffusers' zero would bury the latents in noise
CHUNK = 16  # pictures at once: with many more the processor waits for its memory
WIDTHS = {"absolute": 0.5, "square": 1.0, "slope": 0.1, "perceived": 0.3}  # weights of the errors


def new_autoencoder(shape: AutoencoderShape, seed: int) -> AutoencoderKL:
    """Return an untrained autoencoder."""
    levels = len(shape.channels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream("autoencoder", seed).initial_seed())
        network = AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * levels,
            up_block_types=("UpDecoderBlock2D",) * levels,
            block_out_channels=shape.channels,
            layers_per_block=shape.layers,
            latent_channels=shape.latents,
            norm_num_groups=shape.groups,
            sample_size=SIDE,
            mid_block_add_attention=False,
        )
    with torch.no_grad():
        network.quant_conv.weight[shape.latents :] *= 0.1
        network.quant_conv.bias[shape.latents :] = LOG_VARIANCE
    return network


def perceived(perception: SceneClassifier, x: Tensor, reference: Tensor) -> Tensor:
    """Return how far pictures lie apart on a classifier's maps, a mean over its resolutions.

    As LPIPS (Zhang et al. 2018, arXiv 1801.03924, equation 1), on a network trained on renders and
    without learnt weights: unit vectors over the channels, squared, mean over the positions.
    """
    with torch.no_grad():
        wanted = perception.stages(reference)
    each = [
        (F.normalize(a, dim=1) - F.normalize(b, dim=1)).square().sum(1).mean()
        for a, b in zip(perception.stages(x), wanted, strict=True)
    ]
    return torch.stack(each).mean()


def errors(x: Tensor, reference: Tensor) -> dict[str, Tensor]:
    """Return the mean errors between pictures: absolute, squared, and of the slopes."""
    e = x - reference
    across, down = e[..., 1:] - e[..., :-1], e[..., 1:, :] - e[..., :-1, :]
    return {
        "absolute": e.abs().mean(),
        "square": e.square().mean(),
        "slope": across.abs().mean() + down.abs().mean(),
    }


def all_errors(perception: SceneClassifier, x: Tensor, reference: Tensor) -> dict[str, Tensor]:
    """Return the errors between pictures, pixel by pixel and as a classifier perceives them."""
    return {**errors(x, reference), "perceived": perceived(perception, x, reference)}


def weighed(terms: dict[str, Tensor]) -> Tensor:
    """Return the sum of the terms, each times its entry of WIDTHS."""
    return torch.stack([WIDTHS[name] * value for name, value in terms.items()]).sum()


class Reconstruction:
    """Encode, draw, decode: the pictures' errors and the latents' distance from the prior."""

    def __init__(
        self, network: AutoencoderKL, perception: SceneClassifier, count: int, seed: int
    ) -> None:
        self.network, self.perception = network, perception
        self.count, self.seed = count, seed

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the loss of a step: reconstruction, and the divergence of the latents."""
        scenes = step_scenes(step, self.count, ("autoencoder", self.seed), self.network.device)
        x = pictures(scenes, MIX)
        posterior = self.network.encode(x).latent_dist
        noise = noise_like(posterior.mean, "autoencoder", self.seed, step)
        decoded = self.network.decode(posterior.mean + posterior.std * noise).sample
        found = all_errors(self.perception, decoded.float(), x)
        kl = posterior.kl().mean() / posterior.mean[0].numel()
        return {"loss": weighed(found) + KL * kl, **found, "kl": kl}


class Decoding:
    """Decode again, better, with the encoder as it is: a denoiser can be trained meanwhile.

    The noise on the latents stands for the small errors of a denoiser.
    """

    def __init__(
        self,
        network: AutoencoderKL,
        perception: SceneClassifier,
        count: int,
        seed: int,
        noise: float,
    ) -> None:
        self.network, self.perception = network, perception
        self.count, self.seed, self.noise = count, seed, noise
        network.requires_grad_(False)
        nn.ModuleList([network.decoder, network.post_quant_conv]).requires_grad_(True)

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the loss of a step: reconstruction from latents that stay."""
        scenes = step_scenes(step, self.count, ("decoder", self.seed), self.network.device)
        x = pictures(scenes, MIX)
        with torch.no_grad():
            latents = self.network.encode(x).latent_dist.mean
        noise = noise_like(latents, "decoder", self.seed, step)
        scale = self.noise / self.network.config.scaling_factor
        decoded = self.network.decode(latents + scale * noise).sample
        found = all_errors(self.perception, decoded.float(), x)
        return {"loss": weighed(found), **found}


def noise_like(latents: Tensor, *labels: object) -> Tensor:
    """Return standard normal numbers of the same shape, the same on every device."""
    drawn = torch.randn(latents.shape, generator=stream(*labels))
    return drawn.to(latents.device, non_blocking=True)


@torch.no_grad()
def encoded(network: AutoencoderKL, x: Tensor) -> Tensor:
    """Return the means of the latents (B, C, 8, 8), unscaled."""
    return torch.cat([network.encode(part).latent_dist.mean for part in x.split(CHUNK)])


@torch.no_grad()
def decoded(network: AutoencoderKL, latents: Tensor) -> Tensor:
    """Return the pictures (B, 3, H, W) of unscaled latents, from -1 to 1."""
    parts = [network.decode(part).sample for part in latents.split(CHUNK)]
    return torch.cat(parts).clamp(-1, 1)


def set_scale(network: AutoencoderKL, latents: Tensor) -> None:
    """Let scaled latents have unit variance, as latent diffusion wants (Rombach et al. 2022)."""
    network.register_to_config(scaling_factor=round(1 / latents.std().item(), 6))
