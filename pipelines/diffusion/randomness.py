"""Named streams of random numbers; nothing here or above uses torch's global generator.

Row i of a stream does not depend on how many rows are drawn: sample i of a lesson starts from the
same noise for every method and every sample count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import torch
from torch import Tensor

ROWS = 1024  # torch fills the tail of a normal tensor differently: draw whole blocks, then cut

Draw = Callable[[int, torch.Generator], Tensor]  # how many, from what → (many, 2)


def stream(*labels: object) -> torch.Generator:
    """Return a CPU generator whose seed is a digest of its labels."""
    digest = hashlib.sha256("/".join(map(str, labels)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))


def rows(count: int, draw: Draw, generator: torch.Generator) -> Tensor:
    """Return the first `count` rows of an endless table, shape (count, 2)."""
    blocks = [draw(ROWS, generator) for _ in range(-(-count // ROWS))]
    return torch.cat(blocks)[:count]


def normal(count: int, generator: torch.Generator) -> Tensor:
    """Draw standard normal points, shape (count, 2)."""
    return torch.randn(count, 2, generator=generator, device=generator.device)
