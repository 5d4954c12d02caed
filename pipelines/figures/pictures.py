"""Named access to the pictures of the tiny Stable Diffusion and to what was measured on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.figure import FigureData
from pipelines.contracts.keys import Sampling, SystemKey, SystemPattern, listed, titled
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import reading, wording
from pipelines.figures.seen import Look, contrast
from pipelines.scenes.grammar import all_captions

BESIDES = {"base": "teacher", "lcm_lora": "student", "lcm": "student", "progressive": "flow"}


@dataclass(frozen=True)
class Strip:
    """Pictures (k, 64, 64, 3) of one system, bytes, one a caption, and where they come from."""

    title: str
    key: str  # of the system
    pictures: np.ndarray
    captions: tuple[str, ...]
    nfe: int | None


def picture_systems(
    data: FigureData, options: dict[str, str], role: str
) -> list[tuple[LatentExperiment, Sampling, str]]:
    """Return model, sampling and title of an option: `base/ddim@50,w=5,leading = Base, …`."""
    found = picture_patterns(data, options, role)
    return [(experiment, reading.sampling_of(said), title) for experiment, said, title in found]


def picture_patterns(
    data: FigureData, options: dict[str, str], role: str
) -> list[tuple[LatentExperiment, SystemPattern, str]]:
    """Return the same for a figure that draws all step counts: `@<steps>` may be left out."""
    found = []
    for part in listed(options.get(role, "")):
        said, title = titled(part)
        pattern = reading.pattern_of(said)
        if not (pattern and pattern.experiment in data.latent):
            known = ", ".join(sorted(data.latent)) or "none"
            raise reading.option_problem(
                f"`{part}` names no system of the tiny Stable Diffusion",
                f"write `:{role}: <experiment>/<sampler>@<steps>,w=<guidance>, …` of {known}",
            )
        found.append((data.latent[pattern.experiment], pattern, title))
    if not found:
        raise reading.option_problem(f"the figure has no {role}", f"add `:{role}: <experiment>/…`")
    return found


def different_captions(
    data: FigureData, experiment: LatentExperiment, count: int
) -> tuple[int, ...]:
    """Return the places of so many captions, of those with pictures, that have least in common.

    The first of them have least in common, too: a narrow drawing shows no more.
    """
    known = [all_captions()[i].indices() for i in _arrays(data, experiment)["captions"]]
    found = [0]
    while len(found) < min(count, len(known)):
        left = (i for i in range(len(known)) if i not in found)
        found.append(min(left, key=lambda i: sum(_alike(known[i], known[j]) for j in found)))
    return tuple(found)


def _alike(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


def _arrays(data: FigureData, experiment: LatentExperiment) -> Arrays:
    if "captions" not in data.samples.get(experiment.name, {}):
        raise reading.option_problem(
            f"`{experiment.name}` has no pictures", f"sample {experiment.file} again"
        )
    return data.samples[experiment.name]


def strip(
    data: FigureData,
    experiment: LatentExperiment,
    sampling: Sampling,
    title: str,
    shown: tuple[int, ...],
) -> Strip:
    """Return the pictures of a system for the captions at some places."""
    arrays, key = _arrays(data, experiment), str(sampling)
    if key not in arrays:
        raise reading.option_problem(
            f"`{experiment.name}` has no pictures of `{key}`",
            f"add `{key}` to `systems:` in {experiment.file}",
        )
    captions = tuple(all_captions()[i].text() for i in arrays["captions"][list(shown)])
    system = reading.system(experiment, sampling)
    row = reading.row(data, system, "all")
    name = title or wording.system_name(experiment.title, sampling)
    return Strip(name, str(system), arrays[key][list(shown)], captions, row.nfe)


def look(data: FigureData, strip: Strip) -> Look:
    """Return how the pictures of a system look."""
    system = SystemKey.parse(strip.key)
    sharpness, clipped, right = (
        reading.row(data, system, metric).value for metric in ("sharpness", "clipped", "all")
    )
    return Look(sharpness, clipped, contrast(strip.pictures), right)


def picture_role(method: str) -> str:
    """Return the family, and with it the colour, in which a method for pictures is drawn."""
    return BESIDES.get(method, "matching" if method in ("add", "dmd") else "other")
