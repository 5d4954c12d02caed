"""Named access to the pictures of the tiny Stable Diffusion and to what was measured on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.contracts.figure import FigureData
from pipelines.contracts.student import Student, system
from pipelines.figures import reading, wording
from pipelines.scenes.grammar import all_captions

PIXELS = 64  # of a picture along each side
BESIDES = {"base": "teacher", "lcm_lora": "student", "lcm": "student", "progressive": "flow"}


@dataclass(frozen=True)
class Strip:
    """Pictures (k, 64, 64, 3) of one system, bytes, one a caption, and where they come from."""

    title: str
    key: str  # experiment/system
    pictures: np.ndarray
    captions: tuple[str, ...]
    nfe: int | None


def systems(
    data: FigureData, options: dict[str, str], role: str
) -> list[tuple[Student, str, str]]:
    """Return model, system and title of an option: `base/ddim@50,w=5 = Base, lcm-lora/…`."""
    found = []
    for part in wording.parts(options.get(role, "")):
        said, _, title = map(str.strip, part.partition(" = "))
        name, slash, key = said.partition("/")
        if not slash or name not in data.students:
            known = ", ".join(sorted(data.students)) or "none"
            raise reading.option_problem(
                f"`{part}` names no system of the tiny Stable Diffusion",
                f"write `:{role}: <experiment>/<sampler>@<steps>,w=<guidance>, …` of {known}",
            )
        found.append((data.students[name], key, title))
    if not found:
        raise reading.option_problem(f"the figure has no {role}", f"add `:{role}: <experiment>/…`")
    return found


def strip(data: FigureData, student: Student, key: str, title: str, count: int) -> Strip:
    """Return the first pictures of a system."""
    arrays = data.samples.get(student.name, {})
    if key not in arrays:
        raise reading.option_problem(
            f"`{student.name}` has no pictures of `{key}`",
            f"add `{key}` to `systems:` in {student.file}",
        )
    captions = tuple(all_captions()[i].text() for i in arrays["captions"][:count])
    row = reading.row(data, f"{student.name}/{key}/all")
    name = title or name_of(student, key)
    return Strip(name, f"{student.name}/{key}", arrays[key][:count], captions, row.nfe)


def name_of(student: Student, key: str) -> str:
    """Return what people call a system: `LCM-LoRA, LCM, 4 steps, guidance 1`."""
    sampler, steps, w = system(key)
    told = "" if w == 1 else f", guidance {w:g}"
    return f"{student.title}, {wording.sampler_name(sampler)}, {wording.steps_text(steps)}{told}"


def role_of(student: Student) -> str:
    """Return the family in whose colour a model is drawn."""
    return family(student.method)


def family(method: str) -> str:
    """Return the family, and with it the colour, of a method for pictures."""
    return BESIDES.get(method, "matching" if method in ("add", "dmd") else "other")


def side_by_side(pictures: np.ndarray, gap: int = 3) -> np.ndarray:
    """Return pictures (k, H, W, 3) in a row with a gap of nothing between, (H, W', 4) of bytes."""
    alpha = np.full((*pictures.shape[:3], 1), 255, np.uint8)
    tiles = np.concatenate([pictures, alpha], 3)
    parted = np.pad(tiles, ((0, 0), (0, 0), (0, gap), (0, 0)))
    return np.concatenate(list(parted), 1)[:, :-gap]
