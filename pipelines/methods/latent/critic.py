"""A critic of latents: is this the latent of a real scene, and of this caption?

Hinge losses and a penalty on its slope at what it sees of real latents, as in ADD (Sauer et al.
2023, arXiv 2311.17042, section 3.2, equations 2 and 3). There it reads features of a pretrained
DINOv2; here it reads the latents themselves, or the maps of the teacher (`critic_features`), as no
such network exists for our scenes. Only training needs it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.diffusion.muon import Muon
from pipelines.methods.latent.critic_features import Heads, TeacherFeatures

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


Seen = Tensor | tuple[Tensor, ...]  # latents, or what another network makes of them


class Adversary:
    """A critic in training.

    Args:
        eyes: What the critic sees of latents; nothing: the latents themselves.
    """

    def __init__(
        self,
        channels: int,
        text: int,
        lr: float,
        r1: float,
        seed: int,
        width: int = 48,
        eyes: Callable[[Tensor], Seen] | None = None,
    ) -> None:
        self.look: Callable[[Tensor], Seen] = eyes or _as_it_is
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.critic: nn.Module = Critic(channels, width, text)
            if isinstance(eyes, TeacherFeatures):
                self.critic = Heads(eyes.channels(channels), text)
        self.muon, self.lr, self.r1 = Muon(self.critic), lr, r1

    def learn(self, real: Tensor, fake: Tensor, text: Tensor, other: Tensor) -> Tensor:
        """Update once and return the hinge loss.

        Args:
            real, fake: Latents of scenes and of the student.
            text, other: Pooled text of both, and of other captions: a real scene under a wrong
                caption counts as fake.
        """
        self.muon.zero_grad()
        with torch.no_grad():
            true, made = _detached(self.look(real)), _detached(self.look(fake))
        watched = _detached(true)
        leaves = [part.requires_grad_(True) for part in _parts(watched)]
        said = self.critic(watched, text)
        wrong = torch.cat([self.critic(made, text), self.critic(true, other)])
        loss = F.relu(1 - said).mean() + F.relu(1 + wrong).mean()
        slopes = torch.autograd.grad(said.sum(), leaves, create_graph=True)
        steep = torch.stack([slope.square().sum((1, 2, 3)).mean() for slope in slopes]).sum()
        (loss + self.r1 * steep).backward()
        self.muon.step(self.lr, 2e-3)
        return loss.detach()

    def pleased(self, fake: Tensor, text: Tensor) -> Tensor:
        """Return the student's loss: minus what the critic says."""
        self.critic.requires_grad_(False)
        loss: Tensor = -self.critic(self.look(fake), text).mean()
        self.critic.requires_grad_(True)
        return loss


def _as_it_is(x: Tensor) -> Tensor:
    return x


def _parts(seen: Seen) -> tuple[Tensor, ...]:
    return (seen,) if isinstance(seen, Tensor) else seen


def _detached(seen: Seen) -> Seen:
    if isinstance(seen, Tensor):
        return seen.detach()
    return tuple(part.detach() for part in seen)


def pooled(states: Tensor) -> Tensor:
    """Return the mean text state (B, D) of states (B, T, D)."""
    return states.mean(1)
