"""Scenes → pictures (B, 3, 64, 64) from 0 to 1: layers of signed distances, each anti-aliased."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.contracts.latent import SIDE
from pipelines.scenes.backgrounds import background, blend, covered
from pipelines.scenes.grammar import ATTRIBUTES
from pipelines.scenes.scene_sampling import Scenes
from pipelines.scenes.shapes import distances, length

RADII = (0.42, 0.66)  # of small and large objects, in half picture widths
COLOURS = {
    "red": (214, 62, 58),
    "orange": (240, 140, 44),
    "yellow": (246, 214, 62),
    "green": (72, 164, 84),
    "blue": (58, 100, 204),
    "purple": (142, 76, 176),
}
STRIPE = 4.0  # half periods of the pattern across the object's radius


@dataclass(frozen=True)
class Rendered:
    """Pictures (B, 3, H, W), and how much of each pixel the object covers (B, H, W)."""

    picture: Tensor
    cover: Tensor


def render(scenes: Scenes, side: int = SIDE) -> Rendered:
    """Draw scenes on the device where their numbers are."""
    attributes = dict(zip(ATTRIBUTES, scenes.attributes.unbind(1), strict=True))
    free = {name: values[:, None, None] for name, values in scenes.free.items()}
    pixel = 2 / side
    axis = (torch.arange(side, device=scenes.attributes.device) + 0.5) * pixel - 1
    x, y = axis[None, None, :], -axis[None, :, None]
    picture = background(x, y, attributes["place"], free, pixel)
    radii = torch.tensor(RADII, device=axis.device)[attributes["size"]][:, None, None]
    radius = radii + free["radius"]
    picture = blend(picture, picture * 0.55, shadow(x, y, radius, free))
    a, b = in_turned_axes(x - free["x"], y - free["y"], free["turn"])
    distance = distances(a / radius, b / radius, attributes["shape"]) * radius
    cover = covered(distance, 2 * pixel)
    surface = painted(a / radius, b / radius, attributes, free)
    lit = surface * shade(x, y, distance, radius, free)[:, None]
    return Rendered(blend(picture, lit.clamp(0, 1), cover).clamp(0, 1), cover)


def in_turned_axes(x: Tensor, y: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Return points in the axes of an object turned by `angle` radians."""
    cos, sin = angle.cos(), angle.sin()
    return x * cos + y * sin, y * cos - x * sin


def shadow(x: Tensor, y: Tensor, radius: Tensor, free: dict[str, Tensor]) -> Tensor:
    """Return the strength of the soft shadow on the ground below the object."""
    side = 0.12 * free["sun_x"].sign()
    below = free["horizon"] - 0.30
    away = ((x - free["x"] + side) / (0.95 * radius)) ** 2 + ((y - below) / 0.12) ** 2
    return 0.55 * (-away).exp()


def painted(
    a: Tensor, b: Tensor, attributes: dict[str, Tensor], free: dict[str, Tensor]
) -> Tensor:
    """Return the object's colour at each point, (B, 3, H, W): plain, or with pale stripes."""
    table = torch.tensor(list(COLOURS.values()), device=a.device) / 255
    warmth = torch.tensor([0.03, 0.0, -0.03], device=a.device)[:, None, None]
    colour = table[attributes["colour"]][:, :, None, None] + free["tint"][:, None] * warmth
    along, _ = in_turned_axes(a, b, free["stripe_turn"])
    wave = (STRIPE * torch.pi / 2 * along + free["stripe_phase"]).sin()
    striped = (attributes["pattern"] == 1).float()[:, None, None]
    band = striped * 0.62 * (0.5 + wave * 1.6).clamp(0, 1)
    pale = torch.tensor([1.0, 0.97, 0.92], device=a.device)[:, None, None]
    return blend(colour.expand(-1, -1, *a.shape[-2:]), pale, band)


def shade(
    x: Tensor, y: Tensor, distance: Tensor, radius: Tensor, free: dict[str, Tensor]
) -> Tensor:
    """Return the light on the object: brighter towards the sun, a little darker at its rim."""
    to_sun_x, to_sun_y = free["sun_x"] - free["x"], free["sun_y"] - free["y"]
    far = length(to_sun_x, to_sun_y) + 0.2
    slope = ((x - free["x"]) * to_sun_x + (y - free["y"]) * to_sun_y) / (far * radius)
    rim = (1 + distance / (0.35 * radius)).clamp(0, 1)
    return 1.0 + 0.14 * slope.clamp(-1.2, 1.2) - 0.16 * rim.square()
