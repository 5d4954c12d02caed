"""Cache the latents of scenes in every style, once: the data of all trainings on pictures."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.contracts.artifacts import save_arrays
from pipelines.contracts.experiment import PRESETS
from pipelines.evaluation.latent.cached_latents import latents_of_styles
from pipelines.evaluation.rows import new_card
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.methods.latent.pipeline import load
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="of the base")
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--cached-latents", type=Path, required=True)
    args = parser.parse_args()
    configure_torch(args.device)
    pipeline, preset = load(args.folder, args.device), PRESETS[args.preset]
    arrays = latents_of_styles(pipeline.vae, preset.scenes, preset.styled)
    save_arrays(
        args.cached_latents,
        arrays,
        new_card("base", "cache_latents", 0, preset.name, args.code, args.device),
    )


if __name__ == "__main__":
    main()
