"""Plain-text mathematics → TeX: a labelled set, with prose that must stay prose."""

from __future__ import annotations

import csv

import pytest
from checkout import ROOT
from hypothesis import given
from hypothesis import strategies as st
from math_core import LatexToMathML

from pipelines.handwritten.plain_math import stretches, whole_formula

LINES = ROOT / "tests/data/plain_math.tsv"


def labelled() -> list[tuple[str, str]]:
    with LINES.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [(text, tex) for text, tex in rows]


@pytest.mark.parametrize(("text", "tex"), labelled())
def test_labelled(text: str, tex: str) -> None:
    assert [found for _, _, found in stretches(text)] == ([tex] if tex else [])


def test_every_label_is_tex_that_can_be_set() -> None:
    converter = LatexToMathML()
    for _, tex in labelled():
        assert not tex or converter.convert_with_local_state(tex, displaystyle=False)


@given(st.text(alphabet="ab xθ₀²_*()[]|=+-.,0123456789^√∇ŷ{}", max_size=60))
def test_stretches_are_in_order_and_keep_the_rest(text: str) -> None:
    at = 0
    for start, end, tex in stretches(text):
        assert at <= start < end <= len(text) and tex
        at = end
    whole_formula(text)
