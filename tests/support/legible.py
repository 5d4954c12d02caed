"""What a drawing's words have to be: large and dark enough, on the drawing, not on each other.

Every text is looked at as it is drawn, wherever a figure puts it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from types import ModuleType
from typing import Any

from matplotlib.colors import to_hex
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from pipelines.figures.contrast import LETTERS, contrast
from pipelines.figures.style import FORMS, PIXELS_PER_INCH, SMALL, Theme, svg

WIDTHS = FORMS[::2]  # letters lie alike on light and on dark pages
TOUCH = 1.0  # CSS pixels that boxes around words may share: letters do not fill them


@contextmanager
def seen_texts() -> Iterator[dict[int, tuple[Text, Bbox]]]:
    """Gather the texts of the last drawing that is made meanwhile, and where, in CSS pixels.

    Drawings before it, each by a renderer of its own, only measure.
    """
    found: dict[int, tuple[Text, Bbox]] = {}
    draw, last = Text.draw, None

    def noted(text: Text, renderer: Any, *rest: Any, **named: Any) -> None:
        nonlocal last
        if renderer is not last:
            found.clear()
            last = renderer
        draw(text, renderer, *rest, **named)
        if text.get_visible() and text.get_text().strip():
            box = Text.get_window_extent(text, renderer)
            scale = PIXELS_PER_INCH / text.get_figure(root=True).dpi
            found[id(text)] = text, Bbox(box.get_points() * scale)

    Text.draw = noted  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Text.draw = draw  # type: ignore[method-assign]


def illegible(figure: ModuleType, picture: Any, theme: Theme) -> list[str]:
    """Return what is wrong with the words of a figure in one of its forms."""
    with seen_texts() as found:
        drawn = figure.draw(picture, theme)
        if not isinstance(drawn, bytes):
            svg(drawn, "words")
    texts = list(found.values())
    assert texts
    height = texts[0][0].get_figure(root=True).get_figheight() * PIXELS_PER_INCH
    wrong = [f"{one.get_text()!r} is small" for one, _ in texts if one.get_fontsize() < SMALL]
    wrong += [f"{one.get_text()!r} leaves the drawing" for one, box in texts
              if box.x0 < -TOUCH or box.x1 > theme.column + TOUCH
              or box.y0 < -TOUCH or box.y1 > height + TOUCH]  # fmt: skip
    wrong += [f"{one.get_text()!r} is faint" for one, _ in texts
              if to_hex(one.get_color()) != theme.paper  # on a bar
              and contrast(one.get_color(), theme.paper) < LETTERS]  # fmt: skip
    wrong += [f"{one.get_text()!r} lies on {other.get_text()!r}"
              for (one, a), (other, b) in combinations(texts, 2) if _overlap(a, b)]  # fmt: skip
    return wrong


def _overlap(a: Bbox, b: Bbox) -> bool:
    return (
        min(a.x1, b.x1) - max(a.x0, b.x0) > TOUCH and min(a.y1, b.y1) - max(a.y0, b.y0) > 2 * TOUCH
    )
