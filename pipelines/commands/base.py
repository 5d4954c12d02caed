"""Train a tiny Stable Diffusion from nothing, parts that do not need each other side by side.

    measured-lessons base lessons/fast-generation/latent/recipes/quick.yaml --folder build/base
    … --device cuda       on a GPU

What is there already is kept, and an interrupted training goes on: the command can be repeated.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.latent import DEPENDS
from pipelines.provenance import code_digest

ROUNDS = (("autoencoder", "judge"), ("denoiser", "decoder"))
SYSTEMS = ("ddim@50,w=3", "ddim@50,w=7.5", "dpmpp_2m@20,w=3", "dpmpp_2m@20,w=7.5", "ddim@4,w=7.5")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--preset", choices=PRESETS, default="default")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--systems", nargs="+", default=SYSTEMS, metavar="ddim@50,w=3")
    parser.add_argument("--count", type=int, default=256, help="pictures a system")


def run(args: argparse.Namespace) -> int:
    for parts in ROUNDS:
        finished([training(args, part) for part in parts if not weights(args, part).exists()])
    finished([assembling(args)])
    finished([appraising(args)])
    return 0


def finished(commands: Sequence[list[str]]) -> None:
    """Run commands side by side; stop with the first that fails."""
    running = [subprocess.Popen([sys.executable, "-m", *command]) for command in commands]
    if any([process.wait() for process in running]):
        sys.exit(f"stopped: {' '.join(commands[0])}, or one beside it")


def weights(args: argparse.Namespace, part: str) -> Path:
    return args.folder / "parts" / f"{part}.safetensors"


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


def appraising(args: argparse.Namespace) -> list[str]:
    stage = "pipelines.stages.appraise"
    where = ["--folder", str(args.folder / "pipeline"), "--judge", str(weights(args, "judge"))]
    how = ["--code", code_digest(stage), "--count", str(args.count), "--device", args.device]
    results = [
        f"--measurements={args.folder}/measurements.json",
        f"--sheet={args.folder}/sheet.png",
    ]
    return [stage, str(args.recipe), *where, *how, *results, "--sign", "--systems", *args.systems]
