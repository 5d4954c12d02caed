"""Seconds for one picture by part: text encoder, U-Net times its calls, autoencoder."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from pipelines.contracts.figure import Description, FigureData
from pipelines.contracts.keys import Sampling, SystemKey
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.figures import charts, pictures, reading, seen, wording
from pipelines.figures.style import Theme, themed

ROLES = ("systems",)
ROW, AROUND = 46, 110
PARTS = {"text": "text encoder", "unet": "U-Net", "vae": "autoencoder"}
COLOURS = {"text": "training", "unet": "teacher", "vae": "flow"}


@dataclass(frozen=True)
class Bar:
    """One system: seconds of each part times its calls, and of the whole picture as measured."""

    title: str
    nfe: int
    parts: dict[str, float]
    whole: float
    spread: float


@dataclass(frozen=True)
class Picture:
    """A bar for each system."""

    bars: tuple[Bar, ...]
    height: int  # in CSS pixels


def prepare(data: FigureData, options: dict[str, str]) -> Picture:
    """Read the seconds of each part of some pipelines."""
    systems = pictures.picture_systems(data, options, "systems")
    bars = tuple(_latency_bar(data, *one) for one in systems)
    return Picture(bars, AROUND + ROW * len(bars))


def _latency_bar(
    data: FigureData, experiment: LatentExperiment, sampling: Sampling, title: str
) -> Bar:
    whole = reading.row(data, reading.system(experiment, sampling), "latency")
    parts = {part: SystemKey("base", Sampling(part, 1)) for part in PARTS}
    each = {part: reading.row(data, key, "latency_1").value for part, key in parts.items()}
    guided = sampling.scale > 1 and experiment.method != "lcm"
    calls = {"text": 2 if guided else 1, "unet": whole.nfe or 0, "vae": 1}
    return Bar(
        title=title or wording.system_name(experiment.title, sampling),
        nfe=whole.nfe or 0,
        parts={part: each[part] * calls[part] for part in PARTS},
        whole=whole.value,
        spread=whole.spread or 0.0,
    )


@themed
def draw(picture: Picture, theme: Theme) -> Figure:
    """Draw a bar for each system, divided by parts."""
    figure = charts.canvas(picture.height)
    axes = figure.subplots()
    for place, bar in enumerate(picture.bars):
        left = 0.0
        for part, seconds in bar.parts.items():
            label = PARTS[part] if place == 0 else None
            width = 1000 * seconds
            axes.barh(
                place, width, left=left, height=0.55, color=theme.role(COLOURS[part]), label=label
            )
            left += width
        label = "whole picture, measured" if place == 0 else None
        axes.plot(1000 * bar.whole, place, marker="|", markersize=18, markeredgewidth=2.4,
                  color=theme.text, linestyle="none", label=label)  # fmt: skip
    axes.set_yticks(range(len(picture.bars)), [_in_two_lines(bar.title) for bar in picture.bars])
    axes.invert_yaxis()
    axes.set_xlabel("Milliseconds for one picture")
    axes.grid(True, axis="x")
    figure.legend(loc="outside lower center", ncols=4)
    return figure


def _in_two_lines(title: str) -> str:
    name, _, rest = title.partition(", ")
    return f"{name}\n{rest}" if rest else name


def _unet_share(bar: Bar) -> str:
    """Return the share of the U-Net in the parts of a picture's time."""
    return f"{seen.share(bar.parts['unet'] / sum(bar.parts.values()))} of it"


def describe(picture: Picture) -> Description:
    """List the seconds of each part."""
    summary = "; ".join(
        f"{seen.quoted(bar.title)} {wording.rounded(1000 * bar.whole)} ms" for bar in picture.bars
    )
    alt = (
        f"Bars of the time that one picture takes, by part. Whole picture: {summary}. The U-Net "
        f"takes {_unet_share(picture.bars[0])} with {picture.bars[0].nfe} calls, "
        f"{_unet_share(picture.bars[-1])} with {picture.bars[-1].nfe}."
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
    note = "Parts: one call, measured alone, times the calls. Whole: measured as it runs."
    return wording.described(alt, columns, rows, picture.height, note, timed=True)
