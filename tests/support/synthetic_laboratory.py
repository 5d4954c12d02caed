"""What the laboratory's figures read, added to a small build: see synthetic_build.

Closed forms where a test needs them, else arrays of the right shape from a fixed seed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.figure import FigureData
from pipelines.contracts.keys import REAL, TRAIN, ArrayKey, Sampling, SystemKey
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.figure_registry import FIGURES

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
    digits = {name: _digits(sampling, rng) for name, sampling in DIGITS.items()}
    for name, sampling in DIGITS.items():
        rows |= _digit_rows(name, sampling)
    for name, sampling in GUIDED.items():
        samples[name] = _guided(samples["toy-edm"], sampling)
        rows |= _guided_rows(name, sampling)
    experiments = data.experiments | {one.name: one for one in _experiments()}
    trained = Sampling(TRAIN, 300)
    timings = {SystemKey(name, trained).key("cpu_seconds"): one for name, one in SECONDS.items()}
    ledger = data.ledger.model_copy(
        update={
            "measurements": rows,
            "timings": {key: _row(key, value) for key, value in timings.items()},
        }
    )
    return FigureData(experiments, samples | digits, data.histories, ledger)


DIGITS = {"digits-edm": Sampling("heun", 40), "digits-cd": Sampling("consistency", 1)}


GUIDED = {"toy-guided": Sampling("heun", 20), "toy-lcm": Sampling("consistency", 1)}
GUIDANCE = {1: 0.01, 2: 0.02, 4: 0.08}  # guidance: off the manifold


def _guided(teacher: Arrays, sampling: Sampling) -> Arrays:
    """Return samples that shrink towards the middle of the asked moon as guidance grows."""
    real = teacher["real"]
    arrays = {name: teacher[name] for name in ("noise", "real")}
    for w in GUIDANCE:
        arrays[str(ArrayKey.of_seed(sampling.guided(w), 0))] = real / w**0.5
    return arrays | {"label": np.arange(len(real)) % 2.0}


def _guided_rows(name: str, sampling: Sampling) -> dict[str, Measurement]:
    nfe = 1 if sampling.base == "consistency" else 78
    rows = {}
    for w, off in GUIDANCE.items():
        system = SystemKey(name, sampling.guided(w))
        for metric, value in (("off_manifold", off), ("class_accuracy", 1 - off / 10)):
            rows[system.key(metric)] = _row(system.key(metric), value, nfe)
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


def _walks(arrays: Arrays, part: str) -> list[ArrayKey]:
    keys = filter(None, map(ArrayKey.find, arrays))
    return [key for key in keys if (key.kind, key.part) == ("path", part)]


def _scales(arrays: Arrays, flow: bool) -> None:
    for key in _walks(arrays, "level"):
        level = arrays[str(key)]
        signal = 1 - level if flow else np.ones_like(level)
        arrays[str(replace(key, part="scale"))] = np.hypot(signal, level)


def _consistency(arrays: Arrays, rng: np.random.Generator) -> None:
    """Record the states of multi-step sampling, and add named schedules."""
    ends = arrays["consistency@1/seed0"]
    for name, levels in SCHEDULES.items():
        sampling = Sampling("consistency", len(levels) + 1).scheduled(name)
        arrays[str(ArrayKey.of_seed(sampling, 0))] = ends + 0.02 * rng.normal(size=ends.shape)
        _record(arrays, sampling, levels, rng)
    for steps, levels in LEVELS.items():
        _record(arrays, Sampling("consistency", steps), levels, rng)


def _record(
    arrays: Arrays, sampling: Sampling, levels: tuple[float, ...], rng: np.random.Generator
) -> None:
    ends = arrays[str(ArrayKey.of_seed(sampling, 0))][:64]
    between = [ends + level * rng.normal(size=ends.shape) for level in levels]
    all_levels = np.array([10.0, *levels, 0.0])
    walk = ArrayKey(sampling, "x", "path")
    arrays[str(walk)] = np.stack([10 * arrays["noise"][:64], *between, ends])
    arrays[str(replace(walk, part="level"))] = all_levels
    arrays[str(replace(walk, part="scale"))] = np.hypot(1, all_levels)


def _films(arrays: Arrays) -> None:
    for key in _walks(arrays, "x"):
        if len(arrays[str(key)]) <= 21:
            arrays[str(replace(key, kind="film"))] = arrays[str(key)]


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
    keys = [key for key in map(ArrayKey.find, arrays) if key and key.of_samples]
    above = {key: arrays[str(key)][:, 1] > 0.3 for key in keys}
    shares = {
        str(replace(key, kind="modes")): np.array([is_above.mean(), (~is_above).mean()])
        for key, is_above in above.items()
    }
    return {"modes/centre": middles, **shares}


def _more_rows(name: str, arrays: Arrays, rows: dict[str, Measurement]) -> dict[str, Measurement]:
    """Return rows of systems that have none, and the modes reached by all."""
    found: dict[str, Measurement] = {}
    keys = filter(None, map(ArrayKey.find, arrays))
    for sampling in sorted({key.sampling for key in keys if key.kind == "modes"}, key=str):
        system, steps = SystemKey(name, sampling), sampling.steps
        for index, metric in enumerate(("off_manifold", "sliced_w2")):
            key = system.key(metric)
            if key not in rows:
                value = 0.01 * (1 + len(str(sampling)) % 5) + 0.02 * index
                found[key] = _row(key, value, steps, 0.1 * value)
        key = system.key("modes_reached")
        reached = (arrays[str(ArrayKey.of_seed(sampling, 0, "modes"))] >= 0.1).sum()
        found[key] = _row(key, float(reached), steps)
    floor = SystemKey(name, REAL)
    for metric, value in (("off_manifold", 5e-5), ("sliced_w2", 0.011), ("modes_reached", 2.0)):
        found[floor.key(metric)] = _row(floor.key(metric), value)
    return found


def _digits(sampling: Sampling, rng: np.random.Generator) -> Arrays:
    return {
        "noise": rng.normal(size=(12, 64)),
        "real": rng.uniform(-1, 1, size=(12, 64)),
        str(ArrayKey.of_seed(sampling, 0)): rng.uniform(-1, 1, size=(12, 64)),
    }


def _digit_rows(name: str, sampling: Sampling) -> dict[str, Measurement]:
    system, floor = SystemKey(name, sampling), SystemKey(name, REAL)
    values = {
        (system, "frechet_distance"): 1.25,
        (system, "sliced_w2"): 0.06,
        (floor, "frechet_distance"): 0.62,
        (floor, "sliced_w2"): 0.05,
        (floor, "classifier_accuracy"): 0.981,
    }
    rows = (
        _row(one.key(metric), value, None if one == floor else sampling.steps)
        for (one, metric), value in values.items()
    )
    return {row.key: row for row in rows}


def _row(
    key: str, value: float, nfe: int | None = None, spread: float | None = None
) -> Measurement:
    return Measurement(
        key=key,
        value=value,
        nfe=nfe,
        spread=spread,
        spread_over="3 seeds" if spread else "",
        produced_by=Producer(rule="measure_plane"),
    )
