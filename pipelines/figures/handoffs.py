"""Tensor shapes at every handoff, of our system beside those of Stable Diffusion 1.5.

One chain of parts for both, which are of the same classes: downwards, so that words have room at
any width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.figures import charts, reading, wording
from pipelines.figures.lines import wrapped
from pipelines.figures.style import SMALL, Theme, themed

ROLES = ("systems",)
COUNTS = ("tokens", "text_width", "latent_channels", "latent_side", "pixels", "unet_parameters")
PARTS = (("text encoder", "CLIPTextModel"), ("U-Net", "UNet2DConditionModel"),
         ("autoencoder", "AutoencoderKL"))  # fmt: skip
NAMES = ("tokens", "text states", "latent", "picture")
HEAD, SHAPE, ARROW = 44, 26, 20  # heights in CSS pixels: of titles, a row of shapes, an arrow
LINE = 20  # of words in a box
EDGE = 86  # where the boxes begin: left of it, what is handed on


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

    @property
    def size(self) -> str:
        """How large its U-Net is."""
        return f"{_millions(self.counts['unet_parameters'])} parameters"


@dataclass(frozen=True)
class Picture:
    """The pipelines, ours first."""

    systems: tuple[System, ...]


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
    return Picture(tuple(systems))


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw the parts downwards, and between them what each system hands on, in a column each."""
    words = [[*part, ""] if part[0] == "U-Net" else part for part in PARTS]
    boxes = [LINE * len(lines) + 10 for lines in words]
    figure, axes = charts.sheet(
        theme, HEAD + SHAPE + sum(SHAPE + 2 * ARROW + box for box in boxes)
    )
    width = (theme.column - EDGE) / len(picture.systems)
    middles = [EDGE + width * (i + 0.5) for i in range(len(picture.systems))]
    for x, system in zip(middles, picture.systems, strict=True):
        title = "\n".join(wrapped(system.title, width, bold=True))
        style: dict[str, Any] = {
            "ha": "center",
            "va": "center",
            "color": theme.letters(system.role),
        }
        axes.text(x, HEAD / 2, title, fontweight="bold", **style)
    _write_shapes(axes, picture, 0, HEAD, middles, theme)
    top = float(HEAD + SHAPE)
    for row, (lines, box) in enumerate(zip(words, boxes, strict=True)):
        for x in middles:
            _draw_arrow(axes, (x, top), theme)
            _draw_arrow(axes, (x, top + ARROW + box), theme)
        _draw_part(axes, lines, top + ARROW, box, theme)
        if len(lines) > len(PARTS[row]):
            _write_sizes(axes, picture, top + ARROW + box - LINE / 2 - 5, middles, theme)
        _write_shapes(axes, picture, row + 1, top + 2 * ARROW + box, middles, theme)
        top += 2 * ARROW + box + SHAPE
    return figure


def _write_shapes(
    axes: Axes, picture: Picture, row: int, top: float, middles: list[float], theme: Theme
) -> None:
    middle = top + SHAPE / 2
    axes.text(0, middle, NAMES[row], va="center", color=theme.muted)
    for x, system in zip(middles, picture.systems, strict=True):
        axes.text(x, middle, system.shapes[row], ha="center", va="center", fontweight="bold")


def _write_sizes(
    axes: Axes, picture: Picture, middle: float, middles: list[float], theme: Theme
) -> None:
    for x, system in zip(middles, picture.systems, strict=True):
        style: dict[str, Any] = {"fontsize": SMALL, "color": theme.letters(system.role)}
        axes.text(x, middle, system.size, ha="center", va="center", **style)


def _draw_part(axes: Axes, lines: Sequence[str], top: float, height: float, theme: Theme) -> None:
    """Draw a box around the name of a part and the class that both systems have there."""
    left, width = EDGE + 1, theme.column - EDGE - 2
    style: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=6", "linewidth": 1.2}
    box = FancyBboxPatch(
        (left, top), width, height, facecolor="none", edgecolor=theme.muted, **style
    )
    axes.add_patch(box)
    for number, line in enumerate(lines):
        at = (left + width / 2, top + 5 + LINE * (number + 0.5))
        weight = "normal" if number else "bold"
        axes.text(*at, line, ha="center", va="center", fontweight=weight)


def _draw_arrow(axes: Axes, start: tuple[float, float], theme: Theme) -> None:
    ends = ((start[0], start[1] + 2), (start[0], start[1] + ARROW - 2))
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 9, "shrinkA": 0, "shrinkB": 0}
    axes.add_patch(FancyArrowPatch(*ends, color=theme.muted, **style))


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
        "A chain of three boxes, text encoder, U-Net and autoencoder, with the shapes that two "
        f"systems hand on between them. {summary}."
    )
    rows = (
        (one.title, *one.shapes, _millions(one.counts["unet_parameters"]))
        for one in picture.systems
    )
    columns = ("System", "Tokens", "Text states", "Latent", "Picture", "Parameters of the U-Net")
    return wording.described(alt, columns, rows)
