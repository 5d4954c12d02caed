"""The commands of stages, with few steps."""

from __future__ import annotations

import sys
from pathlib import Path


def command(stage: str, *arguments: object) -> list[str]:
    words = [sys.executable, "-m", f"pipelines.stages.{stage}", *map(str, arguments)]
    return [*words, "--preset", "smoke", "--code", "abc"]


def training(yaml: Path, weights: Path, *more: str) -> list[object]:
    """Return the arguments of the stage `train_plane`, with all its outputs beside the weights."""
    history, timing = weights.with_suffix(".history"), weights.with_suffix(".t")
    outputs = ["--weights", weights, "--history", history, "--timing", timing]
    return [yaml, *more, *outputs]
