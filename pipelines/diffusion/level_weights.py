"""The adaptive weighting of noise levels: each level weighs what it has left to learn.

    minimise exp(w(t)) loss(t) - w(t)

over w as well (Karras et al. 2024, arXiv 2312.02696, equation 21; without the variance of a task
Lu & Song 2024, arXiv 2410.11081, Algorithm 1). The minimum in w is -ln loss(t), so that all levels
count alike however small their losses are.

Different here: w is linear between knots, not a layer on the features of a level, so that it needs
no network of its own.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.diffusion.adam import Adam

KNOTS = 24


class LevelWeights:
    """w of each network that is trained, over a place of the level that runs from 0 to 1."""

    def __init__(self, networks: int, lr: float) -> None:
        self.log_weight = torch.zeros(networks, KNOTS, requires_grad=True)
        self.adam = Adam([self.log_weight], lr)

    def at(self, place: Tensor) -> Tensor:
        """Return w at places (B, 1) from 0 to 1, of equally many rows for each network in turn."""
        networks = len(self.log_weight)
        row = torch.arange(len(place), device=place.device) // (len(place) // networks)
        x = place[:, 0].clamp(0, 1) * (KNOTS - 1)
        low = x.floor().clamp(max=KNOTS - 2).long()
        table = self.log_weight.to(place.device)
        return torch.lerp(table[row, low], table[row, low + 1], x - low)

    def weighted(self, loss: Tensor, place: Tensor) -> Tensor:
        """Return the mean of exp(w) loss - w over losses (B,) at places (B, 1)."""
        w = self.at(place)
        return (w.exp() * loss - w).mean()

    def step(self) -> None:
        """Move w by the gradient of the last loss."""
        self.adam.step()
        self.adam.zero_grad()
