"""A critic of latents: is this the latent of a real scene, and of this caption?

Hinge losses and a penalty on its slope at real latents, as in ADD (Sauer et al. 2023, arXiv
2311.17042, section 3.2, equations 2 and 3). There it reads features of a pretrained DINOv2; here
it reads the latents themselves, as no such network exists for our scenes. Only training needs it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.diffusion.muon import Muon

GROUPS = 4


class Critic(nn.Module):
    """Latents (B, C, 8, 8) and pooled text (B, D) → how real, (B, 1 + 16 places)."""

    def __init__(self, channels: int, width: int, text: int) -> None:
        super().__init__()
        self.near = _stack(channels, width)
        self.far = _stack(width, 2 * width, stride=2)
        self.local = nn.Conv2d(2 * width, 1, 1)
        self.pooled = nn.Linear(2 * width, 1)
        self.caption = nn.Linear(text, 2 * width, bias=False)

    def forward(self, x: Tensor, text: Tensor) -> Tensor:
        """Return logits (n, k) for latents and their captions, of the whole and of places."""
        maps = self.far(self.near(x))
        pooled = maps.mean((2, 3))
        agreement = (pooled * self.caption(text)).sum(1, keepdim=True)  # Miyato & Koyama 2018
        return torch.cat([self.pooled(pooled) + agreement, self.local(maps).flatten(1)], 1)


def _stack(before: int, width: int, stride: int = 1) -> nn.Sequential:
    layers = list[nn.Module]()
    for inputs, step in ((before, stride), (width, 1)):
        layers += [nn.Conv2d(inputs, width, 3, step, 1), nn.GroupNorm(GROUPS, width), nn.SiLU()]
    return nn.Sequential(*layers)


class Adversary:
    """A critic in training."""

    def __init__(
        self, channels: int, text: int, lr: float, r1: float, seed: int, width: int = 48
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.critic = Critic(channels, width, text)
        self.muon, self.lr, self.r1 = Muon(self.critic), lr, r1

    def learn(self, real: Tensor, fake: Tensor, text: Tensor, other: Tensor) -> Tensor:
        """Update once and return the hinge loss.

        Args:
            real, fake: Latents of scenes and of the student.
            text, other: Pooled text of both, and of other captions: a real scene under a wrong
                caption counts as fake.
        """
        self.muon.zero_grad()
        real = real.detach().requires_grad_(True)
        said = self.critic(real, text)
        wrong = torch.cat([self.critic(fake.detach(), text), self.critic(real.detach(), other)])
        loss = F.relu(1 - said).mean() + F.relu(1 + wrong).mean()
        slope = torch.autograd.grad(said.sum(), real, create_graph=True)[0]
        (loss + self.r1 * slope.square().sum((1, 2, 3)).mean()).backward()
        self.muon.step(self.lr, 2e-3)
        return loss.detach()

    def pleased(self, fake: Tensor, text: Tensor) -> Tensor:
        """Return the student's loss: minus what the critic says."""
        self.critic.requires_grad_(False)
        loss: Tensor = -self.critic(fake, text).mean()
        self.critic.requires_grad_(True)
        return loss


def pooled(states: Tensor) -> Tensor:
    """Return the mean text state (B, D) of states (B, T, D)."""
    return states.mean(1)
