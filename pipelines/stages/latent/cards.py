"""The card of an assembled base, from the cards of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.contracts.artifacts import load_card
from pipelines.contracts.base_card import BaseCard, hashes, recipe_of, write_card
from pipelines.contracts.keys import experiment_of
from pipelines.contracts.measurement import load_trainings
from pipelines.provenance import code_digest, versions
from pipelines.stages.latent.parts import Ready


def base_card(ready: Ready, timings: Sequence[Path], folder: Path) -> None:
    """Write the card of a folder that has just been assembled."""
    cards = {part: load_card(path) for part, path in sorted(ready.parents.items())}
    rows = load_trainings(timings)
    prefix = f"{ready.recipe.name}-"
    seconds = {experiment_of(row.key).removeprefix(prefix): round(row.value, 1) for row in rows}
    card = BaseCard(
        recipe=recipe_of(ready.recipe),
        code={part: card.code for part, card in cards.items()},
        data=code_digest("pipelines.scenes.batches"),
        device={part: card.device for part, card in cards.items()},
        seconds=seconds,
        files=hashes(folder),
        versions=versions(),
    )
    write_card(folder, card)
