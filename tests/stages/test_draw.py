"""The stage `draw_figure`: files in, a file for each form and one of words out."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageColor
from synthetic_build import make, options

from pipelines.contracts.artifacts import Card, save_arrays, save_histories
from pipelines.contracts.figure import FORM_NAMES, NARROW, WIDE, FigureData
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Timings
from pipelines.figures.style import DARK, LIGHT, pixels
from pipelines.pages.timing_mask import blank_timings
from pipelines.stages import draw_figure as stage


@pytest.fixture(scope="module")
def data() -> FigureData:
    return make(1000)


@pytest.fixture
def build(tmp_path: Path, data: FigureData) -> Path:
    """Write the build as files; only what `training-curves` and `worked-example` need."""
    for name in ("toy-edm", "toy-cd", "toy-ct"):
        needs = "needs: {teacher: toy-edm}\n" if name == "toy-cd" else ""
        method = data.experiments[name].method
        (tmp_path / f"{name}.yaml").write_text(
            f"title: {name}\nmethod: {method}\ndata: moons\n{needs}"
            "train: {steps: 3, batch: 4, lr: 0.001}\nevaluate: {samplers: {}}\n"
        )
        card = Card(
            experiment=name, method=method, seed=0, preset="default", code="", versions={},
            device="cpu", settings={},
        )  # fmt: skip
        save_arrays(tmp_path / f"samples/{name}.safetensors", data.samples[name], card)
        if name in data.histories:
            save_histories(tmp_path / f"models/{name}.history.json", data.histories[name])
    seconds = [
        data.ledger.timings[f"{name}/train@300/cpu_seconds"] for name in ("toy-edm", "toy-cd")
    ]
    renamed = [row.model_copy(update={"key": row.key.replace("@300", "@3")}) for row in seconds]
    write_json(tmp_path / "models/both.timing.json", Timings(rows=tuple(renamed)))
    untimed = data.ledger.model_copy(update={"timings": {}})
    write_json(tmp_path / "ledger.json", untimed)
    return tmp_path


def run_stage(build: Path, monkeypatch: pytest.MonkeyPatch, figure: str, chosen: dict) -> None:
    arguments = ["draw_figure", figure, "--id", "shown", "--options", json.dumps(chosen)]
    for form in FORM_NAMES:
        arguments += [f"--{form}", str(build / f"out/shown.{form}.svg")]
    for kind in ("png", "csv"):
        arguments += [f"--{kind}", str(build / f"out/shown.{kind}")]
    arguments += ["--description", str(build / "out/shown.json")]
    arguments += ["--ledger", str(build / "ledger.json"), "--experiments"]
    arguments += [str(path) for path in sorted(build.glob("*.yaml"))]
    arguments += ["--samples", *map(str, sorted(build.glob("samples/*")))]
    arguments += ["--histories", *map(str, sorted(build.glob("models/*.history.json")))]
    arguments += ["--trainings", *map(str, sorted(build.glob("models/*.timing.json")))]
    monkeypatch.setattr(sys, "argv", arguments)
    stage.main()


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["training-curves", "worked-example"])
def test_the_stage_writes_every_form(
    build: Path, monkeypatch: pytest.MonkeyPatch, figure: str
) -> None:
    run_stage(build, monkeypatch, figure, options(figure))
    light, dark = ((build / f"out/shown.{kind}.svg").read_bytes() for kind in ("light", "dark"))
    assert LIGHT.student.encode() in light
    assert DARK.student.encode() in dark
    described = json.loads((build / "out/shown.json").read_text())
    assert described["table"]["rows"]
    assert (described["wide"][0], described["narrow"][0]) == (WIDE, NARROW)
    forms = [(build / f"out/shown.{form}.svg").read_bytes() for form in FORM_NAMES]
    assert len({*forms}) == 4
    sizes = [list(pixels(form)) for form in forms]
    assert sizes == 2 * [described["wide"]] + 2 * [described["narrow"]]
    with (build / "out/shown.csv").open(newline="") as file:
        columns, *rows = csv.reader(file)
    assert columns == described["table"]["columns"]
    assert len(rows) == len(described["table"]["rows"])
    with Image.open(build / "out/shown.png") as picture:
        assert picture.size == tuple(2 * side for side in described["wide"])
    files = {file.name: file.read_bytes() for file in (build / "out").iterdir()}
    assert len(files) == 7
    run_stage(build, monkeypatch, figure, options(figure))
    assert {file.name: file.read_bytes() for file in (build / "out").iterdir()} == files


@pytest.mark.slow
def test_a_figure_that_shows_seconds_is_marked(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    for seconds in ("20.0", "31.5"):
        timing = build / "models/both.timing.json"
        timing.write_text(timing.read_text().replace("20.0", seconds))
        chosen = {"systems": "toy-edm/euler@10, toy-cd/consistency@1"}
        run_stage(build, monkeypatch, "quality-by-compute", chosen)
        drawn.append((build / "out/shown.light.svg").read_text())
    assert drawn[0] != drawn[1]
    assert blank_timings(drawn[0]) == blank_timings(drawn[1])
    assert "<path" not in blank_timings(drawn[0])
    assert json.loads((build / "out/shown.json").read_text())["timed"]
    run_stage(build, monkeypatch, "animation", {"systems": "toy-cd/consistency@1"})
    still = (build / "out/shown.light.svg").read_text()
    assert "<path" in blank_timings(still)
    colours = Image.open(build / "out/shown.png").convert("RGB").getcolors(1 << 20)
    assert ImageColor.getrgb(LIGHT.student) in {rgb for _, rgb in colours}  # at its end
    ElementTree.fromstring(drawn[0])


def test_the_stage_reports_problems_and_writes_nothing(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=r"ML601.*toy-none"):
        run_stage(build, monkeypatch, "worked-example", {"teacher": "toy-none", "student": "x"})
    assert not (build / "out").exists()
