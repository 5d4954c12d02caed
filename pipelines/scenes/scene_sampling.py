"""What a scene leaves to chance: the numbers of scene i do not depend on how many are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from pipelines.diffusion.randomness import ROWS, stream
from pipelines.scenes.grammar import Caption, caption_of, seen_captions

# name → lowest and highest value, evenly distributed; lengths in half picture widths, y up
FREE: dict[str, tuple[float, float]] = {
    "x": (-0.30, 0.30),
    "y": (-0.14, 0.22),
    "turn": (-0.35, 0.35),  # radians
    "radius": (-0.02, 0.02),  # about that of the size
    "stripe_turn": (0.0, 3.1416),
    "stripe_phase": (0.0, 6.2832),
    "tint": (-1.0, 1.0),  # of the object's colour, from cool to warm
    "horizon": (-0.42, -0.12),
    "hill_phase": (0.0, 6.2832),
    "hill_height": (0.03, 0.10),
    "second_phase": (0.0, 6.2832),
    "sun_x": (-0.85, 0.85),
    "sun_y": (0.40, 0.85),
    "sun_radius": (0.09, 0.16),
    "light": (-1.0, 1.0),  # of the sky, from early to late
    "cloud_x": (-0.9, 0.9),
    "cloud_y": (0.30, 0.80),
    "cloud_size": (0.10, 0.20),
    "cloud_there": (0.0, 1.0),
    "thing_x": (-0.85, 0.85),
    "thing_size": (0.12, 0.22),
    "thing_kind": (0.0, 1.0),
}


@dataclass(frozen=True)
class Scenes:
    """Scenes by their numbers: `attributes` (B, 5) whole, `free` one tensor (B,) a name."""

    attributes: Tensor
    free: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.attributes)

    def captions(self) -> list[Caption]:
        """Return the caption of each scene."""
        return [caption_of(tuple(row)) for row in self.attributes.tolist()]

    def to(self, device: torch.device | str) -> Scenes:
        """Return the scenes on a device."""
        moved = {name: values.to(device) for name, values in self.free.items()}
        return Scenes(self.attributes.to(device), moved)

    def __getitem__(self, rows: slice) -> Scenes:
        return Scenes(self.attributes[rows], {k: v[rows] for k, v in self.free.items()})

    def with_captions(self, captions: Sequence[Caption]) -> Scenes:
        """Return the same scenes under other captions, one each."""
        indices = torch.tensor([caption.indices() for caption in captions])
        return Scenes(indices.to(self.attributes.device), self.free)


def scenes(first: int, count: int, seed: object) -> Scenes:
    """Return scenes first, first + 1, … of an endless series named by its seed.

    Their captions are those that trainings see, all equally often; `with_captions` gives others.
    """
    blocks = range(first // ROWS, -(-(first + count) // ROWS))
    table = torch.cat([_block(seed, block) for block in blocks])
    rows = table[first - blocks.start * ROWS :][:count]
    chosen, free = rows[:, 0], rows[:, 1:]
    seen = _seen()
    spans = zip(FREE.items(), free.unbind(1), strict=True)
    return Scenes(
        seen[(chosen * len(seen)).long()],
        {name: low + (high - low) * u for (name, (low, high)), u in spans},
    )


@lru_cache(maxsize=1)
def _seen() -> Tensor:
    """Return the indices of every caption that trainings see, (540, 5)."""
    return torch.tensor([caption.indices() for caption in seen_captions()])


@lru_cache(maxsize=4)
def _block(seed: object, block: int) -> Tensor:
    """Return the even numbers of one block of scenes, shape (ROWS, 1 + free): caption, chance."""
    return torch.rand(ROWS, 1 + len(FREE), generator=stream("scenes", seed, block))
