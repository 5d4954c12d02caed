"""The one page of published checkpoints: their pictures, row by row, and their seconds."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.checkpoint import CHECKPOINTS, Checkpoint
from pipelines.contracts.files import read_json, written_folder
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.measurement import Ledger, Measurements, load_timings
from pipelines.pages.environment import filled

SIDE = 512  # pixels of a picture on the page, at most
PARTS = {"text": "Text", "unet": "One U-Net call", "scheduler": "One step", "vae": "Decoding"}


def checkpoint_page(
    checkpoints: Sequence[Checkpoint], measurements: Iterable[Path], timings: Path
) -> str:
    """Fill the template; a number that nobody measured is an error of it."""
    files = [Measurements.model_validate(read_json(path)) for path in measurements]
    rows = {row.key: row for file in files for row in file.root}
    ledger = Ledger(preset=CHECKPOINTS, publish=True, measurements=rows, facts={})
    return filled(
        "checkpoints.html.j2",
        checkpoints=list(checkpoints),
        ledger=ledger.with_timings(load_timings(timings)),
        strip=strip_name,
        key=row_key,
        parts={Sampling(word, 1): title for word, title in PARTS.items()},
    )


def write_strips(folder: Path, checkpoints: Iterable[Checkpoint], samples: Iterable[Path]) -> None:
    """Write a strip of pictures for each system of each checkpoint, given its sample file."""
    with written_folder(folder) as temporary:
        for checkpoint, path in zip(checkpoints, samples, strict=True):
            for system, pictures in load_arrays(path).items():
                _write_strip(temporary / strip_name(checkpoint, system), pictures)


def row_key(checkpoint: Checkpoint, sampling: Sampling, metric: str) -> str:
    """Return the key of a row of a checkpoint."""
    return SystemKey(checkpoint.name, sampling).key(metric)


def strip_name(checkpoint: Checkpoint, system: Sampling | str) -> str:
    """Return the file name of a system's row of pictures."""
    return f"{checkpoint.name}-{re.sub('[^a-z0-9_.]', '-', str(system))}.webp"


def _write_strip(path: Path, pictures: np.ndarray) -> None:
    """Write pictures (B, H, W, 3) of bytes side by side, made smaller if they are large."""
    strip = Image.fromarray(np.concatenate(list(pictures), axis=1))
    if strip.height > SIDE:
        strip = strip.resize((strip.width * SIDE // strip.height, SIDE), Image.Resampling.LANCZOS)
    strip.save(path, quality=92)
