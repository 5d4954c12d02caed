"""How every figure looks, and how it becomes bytes.

One family of methods has one colour in all figures: near those of Okabe and Ito (2008), moved
apart in lightness until protanopes, deuteranopes and tritanopes tell all five apart on light and
on dark pages; markers and line styles differ too, so that no figure depends on colour. Backgrounds
are transparent. Only the fonts that matplotlib brings are used, and no user settings: the same
data give the same bytes for everybody.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from pipelines.contracts.figure import NARROW, WIDE
from pipelines.contracts.files import write_text, written_aside
from pipelines.figures.contrast import readable
from pipelines.figures.lighter import lighter

P = ParamSpec("P")
Drawn = TypeVar("Drawn")

PIXELS_PER_INCH = 96  # a CSS pixel
TIMED = 'data-timed=""'  # as on pages, pipelines.pages.timing_mask
RASTER_DPI = 190  # of clouds of points: twice the screen's
TITLE, TEXT, SMALL = 10.5, 10, 9.25  # letters, in points; nothing is smaller than the last
_SIZE = re.compile(r' (?:width|height)="[\d.]+pt"')


@dataclass(frozen=True)
class Theme:
    """How a form of a figure looks: the colours of a light or a dark page, and how wide it is.

    `paper` is only used behind labels; `column` is the width in CSS pixels.
    """

    name: str  # of the form, with which its file ends
    text: str
    muted: str
    grid: str
    paper: str
    teacher: str
    flow: str
    student: str
    training: str
    matching: str
    real: str
    other: str
    column: int = WIDE

    @property
    def narrow(self) -> bool:
        """Whether it is drawn for a telephone."""
        return self.column == NARROW

    def role(self, name: str) -> str:
        """Return the colour of a family of methods, of real data (`real`), or of `other`."""
        return str(getattr(self, name))

    def letters(self, name: str) -> str:
        """Return the colour of a role for its names: some need more of the text's to be read."""
        return readable(self.role(name), self.text, self.paper)


@dataclass(frozen=True)
class Mark:
    """How a role is told apart without colour."""

    marker: str
    line: str


LIGHT = Theme(
    name="light",
    text="#1d232b",
    muted="#5b6673",
    grid="#d5dae0",
    paper="#ffffff",
    teacher="#0067b4",
    flow="#299868",
    student="#d55e00",
    training="#7f3078",
    matching="#4e3a00",
    real="#8d97a3",
    other="#454e59",
)
DARK = Theme(
    name="dark",
    text="#e6eaef",
    muted="#a3adb9",
    grid="#3a424d",
    paper="#14181e",
    teacher="#56bcea",
    flow="#1b8a76",
    student="#ff8c42",
    training="#b35eea",
    matching="#f4ea82",
    real="#7d8896",
    other="#c3cad3",
)
THEMES = (LIGHT, DARK)
FORMS = (*THEMES, *(replace(one, name=f"{one.name}-narrow", column=NARROW) for one in THEMES))

MARKS = {
    "teacher": Mark("o", "-"),
    "flow": Mark("s", "--"),
    "student": Mark("D", "-"),
    "training": Mark("^", "--"),
    "matching": Mark("P", "-."),
    "real": Mark(".", ":"),
    "other": Mark("X", "-."),
}

FAMILIES = {
    "teacher": ("edm", "ddpm", "guided_edm"),
    "flow": ("flow_matching", "reflow", "progressive_distillation", "shortcut", "meanflow"),
    "student": ("consistency_distillation", "multistep_consistency", "scm", "guided_consistency"),
    "training": ("consistency_training", "ict", "ect"),
    "matching": ("gan", "consistency_adversarial", "add", "dmd"),
}
METHOD_ROLES = {method: family for family, methods in FAMILIES.items() for method in methods}
FAMILY_NAMES = {
    "teacher": "diffusion, solver",
    "flow": "flows and flow maps",
    "student": "consistency distillation",
    "training": "consistency training",
    "matching": "matching distributions",
}


