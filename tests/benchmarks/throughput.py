"""Training steps a second, side by side: a plain loop, ours, and three networks together.

    python tests/benchmarks/throughput.py [--rounds 5] [--steps 200]

The plain loop is what anyone would write in PyTorch: the same network, loss, batch and data,
`torch.optim.Adam`, a `LambdaLR`, averages by a loop over the parameters. All contenders take turns
in processes of their own, one thread each, with freed memory kept; the medians over the rounds
are compared. Of networks trained together each counts its steps.
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import torch

from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.randomness import stream
from pipelines.diffusion.training import PlaneTraining, fit, rate
from pipelines.evaluation.plane.networks import training_of
from pipelines.evaluation.torch_setup import configure_torch
from pipelines.methods.toy import Parent, Parents

TASKS = {
    "edm-256": ("edm", 256),
    "edm-512": ("edm", 512),
    "distillation-256": ("consistency_distillation", 256),
}
WARM_UP = 40
SEEDS = 3


def experiment(method: str, batch: int, steps: int) -> Experiment:
    return Experiment(
        name="bench", file="bench.yaml", title="Bench", method=method, data="moons",
        train=Train(steps=steps, batch=batch, lr=1e-3), evaluate=Evaluate(samplers={}),
    )  # fmt: skip


def made(task: str, steps: int, source: object) -> PlaneTraining:
    """Return a training; a student learns from a teacher with random weights."""
    method, batch = TASKS[task]
    edm = experiment("edm", batch, steps)
    teacher = training_of(edm, {}, stream("teacher"), steps)
    parents: Parents = {"teacher": Parent(edm, teacher.weights())}
    return training_of(experiment(method, batch, steps), parents, source, steps)


def plain(task: str, steps: int) -> Callable[[], object]:
    """Return one step of a loop as anyone would write it."""
    generator = stream("train", 0)
    objective, batch = made(task, steps, generator).objective, TASKS[task][1]
    network, draw = objective.network, DATASETS["moons"].draw
    averaged = copy.deepcopy(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps))

    def step() -> float:
        loss = objective.loss(draw(batch, generator), generator, 0.5)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        with torch.no_grad():
            follow_in_a_loop(averaged, network, 0.999)
            if hasattr(objective, "target"):
                follow_in_a_loop(objective.target.network, network, 0.95)
        return loss.item()

    return step


def follow_in_a_loop(kept: torch.nn.Module, live: torch.nn.Module, decay: float) -> None:
    for old, new in zip(kept.parameters(), live.parameters(), strict=True):
        old.mul_(decay).add_(new, alpha=1 - decay)


def ours(task: str, steps: int) -> Callable[[], object]:
    """Return one step of a training as the build does it."""
    generator = stream("train", 0)
    scalars = fit(made(task, steps, generator), DATASETS["moons"].draw, generator)
    return lambda: next(scalars)


def together(task: str, steps: int) -> Callable[[], object]:
    """Return one step of three networks."""
    source = tuple(stream("train", seed) for seed in range(SEEDS))
    scalars = fit(made(task, steps, source), DATASETS["moons"].draw, source)
    return lambda: next(scalars)


CONTENDERS = {"plain": plain, "ours": ours, "together": together}


def measured(name: str, task: str, steps: int) -> float:
    """Return the steps a CPU-second of one contender, counted for each network."""
    configure_torch()
    step = CONTENDERS[name](task, steps + WARM_UP)
    for _ in range(WARM_UP):
        step()
    since = time.process_time()
    for _ in range(steps):
        step()
    networks = SEEDS if name == "together" else 1
    return networks * steps / (time.process_time() - since)


def compared(task: str, rounds: int, steps: int) -> dict[str, float]:
    """Return the median steps a CPU-second of every contender, each in its own process."""
    found: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, speeds in found.items():
            words = [sys.executable, __file__, "--one", name, task, "--steps", str(steps)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            speeds.append(json.loads(done.stdout))
    return {name: median(speeds) for name, speeds in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--one", nargs=2, metavar=("CONTENDER", "TASK"))
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measured(*args.one, args.steps)))
        return
    for task in TASKS:
        speeds = compared(task, args.rounds, args.steps)
        told = (f"{name} {v:.0f} ({v / speeds['plain']:.2f}×)" for name, v in speeds.items())
        print(f"{task}: " + ", ".join(told) + " steps a CPU-second", flush=True)


if __name__ == "__main__":
    main()
