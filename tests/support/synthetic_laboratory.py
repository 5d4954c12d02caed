"""What the laboratory's figures read, added to a small build: see synthetic_build.

Closed forms where a test needs them, else arrays of the right shape from a fixed seed.
"""

from __future__ import annotations

import numpy as np

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.figure import FigureData
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.registry import FIGURES

LEVELS = {1: (), 2: (0.3,), 4: (0.8, 0.4, 0.2), 8: (5.0, 3.0, 2.0, 1.2, 0.7, 0.4, 0.2)}
SCHEDULES = {"late": (0.1,), "early": (5.0,), "again": (0.3,)}
PARTS = ((1.0, 3.0), (1.0, 0.5))  # signal and noise at which fields are seen
SECONDS = {"toy-edm": 20.0, "toy-flow": 18.0, "toy-cd": 9.5, "toy-ct": 7.25, "toy-gan": 12.0}


# Figures of the tiny Stable Diffusion are tested in test_figures_pictures.py, on pictures.
PICTURES = {
    "picture-rows", "quality-by-steps", "guidance-grid", "handoffs", "latency-parts", "landscape",
}  # fmt: skip
PLANE = [name for name in FIGURES if name not in PICTURES]


def extended(data: FigureData) -> FigureData:
    """Return a build of moons with schedules, fields, films, shares, a GAN, digits, timings."""
    rng = np.random.default_rng(7)
    samples = {name: dict(arrays) for name, arrays in data.samples.items()}
    rows = dict(data.ledger.measurements)
    samples["toy-gan"] = _gan(samples["toy-edm"])
    for name, arrays in samples.items():
        _scales(arrays, flow=name == "toy-flow")
    _consistency(samples["toy-cd"], rng)
    for name in ("toy-edm", "toy-flow", "toy-cd"):
        samples[name] |= _field()
        _films(samples[name])
    for name, arrays in samples.items():
        arrays |= _shares(arrays)
        rows |= _more_rows(name, arrays, rows)
    digits = {name: _digits(system, rng) for name, system in DIGITS.items()}
    for name, system in DIGITS.items():
        rows |= _digit_rows(name, system)
    for name, system in GUIDED.items():
        samples[name] = _guided(samples["toy-edm"], system)
        rows |= _guided_rows(name, system)
    experiments = data.experiments | {one.name: one for one in _experiments()}
    timings = {f"{name}/train@300/cpu_seconds": value for name, value in SECONDS.items()}
    ledger = data.ledger.model_copy(
        update={
            "measurements": rows,
            "timings": {key: _row(key, value) for key, value in timings.items()},
        }
    )
    return FigureData(experiments, samples | digits, data.histories, ledger)


DIGITS = {"digits-edm": "heun@40", "digits-cd": "consistency@1"}


GUIDED = {"toy-guided": "heun@20", "toy-lcm": "consistency@1"}
GUIDANCE = {1: 0.01, 2: 0.02, 4: 0.08}  # guidance: off the manifold


def _guided(teacher: Arrays, system: str) -> Arrays:
    """Return samples that shrink towards the middle of the asked moon as guidance grows."""
    real = teacher["real"]
    arrays = {name: teacher[name] for name in ("noise", "real")}
    for w in GUIDANCE:
        arrays[f"{system},w={w}/seed0"] = real / w**0.5
    return arrays | {"label": np.arange(len(real)) % 2.0}


def _guided_rows(name: str, system: str) -> dict[str, Measurement]:
    nfe = 1 if system.startswith("consistency") else 78
    rows = {}
    for w, off in GUIDANCE.items():
        prefix = f"{name}/{system},w={w}"
        for metric, value in (("off_manifold", off), ("class_accuracy", 1 - off / 10)):
            rows[f"{prefix}/{metric}"] = _row(f"{prefix}/{metric}", value, nfe)
    return rows


def _experiments() -> list[Experiment]:
    train = Train(steps=300, batch=64, lr=1e-3)
    chosen = (
        ("toy-gan", "GAN", "gan", "moons"),
        ("toy-guided", "Guided teacher", "guided_edm", "moons"),
        ("toy-lcm", "Guided distillation", "guided_consistency", "moons"),
        ("digits-edm", "EDM teacher", "edm", "digits"),
        ("digits-cd", "Consistency distillation", "consistency_distillation", "digits"),
    )
    return [
        Experiment(
            name=name,
            file=f"experiments/{name}.yaml",
            title=title,
            method=method,
            data=data,
            train=train,
            evaluate=Evaluate(samplers={}),
        )
        for name, title, method, data in chosen
    ]


def _gan(teacher: Arrays) -> Arrays:
    """Return samples of a generator that knows but one moon; a second seed knows both."""
    real = teacher["real"]
    near = real[real[:, 1] > 0.3]
    one = np.resize(near, real.shape)
    return {
        "noise": teacher["noise"],
        "real": real,
        "generate@1/seed0": one,
        "generate@1/seed1": real + 0.01,
        "nfe/generate@1": np.ones(1),
    }


