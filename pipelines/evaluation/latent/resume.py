"""A training that was interrupted goes on where it was, if nothing else has changed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch

from pipelines.contracts.artifacts import Arrays, Card, load_arrays, load_card, save_arrays
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.training import LatentTraining

SECONDS = 120.0  # between two states that are kept


def as_arrays(weights: Weights) -> Arrays:
    """Return weights as arrays in main memory."""
    return {name: weight.cpu().numpy() for name, weight in weights.items()}


class ResumeFile:
    """The state of a training, in a file beside the weights that it will end with."""

    def __init__(self, weights: Path, card: Card) -> None:
        self.path = weights.with_name(f"{weights.stem}.checkpoint.safetensors")
        self.card, self.saved = card, time.monotonic()

    def restore(self, training: LatentTraining) -> None:
        """Go on from the file if there is one of the same recipe, code and versions."""
        if not self.path.exists():
            return
        if load_card(self.path) != self.card:
            print(f"{self.path}: of another recipe or code; starting anew", file=sys.stderr)
            return
        arrays = load_arrays(self.path)
        training.restore({name: torch.from_numpy(array) for name, array in arrays.items()})
        print(f"{self.path}: going on after step {training.done}", file=sys.stderr)

    def keep(self, training: LatentTraining) -> None:
        """Write the state, if the last one is old enough."""
        if time.monotonic() - self.saved > SECONDS:
            save_arrays(self.path, as_arrays(training.state()), self.card)
            self.saved = time.monotonic()

    def drop(self) -> None:
        """Remove the file: the weights are there."""
        self.path.unlink(missing_ok=True)
