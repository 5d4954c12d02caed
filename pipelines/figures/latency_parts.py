"""Where the time of one picture goes: text encoder, denoising loop, autoencoder, as shares.

The loop is timed as it runs, with its scheduler and with both halves of a guided call in one
batch, so that the parts add up to what a whole picture takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import charts, pictures, reading, seen, wording
from pipelines.figures.contrast import contrast
from pipelines.figures.lines import width_of, wrapped
from pipelines.figures.style import SMALL, TEXT, Theme, themed

ROLES = ("systems",)
PARTS = {"text": "text encoder", "loop": "denoising loop", "vae": "autoencoder"}
COLOURS = {"text": "real", "loop": "other", "vae": "grid"}  # none of a family of methods
HEAD, TITLE, BAR, BELOW = 30, 21, 24, 15  # heights in CSS pixels
WHOLE = 74  # room for the milliseconds behind a bar


@dataclass(frozen=True)
class Bar:
    """One system: seconds of each part, and of the whole picture as measured."""

    title: str
    nfe: int
    parts: dict[str, float]
    whole: float
    spread: float

    @property
    def shares(self) -> dict[str, float]:
        """What part of their sum each part takes."""
        total = sum(self.parts.values())
        return {part: seconds / total for part, seconds in self.parts.items()}


@dataclass(frozen=True)
class Picture:
    """A bar for each system."""

    bars: tuple[Bar, ...]


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the seconds of each part of some pipelines."""
    systems = pictures.picture_systems(data, options, "systems")
    return Picture(tuple(_latency_bar(data, *one) for one in systems))


def _latency_bar(
    data: FigureData, experiment: LatentExperiment, sampling: Sampling, title: str
) -> Bar:
    system = reading.system(experiment, sampling)
    whole = reading.row(data, system, "latency")
    once = {
        part: reading.row(data, SystemKey("base", Sampling(part, 1)), "latency_1").value
        for part in ("text", "vae")
    }
    guided = sampling.scale > 1 and experiment.method != "lcm"
    return Bar(
        title=title or wording.system_name(experiment.title, sampling),
        nfe=whole.nfe or 0,
        parts={
            "text": once["text"] * (2 if guided else 1),
            "loop": reading.row(data, system, "loop_1").value,
            "vae": once["vae"],
        },
        whole=whole.value,
        spread=whole.spread or 0.0,
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a bar of equal length for each system, divided by parts, with its milliseconds."""
    room = theme.column - WHOLE
    titles = [wrapped(f"{bar.title}, NFE\xa0{bar.nfe}", theme.column) for bar in picture.bars]
    tops, top = [], float(HEAD)
    for title in titles:
        tops.append(top)
        top += TITLE * len(title) + BAR + BELOW
    figure, axes = charts.sheet(theme, top - BELOW)
    _draw_key(axes, theme)
    for bar, title, at in zip(picture.bars, titles, tops, strict=True):
        for number, line in enumerate(title):
            axes.text(0, at + TITLE * (number + 0.5), line, va="center")
        _draw_bar(axes, bar, at + TITLE * len(title), room, theme)
    return figure


def _draw_key(axes: Axes, theme: Theme) -> None:
    left = 0.0
    for part, name in PARTS.items():
        axes.barh(HEAD / 2 - 2, 11, 11, left, color=theme.role(COLOURS[part]))
        axes.text(left + 16, HEAD / 2 - 2, name, fontsize=SMALL, va="center")
        left += 30 + width_of(name, SMALL)


def _draw_bar(axes: Axes, bar: Bar, top: float, room: float, theme: Theme) -> None:
    left, middle = 0.0, top + BAR / 2
    for part, share in bar.shares.items():
        width, colour = share * room, theme.role(COLOURS[part])
        axes.barh(middle, width, BAR, left, color=colour, linewidth=0)
        label = f"{100 * share:.0f} %"
        if width_of(label, TEXT, bold=True) + 8 <= width:
            ink = max(theme.paper, theme.text, key=lambda one: contrast(one, colour))
            style: dict[str, Any] = {"color": ink, "fontweight": "bold"}
            axes.text(left + width / 2, middle, label, ha="center", va="center", **style)
        left += width
    whole = f"{wording.rounded(1000 * bar.whole)} ms"
    axes.text(room + 8, middle, whole, va="center", fontweight="bold")


def _loop_share(bar: Bar) -> str:
    return f"{seen.share(bar.shares['loop'])} of it"


def describe(picture: Picture) -> Description:
    """List the milliseconds of each part."""
    summary = "; ".join(
        f"{seen.quoted(bar.title)} {wording.rounded(1000 * bar.whole)} ms" for bar in picture.bars
    )
    alt = (
        f"Bars of equal length, divided by the parts of the time that one picture takes. Whole "
        f"picture: {summary}. The denoising loop takes {_loop_share(picture.bars[0])} with "
        f"{picture.bars[0].nfe} calls, {_loop_share(picture.bars[-1])} with "
        f"{picture.bars[-1].nfe}."
    )
    columns = ("System", "NFE", *(f"{name}, ms" for name in PARTS.values()), "Whole, ms")
    rows = (
        (
            bar.title,
            str(bar.nfe),
            *(wording.rounded(1000 * seconds) for seconds in bar.parts.values()),
            f"{wording.rounded(1000 * bar.whole)} ± {wording.significant(1000 * bar.spread, 1)}",
        )
        for bar in picture.bars
    )
    note = (
        "Parts: text encoder and autoencoder measured alone, the loop with its scheduler. Shares "
        "are of their sum. Whole: from caption to picture, measured as it runs."
    )
    return wording.described(alt, columns, rows, note, timed=True)
