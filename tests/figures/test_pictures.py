"""Figures of the tiny Stable Diffusion, on made-up pictures: drawn, told and listed alike."""

import re
from pathlib import Path

import numpy as np
import pytest
from legible import WIDTHS, illegible

from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.figure import TALLEST, FigureData
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.contracts.measurement import Ledger, Measurement, Producer
from pipelines.contracts.problems import InputProblems
from pipelines.figure_registry import FIGURES
from pipelines.figures import (
    guidance_grid,
    handoffs,
    landscape,
    latency_parts,
    picture_rows,
    seen,
)
from pipelines.figures import quality_by_steps as by_steps
from pipelines.figures.style import FORMS, LIGHT, PIXELS_PER_INCH, svg

SYSTEMS = {
    "base": ("ddim@2,w=3,leading", "ddim@4,w=3,leading", "ddim@4,w=7.5,leading"),
    "lcm-lora": ("lcm@1,w=1", "lcm@2,w=1", "lcm@1,w=4"),
}
SCORES = {"all": 0.8, "sharpness": 0.9, "frechet": 40.0, "clipped": 0.02, "diversity": 1.0}
SHAPES = {
    "tokens": 16, "text_width": 96, "latent_channels": 4, "latent_side": 8, "pixels": 64,
    "unet_parameters": 2_250_000,
}  # fmt: skip


def row(key, value, **more):
    return Measurement(key=key, value=value, produced_by=Producer(rule="measure_latent"), **more)


@pytest.fixture(scope="module")
def data():
    students = {
        name: LatentExperiment(name=name, file=f"{name}.yaml", title=name.title(), systems=systems,
                      method="base" if name == "base" else "lcm_lora")
        for name, systems in SYSTEMS.items()
    }  # fmt: skip
    generator = np.random.default_rng(0)
    samples, rows = {}, []
    for name, systems in SYSTEMS.items():
        arrays = {"captions": np.arange(12) * 56 % 600}
        for number, system in enumerate(systems):
            arrays[system] = generator.integers(0, 256, (12, 64, 64, 3), np.uint8)
            for metric, value in SCORES.items():
                key = f"{name}/{system}/{metric}"
                rows.append(row(key, value / (1 + number), spread=0.01, nfe=4 + number))
            rows.append(row(f"{name}/{system}/latency", 0.05, spread=0.001, nfe=4 + number))
            loop = 0.02 if name == "base" else 0.03
            rows.append(row(f"{name}/{system}/loop_1", loop, nfe=4 + number))
        samples[name] = arrays
    rows += [row(f"base/{place}@1/{k}", v) for place in ("shapes", "sd15-shapes")
             for k, v in SHAPES.items()]  # fmt: skip
    rows += [row(f"base/{part}@1/latency_1", 0.01) for part in ("text", "unet", "vae")]
    plane = {"toy-edm": ("heun@5", "heun@20"), "toy-cd": ("consistency@1", "consistency@4")}
    for name, systems in plane.items():
        for number, system in enumerate(systems):
            rows.append(row(f"{name}/{system}/sliced_w2", 0.1 / (1 + number), nfe=1 + 9 * number))
            rows.append(row(f"{name}/{system}/seconds_per_1000", 0.1 + number))
    samples["base"]["repeated-renders@1"] = samples["base"]["ddim@4,w=3,leading"]
    rows += [row("base/repeated-renders@1/all", 1.0)]
    rows += [row("base/renders@1/frechet", 15.0), row("base/renders@1/all", 1.0)]
    rows += [row("base/autoencoder-base@1/ceiling_all", 0.97)]
    ledger = Ledger(preset="default", publish=True, facts={},
                    measurements={one.key: one for one in rows})  # fmt: skip
    folder = Path("lessons/fast-generation/experiments")
    experiments = {name: load_experiment(folder / f"{name}.yaml") for name in plane}
    return FigureData(experiments, samples, {}, ledger, students)


ROWS = "base/ddim@4,w=3,leading = Base in four, lcm-lora/lcm@1,w=1"
LANDSCAPE = {
    "plane": "toy-edm/heun, toy-cd/consistency",
    "pictures": "base/ddim,w=3,leading, lcm-lora/lcm,w=1",
}
CASES = [
    (picture_rows, {"systems": ROWS}),
    (by_steps, {"systems": "base/ddim,w=3,leading, lcm-lora/lcm = LCM-LoRA"}),
    (by_steps, {"systems": "base/ddim,w=3,leading", "metrics": "all, sharpness", "by": "nfe"}),
    (guidance_grid, {"system": "lcm-lora/lcm"}),
    (handoffs, {"systems": "base"}),
    (latency_parts, {"systems": ROWS}),
    (landscape, LANDSCAPE),
]


