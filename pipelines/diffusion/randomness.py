"""Named streams of random numbers; nothing here or above uses torch's global generator.

Row i of a stream does not depend on how many rows are drawn: sample i of a lesson starts from the
same noise for every method and every sample count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

ROWS = 1024  # torch fills the tail of a normal tensor differently: draw whole blocks, then cut

Source = torch.Generator | tuple[torch.Generator, ...]  # of one network, or of several at once
Draw = Callable[[int, torch.Generator], Tensor]  # how many, from what → (many, dim)


def stream(*labels: object) -> torch.Generator:
    """Return a CPU generator whose seed is a digest of its labels."""
    digest = hashlib.sha256("/".join(map(str, labels)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))


def rows(count: int, draw: Draw, generator: torch.Generator) -> Tensor:
    """Return the first `count` rows of an endless table, shape (count, dim)."""
    blocks = [draw(ROWS, generator) for _ in range(-(-count // ROWS))]
    return torch.cat(blocks)[:count]


def members(source: Source) -> tuple[torch.Generator, ...]:
    """Return the generators of a source: one a network."""
    return (source,) if isinstance(source, torch.Generator) else source


def drawn(draw: Draw, count: int, source: Source) -> Tensor:
    """Draw `count` rows for each network, one network after another: (networks count, dim)."""
    if isinstance(source, torch.Generator):
        return draw(count, source)
    return torch.cat([draw(count, generator) for generator in source])


def gaussian(shape: Sequence[int], source: Source) -> Tensor:
    """Draw standard normal numbers (count, dim); of several networks each draws its share."""
    (count, dim), parts = shape, members(source)
    return drawn(partial(normal, dim=dim), count // len(parts), source)


def uniform(count: int, source: Source) -> Tensor:
    """Draw numbers from 0 to 1, shape (count, 1), as `gaussian` does."""

    def draw_uniform(share: int, generator: torch.Generator) -> Tensor:
        return torch.rand(share, 1, generator=generator, device=generator.device)

    return drawn(draw_uniform, count // len(members(source)), source)


def integers(high: int, count: int, source: Source) -> Tensor:
    """Draw whole numbers from 0 to high - 1, shape (count, 1), as `gaussian` does."""

    def draw_integers(share: int, generator: torch.Generator) -> Tensor:
        return torch.randint(high, (share, 1), generator=generator, device=generator.device)

    return drawn(draw_integers, count // len(members(source)), source)


def normal(count: int, generator: torch.Generator, dim: int = 2) -> Tensor:
    """Draw standard normal points, shape (count, dim)."""
    return torch.randn(count, dim, generator=generator, device=generator.device)
