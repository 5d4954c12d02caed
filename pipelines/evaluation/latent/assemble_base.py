"""The parts of a base put together: a folder of diffusers' format, with its card."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from pipelines.contracts.artifacts import load_card
from pipelines.contracts.base_card import BaseCard, hashes, recipe_of, write_card
from pipelines.contracts.keys import experiment_of
from pipelines.contracts.latent import JUDGE
from pipelines.contracts.measurement import load_trainings
from pipelines.evaluation.latent.base_parts import TrainedParts
from pipelines.methods.latent.pipeline import assembled, write_pipeline
from pipelines.methods.latent.text import tokenizer_of
from pipelines.provenance import code_digest, versions


def assemble_base(parts: TrainedParts, timings: Sequence[Path], folder: Path) -> None:
    """Write the pipeline, in float16, and the classifier; the decoder that was tuned, if any.

    Args:
        timings: Of the trainings.
    """
    network = parts.autoencoder()
    if "decoder" in parts.weights:
        parts.load(network, "decoder")
    write_pipeline(assembled(network, tokenizer_of(parts.recipe.text), parts.networks()), folder)
    shutil.copyfile(parts.weights["judge"], folder / JUDGE)
    cards = {part: load_card(path) for part, path in sorted(parts.weights.items())}
    rows, prefix = load_trainings(timings), f"{parts.recipe.name}-"
    seconds = {experiment_of(row.key).removeprefix(prefix): round(row.value, 1) for row in rows}
    card = BaseCard(
        recipe=recipe_of(parts.recipe),
        code={part: card.code for part, card in cards.items()},
        data=code_digest("pipelines.scenes.batches"),
        device={part: card.device for part, card in cards.items()},
        seconds=seconds,
        files=hashes(folder),
        versions=versions(),
    )
    write_card(folder, card)