@pytest.mark.slow
@pytest.mark.parametrize("figure, options", CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_figures_are_drawn_in_all_forms_and_the_same_twice(figure, options, data):
    picture = figure.prepare(data, options)
    for theme in FORMS:
        one, two = (svg(figure.draw(picture, theme), "salt") for _ in range(2))
        assert one == two and b"<svg" in one[:400]
    told = figure.describe(picture)
    assert told.alt.endswith(".") and len(told.alt) <= seen.MOST and told.table.rows
    assert all(len(row) == len(told.table.columns) for row in told.table.rows)


def test_pictures_stay_photographs_and_are_smoothed(data):
    picture = picture_rows.prepare(data, {"systems": ROWS})
    drawn = svg(picture_rows.draw(picture, LIGHT), "salt").decode()
    assert len(re.findall("data:image/webp", drawn)) == 2 * picture_rows.FEW
    assert "pixelated" not in drawn


def test_rows_tell_what_was_measured(data):
    told = picture_rows.describe(picture_rows.prepare(data, {"systems": ROWS}))
    assert told.table.rows[0][:3] == ("Base in four", "5", "40.0 % ± 1.0 %")
    assert "Blurred, less than half right: Base in four." in told.alt
    assert "Sharp, most right: “Lcm-Lora, 1 step”." in told.alt


def test_the_grid_leaves_out_what_was_not_drawn(data):
    picture = guidance_grid.prepare(data, {"system": "lcm-lora/lcm"})
    assert picture.steps == (1,) and picture.guidance == (1.0, 4.0)
    assert set(picture.cells) == {(1, 1.0), (1, 4.0)}  # two steps compare nothing


def test_parts_add_up_to_the_picture(data):
    bars = latency_parts.prepare(data, {"systems": ROWS}).bars
    assert bars[0].parts == {"text": 0.02, "loop": 0.02, "vae": 0.01}  # guided: two texts
    assert bars[1].parts == {"text": 0.01, "loop": 0.03, "vae": 0.01}
    assert sum(bars[0].parts.values()) == pytest.approx(bars[0].whole)
    assert sum(bars[1].parts.values()) == pytest.approx(bars[1].whole)


def test_renders_stand_above_and_have_no_scores(data):
    rows = f"base/repeated-renders@1 = Renders, {ROWS}"
    picture = picture_rows.prepare(data, {"systems": rows})
    assert [row.told == "" for row in picture.rows] == [True, False, False]
    told = picture_rows.describe(picture)
    assert [row[0] for row in told.table.rows] == ["Base in four", "Lcm-Lora, 1 step"]
    assert "2 rows of pictures" in told.alt and "below renders of the captions" in told.alt


def test_the_captions_shown_have_least_in_common(data):
    captions = picture_rows.prepare(data, {"systems": ROWS}).captions
    assert len(captions) == picture_rows.FEW
    assert len({caption.split()[4] for caption in captions}) == picture_rows.FEW  # shapes


def test_curves_are_bounded_by_the_autoencoder(data):
    picture = by_steps.prepare(data, {"systems": "base/ddim,w=3,leading"})
    assert picture.bounds["all"] == by_steps.Bound("autoencoder alone", 0.97)
    assert picture.bounds["frechet"] == by_steps.Bound("renders", 15.0)


@pytest.mark.slow
@pytest.mark.parametrize("theme", WIDTHS, ids=lambda theme: theme.name)
@pytest.mark.parametrize("figure, options", CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_words_are_legible_at_every_width(figure, options, theme, data):
    assert illegible(figure, figure.prepare(data, options), theme) == []


def test_the_landscape_says_who_is_best_with_how_many_calls(data):
    alt = landscape.describe(landscape.prepare(data, LANDSCAPE)).alt
    plane, drawn = alt.split(" Of pictures: ")
    assert "“EDM teacher, Heun” with 1 (0.10), 4 (0.10) and 50 (0.050)" in plane
    assert " with 4 (40)" in drawn and "with 1 " not in drawn  # no system was measured there


def test_the_landscape_holds_every_step_count(data):
    picture = landscape.prepare(data, LANDSCAPE)
    assert [line.steps.tolist() for line in picture.plane] == [[5, 20], [1, 4]]
    assert picture.plane[0].seconds.tolist() == pytest.approx([1e-4, 1.1e-3])
    assert picture.pictures[1].nfe.tolist() == [4, 5] and picture.pictures[1].value[0] == 40.0


def test_the_landscape_names_a_regions_systems_in_its_panel(data):
    picture = landscape.prepare(data, LANDSCAPE)
    assert picture.regions == ["The solver", "The question"]
    drawn = landscape.draw(picture, LIGHT)
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles[0] == "The solver, in the plane" and titles[3] == "The question, pictures"
    said = [{text.get_text() for text in axes.texts} for axes in drawn.axes]
    assert "best of all systems" in said[0] and "Consistency\ndistillation" in said[2]
    assert len(said[2]) == 1


def test_the_edge_is_what_any_system_reaches_with_so_many_evaluations(data):
    lines = landscape.prepare(data, LANDSCAPE).plane
    counts, least = landscape.edge(lines)
    assert counts.tolist() == [1, 10] and least.tolist() == [0.1, 0.05]


@pytest.mark.parametrize(
    "figure, options, message",
    [
        (
            picture_rows,
            {"systems": "base/ddim@9,w=3,leading"},
            "`base` has no pictures of `ddim@9,w=3,leading`",
        ),
        (picture_rows, {"systems": "bass/ddim@4,w=3,leading"}, "names no system"),
        (picture_rows, {"systems": "base"}, "names no system"),
        (
            picture_rows,
            {"systems": "base/ddim,w=3,leading"},
            "`base/ddim,w=3,leading` names no number of steps",
        ),
        (
            landscape,
            LANDSCAPE | {"pictures": "base/ddim,w=4,leading"},
            "measured under `base/ddim,w=4,leading/fr",
        ),
        (picture_rows, {}, "the figure has no systems"),
        (
            by_steps,
            {"systems": "base/euler,w=3,leading"},
            "not drawn with `base/euler,w=3,leading`",
        ),
        (by_steps, {"systems": "base/ddim,w=3,leading", "by": "time"}, "`:by: time` is unknown"),
        (handoffs, {"systems": "nobody"}, "`nobody` is no model"),
    ],
)
def test_what_cannot_be_drawn_is_named(figure, options, message, data):
    with pytest.raises(InputProblems, match=re.escape(message)):
        figure.prepare(data, options)


def test_many_rows_stand_in_two_columns_where_there_is_room() -> None:
    titles = tuple((f"Row {index}",) for index in range(picture_rows.LONG + 1))
    deep = picture_rows.charts.rows_of(len(titles), 2)
    layout = picture_rows.Layout(3, 300, deep, ("a",), titles, (True,) * len(titles))
    places = [(layout.left(row), layout.top(row)) for row in range(len(titles))]
    assert places == sorted(places)
    assert len(set(places)) == len(titles)
    assert {left for left, _ in places} == {0, 300 + picture_rows.BETWEEN}
    assert layout.top(0) == layout.top(deep) == layout.head
    lowest = max(top for _, top in places)
    assert layout.height == pytest.approx(lowest + layout.words(deep - 1) + layout.side)


@pytest.mark.parametrize("count", [1, 4, 5, 7, 8, 12])
def test_rows_of_pictures_fit_on_a_page_of_paper(data, count):
    """The module shows up to twelve rows, with titles in two lines."""
    title = "A system with its solver and spacing and four steps and a guidance"
    system = "base/ddim@4,w=3,leading"
    rows = ", ".join(f"{system} = {title} {i}" for i in range(count))
    drawn = picture_rows.draw(picture_rows.prepare(data, {"systems": rows}), LIGHT)
    pictures = [axes.images for axes in drawn.axes]
    sides = {round(image.get_extent()[1] - image.get_extent()[0]) for image in pictures[0]}
    assert drawn.get_figheight() * PIXELS_PER_INCH <= TALLEST + 0.5
    assert len(sides) == 1 and picture_rows.LEAST <= min(sides) <= 170
    assert len(pictures[0]) >= picture_rows.FEW * count


def test_every_figure_says_its_roles():
    for name in (
        "picture-rows",
        "quality-by-steps",
        "guidance-grid",
        "handoffs",
        "latency-parts",
        "landscape",
    ):
        module = __import__(FIGURES[name].module, fromlist=["ROLES"])
        assert FIGURES[name].roles == module.ROLES
