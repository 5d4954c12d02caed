"""A small build to draw, made with the exact denoiser of a few hundred points of two moons.

For data that are a sum of Gaussians around n points the mean of x0 given x_t is known (Karras
et al. 2022, equation 57), so that trajectories here are real ones without any training.
"""

from __future__ import annotations

import importlib
from functools import cache
from itertools import pairwise
from types import ModuleType

import numpy as np
from synthetic_laboratory import extended

from pipelines.contracts.artifacts import Arrays, History
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.figure import FigureData
from pipelines.contracts.keys import REAL, ArrayKey, Sampling, SystemKey
from pipelines.contracts.measurement import Ledger, Measurement, Producer
from pipelines.figure_registry import FIGURES

OPTIONS = {
    "teacher": "toy-edm",
    "flow": "toy-flow",
    "student": "toy-cd",
    "distillation": "toy-cd",
    "training": "toy-ct",
    "systems": "toy-edm/euler, toy-edm/dpmpp_2m, toy-cd/consistency",
    "trainings": "toy-cd, toy-ct",
    "teachers": "toy-edm, toy-flow",
}
CHOSEN = "toy-edm/euler@10, toy-flow/flow_euler@10, toy-cd/consistency@4, toy-cd/consistency@1"
WITH_GAN = ", ".join((CHOSEN, "toy-gan/generate@1"))
SYSTEMS = {  # of figures that draw single systems, not all step counts
    "atlas": WITH_GAN,
    "quality-by-compute": WITH_GAN,
    "trajectories": CHOSEN,
    "animation": CHOSEN,
    "gan-loss": "toy-gan/generate@1, toy-edm/heun@60",
    "digit-grid": "digits-edm/heun@40, digits-cd/consistency@1",
}
STEPS = {"euler": (1, 2, 5, 10, 20, 50), "dpmpp_2m": (5, 10, 20), "heun": (60,)}
FLOW_STEPS = {"flow_euler": (1, 5, 10), "flow_midpoint": (50,)}


def module(name: str) -> ModuleType:
    """Return a figure's module by its registered name."""
    return importlib.import_module(FIGURES[name].module)


def options(name: str) -> dict[str, str]:
    """Return the options that fill a figure's roles."""
    if name == "guidance-2d":
        return {"teacher": "toy-guided", "students": "toy-lcm"}
    chosen = OPTIONS | ({"systems": SYSTEMS[name]} if name in SYSTEMS else {})
    return {role: chosen[role] for role in FIGURES[name].roles}


def moons(count: int, rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, np.pi, count)
    upper = rng.uniform(size=count) < 0.5
    arc = np.where(
        upper[:, None],
        np.stack([np.cos(angle), np.sin(angle)], 1),
        np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], 1),
    )
    points = arc + 0.05 * rng.normal(size=(count, 2)) - (0.5, 0.25)
    return points / (0.8676, 0.4970)


def denoised(x: np.ndarray, sigma: float, data: np.ndarray) -> np.ndarray:
    width = sigma**2 + 0.1**2
    square = ((x[:, None] - data) ** 2).sum(-1)
    weight = np.exp(-(square - square.min(1, keepdims=True)) / (2 * width))
    mean = weight @ data / weight.sum(1, keepdims=True)
    return (0.1**2 * x + sigma**2 * mean) / width


def karras(steps: int, top: float = 10.0) -> np.ndarray:
    ramp = np.linspace(0, 1, steps) if steps > 1 else np.zeros(1)
    low, high = 0.01 ** (1 / 7), top ** (1 / 7)
    return np.append((high + ramp * (low - high)) ** 7, 0.0)


def solve(sampler: str, x: np.ndarray, levels: np.ndarray, data: np.ndarray) -> np.ndarray:
    states, before = [x], None
    for now, after in pairwise(levels):
        guess = denoised(x, now, data)
        target = guess
        if sampler == "dpmpp_2m" and before is not None and after > 0:
            h, h_last = np.log(now / after), np.log(before[1] / now)
            target = guess + (guess - before[0]) * h / (2 * h_last)
        step = target + (after / now) * (x - target)
        if sampler == "heun" and after > 0:
            slope = (x - guess) / now + (step - denoised(step, after, data)) / after
            step = x + (after - now) * slope / 2
        before, x = (guess, now), step
        states.append(x)
    return np.stack(states)


