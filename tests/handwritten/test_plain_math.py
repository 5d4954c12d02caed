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


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/q?x=1&y=2 and www.x.org/a_b=c_d.",
        "Write to a_b@x.org, or x_1@y_2.org.",
        "version v_1.2, C:\\a_b, file_1.txt, ./a_b/x_t",
        "curl https://api.org/v1?key=abc&n=3 --data x=1",
        "set n_layers = 2 and max_seq_len, call log_gradient_norms() or x_t()",
        "min_size, mean_pool = 3, softmax_temperature, x_train_mean",
        "the A* algorithm",
        "free* of charge",
    ],
)
def test_addresses_and_names_of_programs_stay_text(text: str) -> None:
    assert not list(stretches(text))


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("pi* is not pi", [r"\pi^{*}"]),
        ("say that pi*, the best one", [r"\pi^{*}"]),
        ("pi*(y|x) = 1", [r"\pi^{*} ( y \mid x ) = 1"]),
        ("w*x + b = 0", [r"w \, x + b = 0"]),
        ("softmax(QK^T / sqrt(d)) V and", [r"\text{softmax} ( Q K ^{\top} / \sqrt { d } ) V"]),
        ("the scores QK^T.", [r"Q K ^{\top}"]),
        ("max_theta and n_t and pi_ref, log_theta", None),
    ],
)  # fmt: skip
def test_stars_and_matrices(text: str, tex: list[str] | None) -> None:
    found = [one for _, _, one in stretches(text)]
    assert found == tex if tex else len(found) == 4
