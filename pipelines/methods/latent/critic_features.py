"""What a critic sees through a frozen U-Net: its maps of latents that are noised a little.

Sauer et al. 2024 (arXiv 2403.12015, LADD, section 3): in place of a network for recognition the
teacher itself looks, at noised latents, and only heads on its maps are trained.

Different here: maps of the blocks on the way down and of the middle (theirs: of every attention
block), at times that are drawn evenly from the lower ones, and without a caption; heads are told
the caption by its pooled state.
"""

from __future__ import annotations

from copy import deepcopy

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from pipelines.diffusion.randomness import stream
from pipelines.methods.latent.process import Process

TIMES = (20, 400)  # from, and below
GROUPS = 4
WIDTH = 32


class TeacherFeatures:
    """Latents (B, C, h, w) → maps of a frozen U-Net, one tensor a block.

    Args:
        unet: Is copied: nothing is hooked into what others use.
        empty: encoder_hidden_states of no caption, (1, T, D).
    """

    def __init__(
        self, unet: UNet2DConditionModel, process: Process, empty: Tensor, seed: int
    ) -> None:
        self.unet, self.process, self.empty = deepcopy(unet), process, empty
        self.generator = stream("critic", seed)
        self.seen = list[Tensor]()
        for block in (*self.unet.down_blocks, self.unet.mid_block):
            block.register_forward_hook(self._keep)

    def _keep(self, block: nn.Module, given: object, made: Tensor | tuple[Tensor, ...]) -> None:
        self.seen.append(made if isinstance(made, Tensor) else made[0])

    @torch.no_grad()
    def channels(self, latents: int) -> tuple[int, ...]:
        """Return how many channels each map has, of latents that have so many."""
        side = self.unet.config.sample_size
        return tuple(each.shape[1] for each in self(self.empty.new_zeros(1, latents, side, side)))

    def __call__(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return the maps; gradients flow to the latents and to nothing else."""
        self.seen.clear()
        t = torch.randint(*TIMES, (len(x),), generator=self.generator).to(x.device)
        noise = torch.randn(x.shape, generator=self.generator).to(x.device)
        self.unet(self.process.noised(x, noise, t), t, self.empty.expand(len(x), -1, -1))
        maps = tuple(self.seen)
        self.seen.clear()
        return maps


class Heads(nn.Module):
    """Maps (B, C_k, h_k, w_k) and pooled text (B, D) → how real, of the whole and of places."""

    def __init__(self, channels: tuple[int, ...], text: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(_Head(count, text) for count in channels)

    def forward(self, maps: tuple[Tensor, ...], text: Tensor) -> Tensor:
        """Return the logits of all heads, (B, K)."""
        return torch.cat(
            [head(each, text) for head, each in zip(self.heads, maps, strict=True)], 1
        )


class _Head(nn.Module):
    def __init__(self, channels: int, text: int) -> None:
        super().__init__()
        self.maps = nn.Sequential(
            nn.GroupNorm(GROUPS, channels, affine=False), nn.Conv2d(channels, WIDTH, 1), nn.SiLU()
        )
        self.local = nn.Conv2d(WIDTH, 1, 1)
        self.pooled = nn.Linear(WIDTH, 1)
        self.caption = nn.Linear(text, WIDTH, bias=False)

    def forward(self, x: Tensor, text: Tensor) -> Tensor:
        maps = self.maps(x)
        pooled = maps.mean((2, 3))
        agreement = (pooled * self.caption(text)).sum(1, keepdim=True)
        return torch.cat([self.pooled(pooled) + agreement, self.local(maps).flatten(1)], 1)
