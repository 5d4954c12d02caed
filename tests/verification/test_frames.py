"""A frame is what a file holds beside its numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from pipelines.claims import format_number
from pipelines.verification.frames import NUMBER, frame_of, frame_of_page

PAGE = '<p>It leaves <data value="0.12">12 %</data> off, in {} of 25 clouds.</p>'


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (PAGE.format(3), PAGE.format(24), True),
        (PAGE.format(3), PAGE.format("three"), False),
        ("<p>Holds</p>", "<p>Undecided</p>", False),
        ('<img alt="a sharp picture">', '<img alt="a blurred picture">', True),
        ("<p>1,204 rows</p>", "<p>98 rows</p>", True),
        ("<p>-0.5</p>", "<p>\N{MINUS SIGN}0.25</p>", True),
        ("<p>1, 2 and 3</p>", "<p>1 and 3</p>", False),
        ("<p data-timed>slow</p>", "<p data-timed>quick</p>", True),
        ('<data value="1" class="measured">1</data>', '<data value="2">2</data>', True),
    ],
)
def test_pages(one: str, other: str, same: bool) -> None:
    assert (frame_of_page(one) == frame_of_page(other)) is same


@given(st.floats(-1e7, 1e7), st.sampled_from(("", "2f", "percent1", "0f", "3g")))
def test_any_number_that_pages_write_is_blanked_whole(value: float, form: str) -> None:
    written = format_number(value, form)
    assert not any(letter.isdigit() for letter in NUMBER.sub("#", written))


def description(alt: str, cell: str, column: str = "Points off") -> str:
    table = {"columns": ["System", column], "rows": [["Jump", cell]], "note": ""}
    return json.dumps({"alt": alt, "table": table, "timed": False})


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        ("a.json", description("Sharp.", "0.1"), description("Blurred.", "1e-05"), True),
        ("a.json", description("A.", "0.1"), description("A.", "0.1", "Distance"), False),
        ("a.csv", "system,off\nJump,0.1\n", "system,off\nJump,0.25\n", True),
        ("a.csv", "system,off\nJump,0.1\n", "system,off\nWalk,0.1\n", False),
    ],
)
def test_descriptions_of_figures(
    tmp_path: Path, name: str, one: str, other: str, same: bool
) -> None:
    frames = []
    for side, text in (("one", one), ("other", other)):
        file = tmp_path / side / "figures" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        frames.append(frame_of(file))
    assert all(frames)
    assert (frames[0] == frames[1]) is same


def test_weights_are_names_shapes_and_types(tmp_path: Path) -> None:
    kinds = {
        "one": {"w": torch.zeros(2, 3)},
        "other values": {"w": torch.ones(2, 3)},
        "other shape": {"w": torch.zeros(3, 2)},
        "other type": {"w": torch.zeros(2, 3, dtype=torch.float16)},
        "other name": {"v": torch.zeros(2, 3)},
    }
    frames = {}
    for name, tensors in kinds.items():
        save_file(tensors, tmp_path / "a.safetensors", {"card": name})
        frames[name] = frame_of(tmp_path / "a.safetensors")
    assert frames["one"] == frames["other values"]
    assert len(set(frames.values())) == 4


def test_drawings_have_none(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg/>", encoding="utf-8")
    assert frame_of(tmp_path / "a.svg") == ""
