"""Make the one page of published checkpoints: their pictures, row by row, and their seconds."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.checkpoint import CHECKPOINTS, Checkpoint, load_checkpoint
from pipelines.contracts.files import read_json, write_text, written_folder
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.measurement import Ledger, Measurements, load_timings
from pipelines.pages.environment import STYLE, environment
from pipelines.stages import reported

SIDE = 512  # pixels of a picture on the page, at most
PARTS = {"text": "Text", "unet": "One U-Net call", "scheduler": "One step", "vae": "Decoding"}


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--samples", type=Path, nargs="+", required=True)
    parser.add_argument("--measurements", type=Path, nargs="+", required=True)
    parser.add_argument("--timings", type=Path, required=True)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--style", type=Path, required=True)
    args = parser.parse_args()
    checkpoints = [load_checkpoint(path) for path in args.checkpoints]
    with written_folder(args.pictures) as folder:
        for checkpoint, samples in zip(checkpoints, args.samples, strict=True):
            for system, pictures in load_arrays(samples).items():
                write_strip(folder / strip_name(checkpoint, system), pictures)
    write_text(args.page, page(checkpoints, ledger(args.measurements, args.timings)))
    write_text(args.style, STYLE.read_text(encoding="utf-8"))


def ledger(measurements: Iterable[Path], timings: Path) -> Ledger:
    """Return all that was measured and timed."""
    rows = [
        row for path in measurements for row in Measurements.model_validate(read_json(path)).root
    ]
    measured = {row.key: row for row in rows}
    made = Ledger(preset=CHECKPOINTS, publish=True, measurements=measured, facts={})
    return made.timed(load_timings(timings))


def page(checkpoints: Iterable[Checkpoint], found: Ledger) -> str:
    """Fill the template; a number that nobody measured is an error of it."""
    template = environment().get_template("checkpoints.html.j2")
    parts = {Sampling(word, 1): title for word, title in PARTS.items()}
    return template.render(
        checkpoints=list(checkpoints), ledger=found, strip=strip_name, key=row_key, parts=parts
    )


def row_key(checkpoint: Checkpoint, sampling: Sampling, metric: str) -> str:
    return SystemKey(checkpoint.name, sampling).key(metric)


def strip_name(checkpoint: Checkpoint, system: Sampling | str) -> str:
    return f"{checkpoint.name}-{re.sub('[^a-z0-9_.]', '-', str(system))}.webp"


def write_strip(path: Path, pictures: np.ndarray) -> None:
    """Write pictures (B, H, W, 3) of bytes side by side, made smaller if they are large."""
    strip = Image.fromarray(np.concatenate(list(pictures), axis=1))
    if strip.height > SIDE:
        strip = strip.resize((strip.width * SIDE // strip.height, SIDE), Image.Resampling.LANCZOS)
    strip.save(path, quality=92)


if __name__ == "__main__":
    main()
