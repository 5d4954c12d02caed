"""Encode scenes of every style, once: the data of all trainings on the tiny Stable Diffusion."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from pipelines.contracts.artifacts import Card, save_arrays
from pipelines.contracts.experiment import PRESETS
from pipelines.evaluation.latent.cached_latents import banked
from pipelines.evaluation.torch_setup import described, settle_on
from pipelines.methods.latent.pipeline import load
from pipelines.provenance import versions
from pipelines.scenes.styles import STYLES
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="of the base")
    parser.add_argument("--preset", choices=PRESETS, required=True)
    parser.add_argument("--code", required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bank", type=Path, required=True)
    args = parser.parse_args()
    settle_on(args.device)
    pipeline, preset = load(args.folder, args.device), PRESETS[args.preset]
    arrays = dict[str, torch.Tensor]()
    for style in STYLES:
        arrays |= banked(pipeline.vae, style, preset.scenes if style == "base" else preset.styled)
    card = Card(
        experiment="base",
        method="encode",
        seed=0,
        preset=args.preset,
        code=args.code,
        versions=versions(),
        device=described(args.device),
        settings={},
    )
    save_arrays(args.bank, {name: array.cpu().numpy() for name, array in arrays.items()}, card)


if __name__ == "__main__":
    main()