def role_of(method: str) -> str:
    """Return the family, and with it the colour, in which a method is drawn."""
    return METHOD_ROLES.get(method, "other")


@contextmanager
def applied(theme: Theme) -> Iterator[None]:
    """Draw in a theme, whatever the user's own settings are."""
    _use_bundled_fonts_only()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_settings(theme))  # type: ignore[arg-type]
        yield


def themed(
    draw: Callable[Concatenate[Any, Theme, P], Drawn],
) -> Callable[Concatenate[Any, Theme, P], Drawn]:
    """Let a figure's `draw(picture, theme)` run with the theme's settings applied."""

    @functools.wraps(draw)
    def draw_themed(picture: Any, theme: Theme, /, *rest: P.args, **named: P.kwargs) -> Drawn:
        with applied(theme):
            return draw(picture, theme, *rest, **named)

    return draw_themed


def svg(figure: Figure, salt: str) -> bytes:
    """Return a figure as SVG: no date, no program name, and ids that depend on `salt` alone.

    Letters become outlines, since no page can know which fonts its reader has and a label set
    in another font would no longer fit its place. The drawing has proportions and no size: opened
    by itself it fills the window. How many ticks an axis has is settled here, so that the user's
    settings must not count here either.
    """
    buffer = io.BytesIO()
    with mpl.rc_context(mpl.rcParamsDefault):
        mpl.rcParams.update({"svg.hashsalt": salt, "svg.fonttype": "path"})
        figure.savefig(
            buffer,
            format="svg",
            dpi=RASTER_DPI,
            transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return _SIZE.sub("", lighter(buffer.getvalue().decode("utf-8")), count=2).encode()


def pixels(drawing: bytes) -> tuple[int, int]:
    """Return the width and height at which an SVG's letters have the size meant, in CSS pixels."""
    box = re.search(rb'viewBox="0 0 (\S+) (\S+)"', drawing)
    assert box, "matplotlib writes a viewBox"
    width, height = (round(float(points) * PIXELS_PER_INCH / 72) for points in box.groups())
    return width, height


def save(data: bytes, path: Path, timed: bool = False) -> None:
    """Write a drawing; what shows CPU-seconds says so, for whoever compares two builds."""
    drawing = data.decode("utf-8")
    write_text(path, drawing.replace("<svg ", f"<svg {TIMED} ", 1) if timed else drawing)


def save_png(figure: Figure, theme: Theme, path: Path) -> None:
    """Write a figure on paper, with twice the screen's pixels: for previews and others' slides."""
    with written_aside(path) as temporary, mpl.rc_context(mpl.rcParamsDefault):
        figure.savefig(
            temporary,
            format="png",
            dpi=2 * PIXELS_PER_INCH,
            facecolor=theme.paper,
            metadata={"Software": None},
        )


@functools.cache
def _use_bundled_fonts_only() -> None:
    """Forget the fonts of this machine: another version of one would give other outlines."""
    manager = font_manager.fontManager
    bundled = str(mpl.get_data_path())
    manager.ttflist = [font for font in manager.ttflist if font.fname.startswith(bundled)]


def _settings(theme: Theme) -> dict[str, Any]:
    return {
        "font.family": "DejaVu Sans",
        "font.size": TEXT,
        "mathtext.fontset": "dejavusans",
        "axes.titlesize": TITLE,
        "axes.titlepad": 6,
        "axes.labelsize": TEXT,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "legend.handlelength": 2.2,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "text.color": theme.text,
        "axes.labelcolor": theme.text,
        "axes.titlecolor": theme.text,
        "axes.edgecolor": theme.grid,
        "xtick.color": theme.grid,
        "ytick.color": theme.grid,
        "xtick.labelcolor": theme.muted,
        "ytick.labelcolor": theme.muted,
        "grid.color": theme.grid,
        "grid.linewidth": 0.6,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "lines.solid_capstyle": "round",
        "path.simplify": False,
    }
