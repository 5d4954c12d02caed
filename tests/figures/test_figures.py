"""Every figure draws in both themes, says what the data say, and gives the same bytes twice."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from checkout import ROOT
from legible import WIDTHS, illegible
from synthetic_build import make, module, options
from synthetic_laboratory import PLANE

from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.figure import FigureData
from pipelines.contracts.problems import InputProblems
from pipelines.figure_registry import FIGURES
from pipelines.figures import seen
from pipelines.figures.style import (
    FAMILIES,
    FAMILY_NAMES,
    FORMS,
    LIGHT,
    METHOD_ROLES,
    Theme,
    pixels,
    svg,
)

MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def data() -> FigureData:
    return make(1000)


@pytest.fixture(scope="module")
def pictures(data: FigureData) -> dict[str, Any]:
    return {name: module(name).prepare(data, options(name)) for name in PLANE}


@pytest.fixture(params=PLANE)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_roles_are_those_of_the_registry(name: str) -> None:
    assert FIGURES[name].roles == module(name).ROLES


def test_every_method_that_lessons_draw_belongs_to_a_family() -> None:
    files = (ROOT / "lessons").glob("*/experiments/*.yaml")
    drawn = {load_experiment(file).method for file in files}
    assert METHOD_ROLES.keys() >= drawn
    assert FAMILY_NAMES.keys() == FAMILIES.keys()
    assert len(METHOD_ROLES) == sum(map(len, FAMILIES.values()))


@pytest.mark.slow
@pytest.mark.parametrize("theme", FORMS, ids=lambda theme: theme.name)
def test_a_drawing_is_a_small_still_svg(name: str, theme: Theme, pictures: dict) -> None:
    first, second = (drawn(name, pictures[name], theme) for _ in range(2))
    assert first == second
    assert len(first) < MOST_BYTES
    text = first.decode()
    root = ElementTree.fromstring(text)
    assert pixels(first)[0] == theme.column
    assert not {"width", "height"} & root.attrib.keys()  # opened by itself, it fills the window
    assert not re.search(r"<text|dc:date|matplotlib\.org|http://(?!www\.w3|purl|creative)", text)
    assert "Software" not in text


@pytest.mark.slow
@pytest.mark.parametrize("theme", WIDTHS, ids=lambda theme: theme.name)
def test_words_are_legible_at_every_width(name: str, theme: Theme, pictures: dict) -> None:
    assert illegible(module(name), pictures[name], theme) == []


def drawn(name: str, picture: Any, theme: Theme) -> bytes:
    """Return a figure's SVG: its own, or that of matplotlib's figure."""
    result = module(name).draw(picture, theme)
    return result if isinstance(result, bytes) else svg(result, name)


@pytest.mark.slow
def test_another_salt_gives_other_ids(pictures: dict) -> None:
    figures = [module("one-trajectory").draw(pictures["one-trajectory"], LIGHT) for _ in "ab"]
    first, second = (svg(figure, salt) for figure, salt in zip(figures, "ab", strict=True))
    assert first != second


@pytest.mark.slow
def test_users_settings_do_not_matter(pictures: dict) -> None:
    import matplotlib as mpl

    draw, picture = module("quality-by-nfe").draw, pictures["quality-by-nfe"]
    plain = svg(draw(picture, LIGHT), "x")
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.fonttype": "none"}):
        assert svg(draw(picture, LIGHT), "x") == plain


def test_a_description_has_words_and_a_full_table(name: str, pictures: dict) -> None:
    described = module(name).describe(pictures[name])
    assert len(described.alt) <= seen.MOST
    assert described.alt.endswith(".")
    assert not re.search(r"[<>`/]|\.(svg|png|json|yaml)|_", described.alt)
    assert re.search(r"\d", described.alt)
    assert described.table.rows
    assert {len(row) for row in described.table.rows} == {len(described.table.columns)}
    assert "nan" not in f"{described.alt}{described.table}"


def test_an_unfilled_role_names_the_option(name: str, data: FigureData) -> None:
    for role in FIGURES[name].roles:
        without = {key: value for key, value in options(name).items() if key != role}
        with pytest.raises(InputProblems, match=role) as problems:
            module(name).prepare(data, without)
        assert problems.value.problems[0].remedy


@pytest.mark.parametrize(
    ("figure", "experiment", "array", "remedy"),
    [
        ("three-levels", "toy-edm", "path/dpmpp_2m@10/x", r"add `dpmpp_2m: \[10\]`"),
        ("three-levels", "toy-flow", "path/flow_midpoint@50/level", "flow_midpoint"),
        ("one-trajectory", "toy-edm", "worked/restarts", "reference: <sampler>"),
        ("steps-and-jump", "toy-cd", "consistency@1/seed0", r"`consistency: \[1\]`"),
        ("worked-example", "toy-cd", "worked/jump", "give it a teacher"),
        ("mean-and-jump", "toy-edm", "posterior_mean", "reference: <sampler>"),
    ],
)
def test_a_missing_array_names_experiment_and_remedy(
    data: FigureData, figure: str, experiment: str, array: str, remedy: str
) -> None:
    arrays = {k: v for k, v in data.samples[experiment].items() if k != array}
    lacking = FigureData(
        data.experiments, data.samples | {experiment: arrays}, data.histories, data.ledger
    )
    with pytest.raises(InputProblems, match=remedy) as problems:
        module(figure).prepare(lacking, options(figure))
    assert problems.value.problems[0].file == f"experiments/{experiment}.yaml"
    assert f"`{experiment}`" in problems.value.problems[0].message


def test_a_missing_measurement_names_its_key(data: FigureData) -> None:
    rows = dict(data.ledger.measurements)
    del rows["toy-cd/consistency@4/sliced_w2"]
    ledger = data.ledger.model_copy(update={"measurements": rows})
    lacking = FigureData(data.experiments, data.samples, data.histories, ledger)
    with pytest.raises(InputProblems, match="toy-cd/consistency@4/sliced_w2"):
        module("quality-by-nfe").prepare(lacking, options("quality-by-nfe"))


def test_a_diverged_training_is_named(data: FigureData) -> None:
    first = data.histories["toy-ct"][0]
    columns = first.columns | {"sliced_w2": (*first.columns["sliced_w2"][:-1], float("nan"))}
    diverged = first.model_copy(update={"columns": columns})
    build = FigureData(
        data.experiments, data.samples, data.histories | {"toy-ct": (diverged,)}, data.ledger
    )
    with pytest.raises(InputProblems, match=r"`sliced_w2` of `toy-ct`, seed 0, did not"):
        module("training-curves").prepare(build, options("training-curves"))


def test_a_missing_history_is_named(data: FigureData) -> None:
    lacking = FigureData(data.experiments, data.samples, {}, data.ledger)
    with pytest.raises(InputProblems, match="`toy-cd` has no training history"):
        module("training-curves").prepare(lacking, options("training-curves"))
