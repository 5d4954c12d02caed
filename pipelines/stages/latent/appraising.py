"""The scores of a base: as measurements, in its card, as a sheet of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from pipelines.contracts.base_card import read_card, write_card
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.methods.latent import appraisal
from pipelines.methods.latent.pipeline import load
from pipelines.scenes.batches import pictures
from pipelines.stages.latent.parts import Ready

SHOWN = 12  # pictures in a row of the sheet
System = tuple[str, int, float]  # sampler, steps, guidance


def appraised(
    ready: Ready, folder: Path, systems: list[System], count: int, seed: int
) -> tuple[dict[str, appraisal.Scores], list[Tensor]]:
    """Return the scores by key, and one row of pictures for renders, round trip and systems."""
    pipeline, judge = load(folder, ready.device), ready.judge()
    of = appraisal.held_out(count, ready.device)
    real, rows = pictures(of), [pictures(of[:SHOWN])]
    found = appraisal.autoencoder_scores(pipeline.vae, judge, of)
    scores = {f"autoencoder-{style}@1": part for style, part in found.items()}
    rows.append(appraisal.decoded(pipeline.vae, appraisal.encoded(pipeline.vae, rows[0])))
    for name, steps, w in systems:
        x = appraisal.drawn_for(pipeline, of, (name, steps, w), seed)
        scores[f"{name}@{steps},w={w:g}"] = appraisal.picture_scores(judge, x, of, real)
        rows.append(x[:SHOWN])
        print(f"{name}@{steps},w={w:g}", scores[f"{name}@{steps},w={w:g}"], flush=True)
    return scores, rows


def signed(folder: Path, scores: dict[str, appraisal.Scores]) -> None:
    """Write the scores into the card of a folder that is about to be published."""
    flat = {
        f"{key}/{name}": round(v, 4) for key, part in scores.items() for name, v in part.items()
    }
    write_card(folder, read_card(folder).model_copy(update={"quality": flat}))


def measured(
    scores: dict[str, appraisal.Scores], count: int, producer: Producer
) -> Iterator[Measurement]:
    for system_key, part in sorted(scores.items()):
        for metric, value in sorted(part.items()):
            key = f"{producer.experiment}/{system_key}/{metric}"
            unit = "dB" if metric == "psnr" else "1"
            yield Measurement(key=key, value=value, unit=unit, n=count, produced_by=producer)
