"""Muon: momentum whose matrices are made orthogonal before each update.

Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/. Weights of more than two axes are
matrices (out, in × height × width); vectors, and what the caller excludes, are left to Adam.
torch.optim.Muon refuses convolutions and iterates in bfloat16, which is slow on many processors;
here the iteration runs on the small Gram matrices, in float32, all those of one size at once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

QUINTIC = (3.4445, -4.7750, 2.0315)  # a, b, c of X ← a X + b (X Xᵀ) X + c (X Xᵀ)² X
ITERATIONS = 5
MOMENTUM = 0.95


def orthogonal(matrices: Tensor) -> Tensor:
    """Return matrices (N, m, n) with singular values near 1 and the same singular vectors.

    Newton-Schulz: every step multiplies by a polynomial P of the Gram matrix G = X Xᵀ; as P and G
    commute, G ← P G P follows without X, which is multiplied only once, by the product of all P.
    """
    wide = matrices if matrices.shape[1] <= matrices.shape[2] else matrices.mT
    wide = wide / wide.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    gram, eye = wide @ wide.mT, torch.eye(wide.shape[1], device=wide.device, dtype=wide.dtype)
    product = eye.expand_as(gram)
    a, b, c = QUINTIC
    for _ in range(ITERATIONS):
        factor = a * eye + b * gram + c * gram @ gram
        product, gram = factor @ product, factor @ gram @ factor
    result: Tensor = product @ wide
    return result if matrices.shape[1] <= matrices.shape[2] else result.mT


class Muon:
    """Muon for matrices, Adam for the rest; `lr` and `adam_lr` are set anew at every step."""

    def __init__(self, network: nn.Module, adam_only: Iterable[nn.Parameter] = ()) -> None:
        apart = {id(weight) for weight in adam_only}
        live = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
        self.matrices = {n: p for n, p in live if p.ndim > 1 and id(p) not in apart}
        rest = {n: p for n, p in live if n not in self.matrices}
        self.momenta = {name: torch.zeros_like(p) for name, p in self.matrices.items()}
        self.rest = list(rest)
        self.adam = torch.optim.Adam(rest.values(), betas=(0.9, 0.99)) if rest else None

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for weight in self.matrices.values():
            weight.grad = None
        if self.adam:
            self.adam.zero_grad(set_to_none=True)

    @torch.no_grad()
    def step(self, lr: float, adam_lr: float) -> None:
        """Update every weight from its gradient."""
        names = [name for name, weight in self.matrices.items() if weight.grad is not None]
        updates = dict(zip(names, self._nesterov(names), strict=True))
        for same in self._by_size(names).values():
            matrices = torch.stack([updates[name].flatten(1) for name in same])
            alpha = -lr * math.sqrt(max(1.0, matrices.shape[1] / matrices.shape[2]))
            weights: list[Tensor] = [self.matrices[name] for name in same]
            steps = [o.view_as(w) for o, w in zip(orthogonal(matrices), weights, strict=True)]
            torch._foreach_add_(weights, steps, alpha=alpha)
        if self.adam:
            self.adam.param_groups[0]["lr"] = adam_lr
            self.adam.step()

    def _by_size(self, names: Iterable[str]) -> dict[tuple[int, int], list[str]]:
        groups: dict[tuple[int, int], list[str]] = defaultdict(list)
        for name in names:
            weight = self.matrices[name]
            groups[(weight.shape[0], weight[0].numel())].append(name)
        return groups

    def _nesterov(self, names: list[str]) -> tuple[Tensor, ...]:
        """Return the gradients with momentum, looking one step ahead."""
        if not names:
            return ()
        gradients = [cast(Tensor, self.matrices[name].grad) for name in names]
        momenta = [self.momenta[name] for name in names]
        torch._foreach_lerp_(momenta, gradients, 1 - MOMENTUM)
        return torch._foreach_lerp(gradients, momenta, MOMENTUM)

    def state(self) -> dict[str, Tensor]:
        """Return all that an interrupted training needs, by name."""
        state = {f"momentum.{name}": value for name, value in self.momenta.items()}
        for index, kept in (self.adam.state_dict()["state"] if self.adam else {}).items():
            state |= {f"adam.{key}.{self.rest[index]}": value for key, value in kept.items()}
        return state

    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from a state that was saved."""
        for name, momentum in self.momenta.items():
            momentum.copy_(state[f"momentum.{name}"])
        if self.adam and any(key.startswith("adam.") for key in state):
            whole = self.adam.state_dict()
            keys = ("step", "exp_avg", "exp_avg_sq")
            whole["state"] = {
                index: {key: state[f"adam.{key}.{name}"].clone() for key in keys}
                for index, name in enumerate(self.rest)
            }
            for kept in whole["state"].values():
                kept["step"] = kept["step"].reshape(())
            self.adam.load_state_dict(whole)
