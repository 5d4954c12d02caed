"""Backgrounds: sky, sun, cloud, hills, and one small thing on the ground, from few colours."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.scenes.shapes import length

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """The colours of a place, 0 to 255.

    Attributes:
        zenith, sky: Top of the sky and the air above the horizon.
        far, near, foot: The hills behind, the ground at its edge and at the picture's foot.
        sun, cloud, thing: Of the sun, the cloud, and the bush or rock.
    """

    zenith: Colour
    sky: Colour
    far: Colour
    near: Colour
    foot: Colour
    sun: Colour
    cloud: Colour
    thing: Colour


PALETTES = {
    "sea": Palette(
        (112, 178, 222),
        (204, 230, 236),
        (96, 158, 186),
        (62, 142, 168),
        (24, 86, 122),
        (255, 248, 222),
        (246, 250, 252),
        (112, 112, 108),
    ),
    "desert": Palette(
        (240, 178, 120),
        (252, 224, 176),
        (222, 160, 104),
        (230, 180, 112),
        (196, 136, 76),
        (255, 246, 214),
        (253, 234, 206),
        (158, 98, 66),
    ),
    "meadow": Palette(
        (126, 190, 236),
        (214, 236, 242),
        (128, 178, 130),
        (134, 190, 92),
        (82, 146, 66),
        (255, 246, 196),
        (252, 253, 253),
        (62, 112, 66),
    ),
    "snow": Palette(
        (158, 180, 208),
        (224, 226, 236),
        (186, 200, 218),
        (240, 243, 248),
        (206, 218, 234),
        (252, 244, 234),
        (238, 241, 246),
        (86, 116, 116),
    ),
    "dusk": Palette(
        (66, 58, 114),
        (236, 140, 132),
        (98, 68, 118),
        (66, 52, 94),
        (42, 34, 68),
        (255, 214, 168),
        (196, 118, 140),
        (34, 28, 56),
    ),
}


def colours(name: str, which: Tensor) -> Tensor:
    """Return one colour of each row's place: (B,) → (B, 3, 1, 1), from 0 to 1."""
    table = [getattr(palette, name) for palette in PALETTES.values()]
    chosen = torch.tensor(table, device=which.device)[which] / 255
    return chosen[:, :, None, None]


def blend(below: Tensor, above: Tensor, cover: Tensor) -> Tensor:
    """Return `above` over `below`, both (B, 3, H, W), where `cover` (B, H, W) is one."""
    return below + (above - below) * cover[:, None]


def covered(distance: Tensor, softness: float | Tensor) -> Tensor:
    """Return how much of a pixel lies inside, from its signed distance: 0 to 1, smooth."""
    share = (0.5 - distance / softness).clamp(0, 1)
    return share * share * (3 - 2 * share)


@dataclass(frozen=True)
class Hills:
    """Heights of the two hill lines at each pixel column, shape (B, 1, W)."""

    far: Tensor
    near: Tensor


def hill_lines(x: Tensor, place: Tensor, free: dict[str, Tensor]) -> Hills:
    """Return the hills; those of the sea are flat."""
    rough = torch.tensor([0.06, 1.0, 0.8, 1.0, 0.9], device=place.device)[place][:, None, None]
    height = rough * free["hill_height"]
    near = height * (2.6 * x + free["hill_phase"]).sin()
    wave = (3.4 * x + free["second_phase"]).sin() + 0.5 * (5.2 * x - free["hill_phase"]).sin()
    far = free["horizon"] + 0.10 * rough + 1.1 * height * wave
    return Hills(far, free["horizon"] + near - 0.04)


def background(
    x: Tensor, y: Tensor, place: Tensor, free: dict[str, Tensor], pixel: float
) -> Tensor:
    """Return pictures (B, 3, H, W) without their object; x (1, 1, W), y (1, H, 1)."""
    hills = hill_lines(x, place, free)
    picture = sky(x, y, place, free, pixel)
    far, near = (covered(y - line, 3 * pixel) for line in (hills.far, hills.near))
    picture = blend(picture, colours("far", place), far)
    depth = ((hills.near - y) / 0.8).clamp(0, 1)
    soil = blend(colours("near", place).expand_as(picture), colours("foot", place), depth)
    picture = blend(picture, soil, near)
    cover = thing(x, y, hills, free, pixel)
    return blend(picture, colours("thing", place) * (1.06 - 0.3 * depth[:, None]), cover)


def sky(x: Tensor, y: Tensor, place: Tensor, free: dict[str, Tensor], pixel: float) -> Tensor:
    """Return sky, sun with its glow, and perhaps a cloud."""
    climb = ((y - free["horizon"]) / (1 - free["horizon"])).clamp(0, 1)
    low, high = colours("sky", place), colours("zenith", place)
    warmth = torch.tensor([0.05, 0.0, -0.05], device=x.device)[:, None, None]
    late = free["light"][:, None] * warmth
    picture = (low + (high - low) * climb[:, None] + late).expand(-1, -1, -1, x.shape[-1])
    away = length(x - free["sun_x"], y - free["sun_y"])
    sun = colours("sun", place)
    picture = blend(picture, sun, 0.45 * (-((away / 0.45) ** 2)).exp())
    picture = blend(picture, sun, covered(away - free["sun_radius"], 3 * pixel))
    return blend(picture, colours("cloud", place), cloud(x, y, free, pixel))


def cloud(x: Tensor, y: Tensor, free: dict[str, Tensor], pixel: float) -> Tensor:
    """Return the cover of a cloud: three discs in a row, in two scenes of three."""
    size = free["cloud_size"]
    a, b = (x - free["cloud_x"]) / size, (y - free["cloud_y"]) / size
    left, right = length(a + 1.0, b + 0.15) - 0.62, length(a - 1.0, b + 0.15) - 0.7
    puffs = torch.minimum(torch.minimum(left, right), length(a, b - 0.1) - 0.95)
    there = (free["cloud_there"] < 0.67).float()
    return 0.85 * there * covered(puffs * size, 5 * pixel)


def thing(x: Tensor, y: Tensor, hills: Hills, free: dict[str, Tensor], pixel: float) -> Tensor:
    """Return the cover of the small thing on the near hill: round, a peak, or none."""
    size, kind = free["thing_size"], free["thing_kind"]
    a, b = x - free["thing_x"], y - hills.near + 0.02
    dome = torch.maximum(length(a, b) - size, -b - 0.03)
    peak = torch.maximum((a.abs() * 1.7 + b - 1.5 * size) / 1.97, -b - 0.03)
    cover = torch.where(kind < 0.4, covered(dome, 2.5 * pixel), covered(peak, 2.5 * pixel))
    return cover * (kind < 0.75).float()
