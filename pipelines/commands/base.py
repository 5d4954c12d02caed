"""Train a tiny Stable Diffusion from nothing, parts that do not need each other side by side.

    measured-lessons base lessons/fast-generation/latent/recipes/published.yaml \\
        --experiment lessons/fast-generation/latent/base.yaml --folder build/base
    … --device cuda       on a GPU

What is there already is kept, and an interrupted training goes on: the command can be repeated.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.contracts.base_card import read_card, write_card
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import read_json
from pipelines.contracts.latent import DEPENDS, JUDGE
from pipelines.contracts.measurement import Measurements
from pipelines.provenance import code_digest

ROUNDS = (("autoencoder", "judge"), ("denoiser", "decoder"))


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--preset", choices=PRESETS, default="default")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--experiment", type=Path, required=True, help="what is drawn of it")


def run(args: argparse.Namespace) -> int:
    for parts in ROUNDS:
        finished([training(args, part) for part in parts if not weights(args, part).exists()])
    finished([assembling(args)])
    finished([portraying(args)])
    sign(args)
    return 0


def finished(commands: Sequence[list[str]]) -> None:
    """Run commands side by side; stop with the first that fails."""
    running = [subprocess.Popen([sys.executable, "-m", *command]) for command in commands]
    if any([process.wait() for process in running]):
        sys.exit(f"stopped: {' '.join(commands[0])}, or one beside it")


def weights(args: argparse.Namespace, part: str) -> Path:
    return Path(args.folder, "parts", f"{part}.safetensors")


def training(args: argparse.Namespace, part: str) -> list[str]:
    """Return the command that trains one part."""
    stem = weights(args, part).with_suffix("")
    needs = [f"--need={name}={weights(args, name)}" for name in DEPENDS[part][1]]
    places = [f"--weights={stem}.safetensors", f"--history={stem}.history.json"]
    how = [f"--preset={args.preset}", f"--device={args.device}", f"--timing={stem}.timing.json"]
    stage = "pipelines.stages.pretrain"
    code = f"--code={code_digest(stage)}"
    return [stage, str(args.recipe), f"--part={part}", code, *how, *needs, *places]


def assembling(args: argparse.Namespace) -> list[str]:
    needs = [f"--need={name}={weights(args, name)}" for name in DEPENDS]
    timings = [str(weights(args, name).with_suffix(".timing.json")) for name in DEPENDS]
    where = ["--preset", args.preset, "--folder", str(args.folder / "pipeline")]
    return ["pipelines.stages.assemble", str(args.recipe), *where, *needs, "--timings", *timings]


def portraying(args: argparse.Namespace) -> list[str]:
    """Return the command that draws and judges what `experiment` says of the base."""
    stage = "pipelines.stages.portray"
    folder = args.folder / "pipeline"
    where = ["--folder", str(folder), "--judge", str(folder / JUDGE)]
    how = ["--preset", args.preset, "--code", code_digest(stage), "--device", args.device]
    results = [f"--samples={args.folder}/samples.safetensors", f"--measurements={scores(args)}"]
    results += [f"--timing={args.folder}/samples.timing.json"]
    return [stage, str(args.experiment), *where, *how, *results]


def scores(args: argparse.Namespace) -> Path:
    return Path(args.folder, "measurements.json")


def sign(args: argparse.Namespace) -> None:
    """Write what was measured into the card of the assembled base."""
    rows = Measurements.model_validate(read_json(scores(args))).root
    quality = {row.key.partition("/")[2]: round(row.value, 4) for row in rows}
    folder = args.folder / "pipeline"
    write_card(folder, read_card(folder).model_copy(update={"quality": quality}))
