"""A card of a family of methods has the colour in which figures draw that family."""

from __future__ import annotations

import re

import pytest
from checkout import ROOT

from pipelines.blocks.cards import FAMILIES as NAMED
from pipelines.figures.style import FAMILIES, THEMES, Theme

SHEET = (ROOT / "pipelines/templates/static/lessons.css").read_text(encoding="utf-8")
TITLE = 0.6  # of the hue in a title, the rest is ink
GROUND = {"light": 0.14, "dark": 0.18}  # of the hue in a card's strongest ground


def variables(theme: Theme) -> dict[str, str]:
    """Return the sheet's colours of a theme; those of dark pages stand in a query of their own."""
    dark = "".join(re.findall(r"@media \(prefers-color-scheme: dark\) \{(.*?\n)\}", SHEET, re.S))
    light = re.sub(r"@media [^{]+\{.*?\n\}", "", SHEET, flags=re.S)
    return dict(
        re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light if theme.name == "light" else dark)
    )


def test_cards_know_the_families_of_figures() -> None:
    assert set(NAMED) == set(FAMILIES)
    for family in FAMILIES:
        assert f".card-{family} {{ --hue: var(--{family}); }}" in SHEET


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_sheet_has_the_colours_of_figures(theme: Theme) -> None:
    found = variables(theme)
    assert {family: found[family] for family in FAMILIES} == {
        family: theme.role(family) for family in FAMILIES
    }


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_titles_of_such_cards_can_be_read(theme: Theme, family: str) -> None:
    """Contrast of WCAG 2.2, 1.4.3: 4.5 for text."""
    colours = variables(theme)
    hue, ink, ground = (channels(colours[name]) for name in (family, "ink", "raised"))
    title = luminance(mixed(hue, ink, TITLE))
    under = luminance(mixed(hue, ground, GROUND[theme.name]))
    high, low = max(title, under), min(title, under)
    assert (high + 0.05) / (low + 0.05) >= 4.5
    assert f"var(--hue) {TITLE:.0%}, var(--ink)" in SHEET


def channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def mixed(one: list[int], other: list[int], share: float) -> list[float]:
    return [share * a + (1 - share) * b for a, b in zip(one, other, strict=True)]


def luminance(colour: list[float]) -> float:
    parts = [c / 255 for c in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