def _scales(arrays: Arrays, flow: bool) -> None:
    for name in [key for key in arrays if key.startswith("path/") and key.endswith("/level")]:
        level = arrays[name]
        signal = 1 - level if flow else np.ones_like(level)
        arrays[name.replace("/level", "/scale")] = np.hypot(signal, level)


def _consistency(arrays: Arrays, rng: np.random.Generator) -> None:
    """Record the states of multi-step sampling, and add named schedules."""
    ends = arrays["consistency@1/seed0"]
    for name, levels in SCHEDULES.items():
        system = f"consistency-{name}@{len(levels) + 1}"
        arrays[f"{system}/seed0"] = ends + 0.02 * rng.normal(size=ends.shape)
        _record(arrays, system, levels, rng)
    for steps, levels in LEVELS.items():
        _record(arrays, f"consistency@{steps}", levels, rng)


def _record(
    arrays: Arrays, system: str, levels: tuple[float, ...], rng: np.random.Generator
) -> None:
    ends = arrays[f"{system}/seed0"][:64]
    between = [ends + level * rng.normal(size=ends.shape) for level in levels]
    all_levels = np.array([10.0, *levels, 0.0])
    arrays[f"path/{system}/x"] = np.stack([10 * arrays["noise"][:64], *between, ends])
    arrays[f"path/{system}/level"] = all_levels
    arrays[f"path/{system}/scale"] = np.hypot(1, all_levels)


def _films(arrays: Arrays) -> None:
    for name in [key for key in arrays if key.startswith("path/") and key.endswith("/x")]:
        if len(arrays[name]) <= 21:
            arrays[name.replace("path/", "film/")] = arrays[name]


def _field() -> Arrays:
    """Return the field of data that are all at (0.5, 0)."""
    line = np.linspace(-2, 2, 5)
    lattice = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    x = np.stack([np.hypot(*parts) * lattice for parts in PARTS])
    return {
        "field/parts": np.array(PARTS),
        "field/x": x,
        "field/clean": np.broadcast_to([0.5, 0.0], x.shape).copy(),
    }


def _shares(arrays: Arrays) -> Arrays:
    """Return shares of two modes, above and below a line, and their middles."""
    real = arrays["real"]
    middles = np.stack([real[real[:, 1] > 0.3].mean(0), real[real[:, 1] <= 0.3].mean(0)])
    shares = {
        f"modes/{name}": np.array([(x[:, 1] > 0.3).mean(), (x[:, 1] <= 0.3).mean()])
        for name, x in arrays.items()
        if "@" in name and name.partition("/")[2].startswith("seed")
    }
    return {"modes/centre": middles, **shares}


def _more_rows(name: str, arrays: Arrays, rows: dict[str, Measurement]) -> dict[str, Measurement]:
    """Return rows of systems that have none, and the modes reached by all."""
    found: dict[str, Measurement] = {}
    systems = {
        key.rpartition("/seed")[0] for key in arrays if key.startswith("modes/") and "@" in key
    }
    for system in sorted(part.removeprefix("modes/") for part in systems):
        steps = int(system.partition("@")[2])
        for index, metric in enumerate(("off_manifold", "sliced_w2")):
            key = f"{name}/{system}/{metric}"
            if key not in rows:
                value = 0.01 * (1 + len(system) % 5) + 0.02 * index
                found[key] = _row(key, value, steps, 0.1 * value)
        key = f"{name}/{system}/modes_reached"
        reached = (arrays[f"modes/{system}/seed0"] >= 0.1).sum()
        found[key] = _row(key, float(reached), steps)
    for metric, value in (("off_manifold", 5e-5), ("sliced_w2", 0.011), ("modes_reached", 2.0)):
        found[f"{name}/real@1/{metric}"] = _row(f"{name}/real@1/{metric}", value)
    return found


def _digits(system: str, rng: np.random.Generator) -> Arrays:
    return {
        "noise": rng.normal(size=(12, 64)),
        "real": rng.uniform(-1, 1, size=(12, 64)),
        f"{system}/seed0": rng.uniform(-1, 1, size=(12, 64)),
    }


def _digit_rows(name: str, system: str) -> dict[str, Measurement]:
    values = {
        f"{name}/{system}/frechet_distance": 1.25,
        f"{name}/{system}/sliced_w2": 0.06,
        f"{name}/real@1/frechet_distance": 0.62,
        f"{name}/real@1/sliced_w2": 0.05,
        f"{name}/real@1/classifier_accuracy": 0.981,
    }
    steps = int(system.partition("@")[2])
    return {
        key: _row(key, value, None if "real@" in key else steps) for key, value in values.items()
    }


def _row(
    key: str, value: float, nfe: int | None = None, spread: float | None = None
) -> Measurement:
    return Measurement(
        key=key,
        value=value,
        nfe=nfe,
        spread=spread,
        spread_over="3 seeds" if spread else "",
        produced_by=Producer(rule="measure"),
    )
