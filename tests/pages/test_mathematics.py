"""The font that pages bring has every character of every formula."""

import base64
import re
import unicodedata
from html import unescape
from pathlib import Path

import pytest

from pipelines.pages.environment import STATIC
from pipelines.plan.maths import mathml

PLANS = sorted(Path("lessons").glob("*/*/plan.md"))
SHEET = (STATIC / "mathematics.css").read_text(encoding="utf-8")
FORMULA = re.compile(r"(?s)(?<![\\$`])\$\$?(?!\$)(.+?)(?<!\\)\$\$?")
ANNOTATION = re.compile(r"(?s)<annotation\b.*?</annotation>")
LONE_LETTER = re.compile(r"<mi>([A-Za-z\u0391-\u03c9])</mi>")  # browsers slant these
ITALIC = {"h": "\u210e"}  # Unicode had the Planck constant already


def covered() -> set[int]:
    """Return the code points of the font, as its style sheet lists them."""
    listed = re.search(r"unicode-range: ([^;]+);", SHEET)
    assert listed
    pairs = (part.strip().removeprefix("U+").split("-") for part in listed[1].split(","))
    return {
        n
        for first, *last in pairs
        for n in range(int(first, 16), int((last or [first])[0], 16) + 1)
    }


def slanted(letter: str) -> str:
    """Return a letter as MathML sets it where it stands alone."""
    if letter in ITALIC:
        return ITALIC[letter]
    family = "SMALL" if letter.islower() else "CAPITAL"
    name = unicodedata.name(letter).split("LETTER ")[1].split(" ")[-1]
    return unicodedata.lookup(f"MATHEMATICAL ITALIC {family} {name}")


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.parent.name)
def test_the_font_has_every_character_of_a_lesson(plan):
    known, seen = covered(), 0
    for found in FORMULA.finditer(plan.read_text(encoding="utf-8")):
        made = ANNOTATION.sub("", str(mathml(found[1])))
        letters = "".join(map(slanted, LONE_LETTER.findall(made)))
        text = unescape(re.sub(r"<[^>]+>", "", made)) + letters
        missing = {one for one in text if ord(one) not in known and not one.isspace()}
        assert not missing, (found[1], sorted(map(hex, map(ord, missing))))
        seen += len(text)
    assert seen or plan.parent.name == "laboratory"


def test_the_font_travels_with_its_licence_in_the_style_sheet():
    data = re.search(r"base64,([A-Za-z0-9+/=]+)\)", SHEET)
    assert data and base64.b64decode(data[1], validate=True)[:4] == b"wOF2"
    licence = (STATIC / "mathematics-licence.txt").read_text(encoding="utf-8")
    assert "STIX Fonts Project Authors" in licence and "OPEN FONT LICENSE Version 1.1" in licence
