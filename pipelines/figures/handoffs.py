"""Tensor shapes at every handoff, of our system and, below it, of Stable Diffusion 1.5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.figures import charts, reading, wording
from pipelines.figures.style import Theme, themed

ROLES = ("systems",)
ROW, HEAD = 104, 8
COUNTS = ("tokens", "text_width", "latent_channels", "latent_side", "pixels", "unet_parameters")
PARTS = ("CLIPTextModel", "UNet2DConditionModel", "AutoencoderKL")
WIDTHS = (74, 118, 96, 166, 96, 110, 84)  # shapes and boxes in turn, CSS pixels
GAP = 2


@dataclass(frozen=True)
class System:
    """A pipeline, and the counts that its shapes follow from."""

    title: str
    role: str
    counts: dict[str, int]

    @property
    def shapes(self) -> tuple[str, ...]:
        """What goes from part to part: token numbers, text states, latent, picture."""
        of = self.counts
        side, pixels = of["latent_side"], of["pixels"]
        return (
            f"{of['tokens']}",
            f"{of['tokens']} × {of['text_width']}",
            f"{of['latent_channels']} × {side} × {side}",
            f"3 × {pixels} × {pixels}",
        )


@dataclass(frozen=True)
class Picture:
    """The pipelines, ours first."""

    systems: tuple[System, ...]
    height: int  # in CSS pixels


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the shapes of what is handed on in our pipeline and in Stable Diffusion 1.5."""
    name = options.get("systems", "").strip()
    if name not in data.latent:
        raise reading.option_problem(f"`{name}` is no model", "write `:systems: base`")
    systems = []
    for title, role, rows in (
        ("Ours", "student", SystemKey(name, Sampling("shapes", 1))),
        ("Stable Diffusion 1.5", "teacher", SystemKey(name, Sampling("sd15-shapes", 1))),
    ):
        counts = {count: round(reading.row(data, rows, count).value) for count in COUNTS}
        systems.append(System(title, role, counts))
    return Picture(tuple(systems), HEAD + ROW * len(systems))


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw the parts of each pipeline in a row, with the shapes between them."""
    figure, axes = charts.sheet(theme, picture.height)
    for row, system in enumerate(picture.systems):
        _draw_chain(axes, system, HEAD + row * ROW, theme)
    return figure


def _draw_chain(axes: Axes, system: System, top: float, theme: Theme) -> None:
    heading = f"{system.title}: U-Net of {_millions(system.counts['unet_parameters'])} parameters"
    axes.text(2, top + 12, heading, fontweight="bold", va="center", color=theme.role(system.role))
    names = ("tokens", "text states", "latent", "picture")
    left, middle = 2.0, top + 60
    for index, width in enumerate(WIDTHS):
        if index % 2:
            _draw_part(axes, PARTS[index // 2], (left, middle, width - 4), theme, system.role)
        else:
            shape, name = system.shapes[index // 2], names[index // 2]
            centred: dict[str, Any] = {"ha": "center", "va": "center"}
            axes.text(left + width / 2, middle - 5, shape, fontsize=10, **centred)
            axes.text(
                left + width / 2, middle + 12, name, fontsize=9, color=theme.muted, **centred
            )
        left += width + GAP


def _draw_part(
    axes: Axes, name: str, at: tuple[float, float, float], theme: Theme, role: str
) -> None:
    left, middle, width = at
    box = FancyBboxPatch(
        (left + 8, middle - 20),
        width - 16,
        40,
        boxstyle="round,pad=0,rounding_size=6",
        facecolor="none",
        edgecolor=theme.role(role),
        linewidth=1.4,
    )
    axes.add_patch(box)
    axes.text(left + width / 2, middle, name, ha="center", va="center", fontsize=8.5)
    for start in (left - 4, left + width - 8):
        ends = ((start, middle), (start + 11, middle))
        axes.add_patch(
            FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=8, color=theme.muted)
        )


def _millions(count: int) -> str:
    return f"{count / 1e6:.0f} M" if count >= 1e7 else f"{count / 1e6:.2f} M"


def describe(picture: Picture) -> Description:
    """List the shape of what each part hands to the next."""
    summary = "; ".join(
        f"{one.title}: {one.shapes[0]} tokens, text states {one.shapes[1]}, latent "
        f"{one.shapes[2]}, picture {one.shapes[3]}"
        for one in picture.systems
    )
    alt = (
        "Two chains of boxes, text encoder, U-Net and autoencoder, with the shapes between. "
        f"{summary}."
    )
    rows = (
        (one.title, *one.shapes, _millions(one.counts["unet_parameters"]))
        for one in picture.systems
    )
    columns = ("System", "Tokens", "Text states", "Latent", "Picture", "Parameters of the U-Net")
    return wording.described(alt, columns, rows)