def solve_flow(x: np.ndarray, steps: int, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    times, states = np.linspace(1, 0, steps + 1), [x]
    for now, after in pairwise(times):
        sigma = now / max(1 - now, 1e-3)
        velocity = (x - denoised(x * (1 + sigma), sigma, data)) / now
        x = x + (after - now) * velocity
        states.append(x)
    return np.stack(states), times


def _experiment(name: str, method: str, samplers: dict, reference: str = "", **rest) -> Experiment:
    return Experiment(
        name=name,
        file=f"experiments/{name}.yaml",
        title={"toy-edm": "EDM teacher", "toy-flow": "Flow matching"}.get(
            name, "Consistency distillation" if name == "toy-cd" else "Consistency training"
        ),
        method=method,
        data="moons",
        train=Train(steps=300, batch=64, lr=1e-3),
        evaluate=Evaluate(samplers=samplers, reference=reference),
        **rest,
    )


def _teacher(noise: np.ndarray, data: np.ndarray, real: np.ndarray) -> Arrays:
    arrays: Arrays = {"noise": noise, "real": real}
    for sampler, counts in STEPS.items():
        for steps in counts:
            levels = karras(steps)
            states = solve(sampler, 10 * noise, levels, data)
            arrays |= _drawn(Sampling(sampler, steps), states, levels)
    path, levels = arrays["path/heun@60/x"][:, 5], arrays["path/heun@60/level"]
    starts, pair = np.array([0, 20, 32, 40, 48]), np.array([34, 44])
    ends = [solve("heun", path[i : i + 1], karras(50, levels[i]), data)[-1, 0] for i in starts]
    return arrays | {
        "posterior_mean": arrays["euler@1/seed0"],
        "worked/x": path[pair],
        "worked/level": levels[pair],
        "worked/path": path,
        "worked/end": path[-1],
        "worked/restarts": np.array(ends),
        "worked/restart_x": path[starts],
        "worked/restart_level": levels[starts],
    }


def _flow(noise: np.ndarray, data: np.ndarray, real: np.ndarray) -> Arrays:
    arrays: Arrays = {"noise": noise, "real": real}
    for sampler, counts in FLOW_STEPS.items():
        for steps in counts:
            states, times = solve_flow(noise, steps, data)
            arrays |= _drawn(Sampling(sampler, steps), states, times)
    return arrays


def _drawn(sampling: Sampling, states: np.ndarray, levels: np.ndarray) -> Arrays:
    found = {
        ArrayKey.of_seed(sampling, 0): states[-1],
        ArrayKey(sampling, "x", "path"): states[:, :64],
        ArrayKey(sampling, "level", "path"): levels,
    }
    return {str(key): array for key, array in found.items()}


def _student(teacher: Arrays, rng: np.random.Generator, blur: float) -> Arrays:
    exact = teacher["heun@60/seed0"]
    arrays: Arrays = {name: teacher[name] for name in ("noise", "real")}
    for steps in (1, 2, 4, 8):
        error = blur / steps * rng.normal(size=exact.shape)
        arrays[str(ArrayKey.of_seed(Sampling("consistency", steps), 0))] = exact + error
    arrays["worked/jump"] = teacher["worked/end"] + 0.08 * rng.normal(size=(2, 2))
    return arrays


def _history(name: str, seed: int, best: float) -> History:
    steps = tuple(float(s) for s in range(10, 310, 10))
    return History(
        experiment=name,
        seed=seed,
        columns={
            "step": steps,
            "loss": tuple(best * (1 + 5 / s) * (1 + 0.05 * seed) for s in steps),
            "sliced_w2": tuple(best * (1 + 30 / s) * (1 + 0.1 * seed) for s in steps),
            "off_manifold": tuple(min(1, best * (2 + 99 / s) * (1 + 0.1 * seed)) for s in steps),
        },
    )


def _off(points: np.ndarray, real: np.ndarray) -> float:
    near = np.sqrt(((points[:, None] - real) ** 2).sum(-1)).min(1)
    return float((near > 0.2).mean())


def _rows(name: str, arrays: Arrays, nfe: dict[Sampling, int]) -> dict[str, Measurement]:
    rows = {}
    for array, points in arrays.items():
        key = ArrayKey.find(array)
        if not (key and key.of_samples and key.seed == 0):
            continue
        system = SystemKey(name, key.sampling)
        values = {"off_manifold": _off(points, arrays["real"]), "sliced_w2": 0.02}
        values["sliced_w2"] += float(np.abs(points.std(0) - arrays["real"].std(0)).mean())
        for metric, value in values.items():
            calls = nfe.get(key.sampling, 1)
            rows[system.key(metric)] = _row(system.key(metric), max(value, 1e-3), calls)
    floor = SystemKey(name, REAL)
    for metric, value in (("off_manifold", 5e-5), ("sliced_w2", 0.011)):
        rows[floor.key(metric)] = _row(floor.key(metric), value, None)
    return rows


def _row(key: str, value: float, nfe: int | None) -> Measurement:
    spread = None if nfe is None else 0.05 * value
    return Measurement(
        key=key,
        value=value,
        spread=spread,
        spread_over="3 seeds" if spread else "",
        nfe=nfe,
        produced_by=Producer(rule="measure_plane"),
    )


@cache
def make(count: int, support: int = 300) -> FigureData:
    """Return a build with `count` samples a system."""
    rng = np.random.default_rng(0)
    data, real = moons(support, rng), moons(count, rng)
    noise = rng.normal(size=(count, 2))
    teacher, flow = _teacher(noise, data, real), _flow(noise, data, real)
    samples = {
        "toy-edm": teacher,
        "toy-flow": flow,
        "toy-cd": _student(teacher, rng, 0.1),
        "toy-ct": _student(teacher, rng, 0.3),
    }
    nfe = {
        Sampling(s, n): n * (2 if s in ("heun", "flow_midpoint") else 1)
        for s, counts in {**STEPS, **FLOW_STEPS, "consistency": (1, 2, 4, 8)}.items()
        for n in counts
    }
    experiments = (
        _experiment("toy-edm", "edm", STEPS, "heun@60"),
        _experiment("toy-flow", "flow_matching", FLOW_STEPS, "flow_midpoint@50"),
        _experiment(
            "toy-cd",
            "consistency_distillation",
            {"consistency": (1, 2, 4, 8)},
            needs={"teacher": "toy-edm"},
        ),
        _experiment("toy-ct", "consistency_training", {"consistency": (1, 2, 4, 8)}),
    )
    rows = {k: r for name, arrays in samples.items() for k, r in _rows(name, arrays, nfe).items()}
    build = FigureData(
        experiments={experiment.name: experiment for experiment in experiments},
        samples=samples,
        histories={
            name: tuple(_history(name, seed, best) for seed in range(3))
            for name, best in (("toy-cd", 0.03), ("toy-ct", 0.12))
        },
        ledger=Ledger(preset="default", publish=True, measurements=rows, facts={}),
    )
    return extended(build)
