"""What the laboratory's figures draw, tell and list is what was measured."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from synthetic_build import make, module, options
from synthetic_laboratory import GUIDANCE, LEVELS, PARTS, SCHEDULES, SECONDS

from pipelines.contracts.figure import TALLEST, FigureData
from pipelines.contracts.problems import InputProblems
from pipelines.figure_registry import FIGURES
from pipelines.figures import atlas, digit_grid, plane, reading, vector_field, wording
from pipelines.figures.style import LIGHT, PIXELS_PER_INCH, THEMES


@pytest.fixture(scope="module")
def data() -> FigureData:
    return make(1000)


def picture(data: FigureData, name: str) -> Any:
    return module(name).prepare(data, options(name))


def test_the_atlas_shows_real_data_first_and_the_ledgers_numbers(data: FigureData) -> None:
    real, *panels = picture(data, "atlas").panels
    assert real.points == pytest.approx(data.samples["toy-edm"]["real"][: len(real.points)])
    systems = [part.strip() for part in options("atlas")["systems"].split(",")]
    table = module("atlas").describe(picture(data, "atlas")).table.rows
    for system, panel, row in zip(systems, panels, table[1:], strict=True):
        rows = data.ledger.measurements
        assert panel.off_manifold == rows[f"{system}/off_manifold"].value
        assert panel.modes == rows[f"{system}/modes_reached"].value
        assert panel.nfe == rows[f"{system}/off_manifold"].nfe
        assert row[2] == wording.percent(panel.off_manifold)


def test_an_atlas_of_twenty_systems_fits_on_a_page_of_paper(data: FigureData) -> None:
    real, *panels = picture(data, "atlas").panels
    long = replace(panels[0], name="Consistency distillation with an adversary")
    drawn = module("atlas").draw(atlas.Picture((real, *[long] * 19)), LIGHT)
    assert drawn.get_figheight() * PIXELS_PER_INCH <= TALLEST
    drawn.draw_without_rendering()
    assert min(axes.bbox.width for axes in drawn.axes) / drawn.dpi * PIXELS_PER_INCH >= 90


def test_all_panels_of_the_atlas_start_from_one_noise(data: FigureData) -> None:
    noises = [data.samples[name]["noise"] for name in ("toy-edm", "toy-flow", "toy-cd", "toy-gan")]
    assert all(np.array_equal(noise, noises[0]) for noise in noises)


def test_compute_counts_the_teachers(data: FigureData) -> None:
    spots = {spot.name: spot for spot in picture(data, "quality-by-compute").spots}
    student = spots["Consistency distillation, 1 step"]  # another step count is there too
    assert (student.own, student.teachers) == (SECONDS["toy-cd"], SECONDS["toy-edm"])
    assert student.seconds == SECONDS["toy-cd"] + SECONDS["toy-edm"]
    assert spots["GAN"].teachers == 0
    axes = module("quality-by-compute").draw(picture(data, "quality-by-compute"), LIGHT).axes[0]
    drawn = {tuple(xy) for line in axes.lines for xy in line.get_xydata()}
    assert (student.seconds, student.scores.values[0]) in drawn


@pytest.mark.parametrize("name", ["atlas", "quality-by-compute"])
def test_what_shows_seconds_says_that_it_is_timed(data: FigureData, name: str) -> None:
    assert FIGURES[name].timed
    assert module(name).describe(picture(data, name)).timed
    others = [other for other in FIGURES if other not in ("atlas", "quality-by-compute")]
    assert not any(FIGURES[other].timed for other in others)


def test_an_unmeasured_training_is_named(data: FigureData) -> None:
    timings = {key: row for key, row in data.ledger.timings.items() if "toy-edm" not in key}
    ledger = data.ledger.model_copy(update={"timings": timings})
    lacking = FigureData(data.experiments, data.samples, data.histories, ledger)
    with pytest.raises(InputProblems, match="toy-edm/train@300/cpu_seconds"):
        picture(lacking, "atlas")


def test_a_system_may_have_a_shorter_name(data: FigureData) -> None:
    chosen = {"systems": "toy-cd/consistency@1 = CD, toy-edm/euler@10 = Teacher"}
    shown = module("quality-by-compute").prepare(data, chosen)
    assert [spot.name for spot in shown.spots] == ["CD", "Teacher, Euler"]


def test_a_system_of_the_plane_may_be_guided(data: FigureData) -> None:
    chosen = {"systems": "toy-guided/heun@20,w=2, toy-lcm/consistency@1,w=4 = One step"}
    (teacher, guided), (student, step) = reading.systems(data, chosen, "systems")
    assert len(reading.samples(data, teacher, guided)) == len(data.samples["toy-guided"]["real"])
    named = wording.system_name(teacher.title, guided)
    assert named == "Guided teacher, Heun, 20 steps, guidance 2"
    assert wording.system_name(student.title, step) == "One step, 1 step, guidance 4"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("toy-edm/euler", "`toy-edm/euler` names no number of steps"),
        ("toy-edm", "`toy-edm` names no system"), ("toy-edm/", "`toy-edm/` names no system"),
        ("toy-edm/Euler@4", "names no system"), ("toy-edm/euler@4x", "names no system"),
        ("nobody/euler@4", "no experiment `nobody`"), (" , ", "the figure has no systems"),
    ],
)  # fmt: skip
def test_what_names_no_system_is_said_with_a_remedy(
    data: FigureData, written: str, message: str
) -> None:
    with pytest.raises(InputProblems, match=f"ML601.*{message}") as problems:
        module("atlas").prepare(data, {"systems": written})
    assert problems.value.problems[0].remedy


def test_many_systems_are_named_at_the_margin(data: FigureData) -> None:
    six = "toy-edm/euler, toy-edm/dpmpp_2m, toy-edm/heun, toy-flow/flow_euler"
    chosen = {"systems": f"{six}, toy-cd/consistency, toy-ct/consistency"}
    drawn = module("quality-by-nfe").draw(module("quality-by-nfe").prepare(data, chosen), LIGHT)
    texts = {text.get_text() for text in drawn.axes[0].texts}
    assert {"EDM teacher, Heun", "Consistency training"} <= texts
    assert not drawn.legends


def test_more_systems_than_can_be_named_there_have_a_key(data: FigureData) -> None:
    seven = (
        "toy-edm/euler, toy-edm/dpmpp_2m, toy-edm/heun, toy-flow/flow_euler,"
        " toy-flow/flow_midpoint, toy-cd/consistency, toy-ct/consistency"
    )
    picture = module("quality-by-nfe").prepare(data, {"systems": seven})
    drawn = module("quality-by-nfe").draw(picture, LIGHT)
    (key,) = drawn.legends
    lines = picture.panels[0].lines
    assert [text.get_text() for text in key.get_texts()] == [line.name for line in lines]
    looks = [(one.get_color(), one.get_marker(), one.get_linestyle()) for one in key.get_lines()]
    assert len(set(looks)) == len(lines)  # told apart by the key alone
    for axes in drawn.axes:
        curves = [group[0] for group in axes.containers]
        assert [
            (one.get_color(), one.get_marker(), one.get_linestyle()) for one in curves
        ] == looks


def test_training_curves_list_the_histories(data: FigureData) -> None:
    described = module("training-curves").describe(picture(data, "training-curves"))
    values = [history.columns["off_manifold"][-1] for history in data.histories["toy-ct"]]
    last = [row for row in described.table.rows if row[0] == "Consistency training"][-1]
    assert last[2].startswith(wording.percent(float(np.mean(values))))
    end = wording.percent(float(np.mean(values)))
    assert re.search(rf"Consistency training \w+[^;]* to {re.escape(end)}", described.alt)


def test_the_gan_is_shown_seed_by_seed(data: FigureData) -> None:
    shown = picture(data, "gan-loss")
    generated = [panel for panel in shown.panels if panel.title.startswith("GAN")]
    assert [panel.seed for panel in generated] == [0, 1]
    assert [int(panel.reached.sum()) for panel in generated] == [1, 2]
    assert generated[0].shares == pytest.approx([1.0, 0.0])
    assert "1 and 0 missing: “GAN, 1 step”." in module("gan-loss").describe(shown).alt


def test_seeds_that_miss_nothing_share_a_panel(data: FigureData) -> None:
    shown = picture(data, "gan-loss")
    drawn = module("gan-loss").draw(shown, LIGHT)
    told = [axes.get_xlabel() for axes in drawn.axes if axes.get_xlabel()]
    complete = [seeds for seeds in shown.systems.values() if all(p.reached.all() for p in seeds)]
    assert complete
    assert len(told) == len(shown.panels) - sum(len(seeds) - 1 for seeds in complete)
    assert told[0].startswith("seed 0\n1 of 2 modes")
    assert any("2 of 2 modes" in one for one in told)


def test_missed_modes_are_crossed_out(data: FigureData) -> None:
    shown = picture(data, "gan-loss")
    axes = module("gan-loss").draw(shown, LIGHT).axes[0]
    crosses = [group for group in axes.collections if len(group.get_offsets()) == 1]
    assert any(
        np.allclose(group.get_offsets()[0], shown.centres[1]) for group in crosses
    )  # the first seed misses the second mode


def test_the_schedule_map_shows_each_schedule_once_by_cost(data: FigureData) -> None:
    shown = picture(data, "schedule-map")
    levels = [tuple(schedule.levels[1:]) for schedule in shown.schedules]
    assert set(levels) == {*LEVELS.values(), *SCHEDULES.values()}
    assert len(levels) == len(set(levels))
    steps = [schedule.steps for schedule in shown.schedules]
    assert steps == sorted(steps)
    twice = [schedule.levels[1] for schedule in shown.schedules if schedule.steps == 2]
    assert twice == sorted(twice, reverse=True)
    for index in range(2):
        for best in shown.best(index):
            group = [one for one in shown.schedules if one.steps == best.steps]
            lowest = min(one.scores.values[index] for one in group)
            assert best.scores.values[index] == lowest


def test_a_field_is_the_velocity_along_the_angle() -> None:
    """Data at one point c: u(φ) = cos φ c + sin φ ε, whose derivative is known."""
    c, noise = np.array([[0.5, -1.0]]), np.random.default_rng(0).normal(size=(50, 2))
    signal, level = 1.0, 0.7
    angle, small = np.arctan2(level, signal), 1e-6

    def state(at: float) -> np.ndarray:
        return np.cos(at) * c + np.sin(at) * noise

    expected = (state(angle - small) - state(angle + small)) / (2 * small)
    x = signal * c + level * noise
    clean = np.broadcast_to(c, x.shape)
    assert vector_field.backwards(signal, level, x, clean) == pytest.approx(expected, abs=1e-6)


def test_normal_data_have_no_field() -> None:
    """For data of unit deviation E[x0 | x] = signal x / (signal² + noise²): nothing moves."""
    x = np.random.default_rng(0).normal(size=(50, 2))
    clean = 0.6 * x / (0.6**2 + 0.4**2)
    assert vector_field.backwards(0.6, 0.4, x, clean) == pytest.approx(np.zeros_like(x))


def test_a_jump_ends_at_the_output(data: FigureData) -> None:
    student = picture(data, "vector-field").rows[-1]
    assert student.jumps
    assert [panel.ratio for panel in student.panels] == pytest.approx([n / s for s, n in PARTS])
    for panel in student.panels:
        assert panel.states + panel.arrows == pytest.approx(
            np.broadcast_to([0.5, 0.0], panel.states.shape)
        )


def test_ways_start_from_one_noise_at_unit_variance(data: FigureData) -> None:
    panels = picture(data, "trajectories").panels
    first = panels[0].states[0]
    for panel in panels[1:]:
        assert panel.states[0] == pytest.approx(first, rel=0.02, abs=0.02)
    assert panels[-1].length_ratio == pytest.approx(1)
    ends = data.samples["toy-cd"]["consistency@1/seed0"][:64]
    for end in panels[-1].states[-1]:
        assert np.isclose(ends, end).all(axis=1).any()


def test_segments_are_one_path_with_gaps() -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    starts, ends = np.zeros((3, 2)), np.eye(3, 2)
    plane.segments(axes, starts, ends, "#000000")
    points = axes.lines[0].get_xydata()
    assert points[0::3] == pytest.approx(starts)
    assert points[1::3] == pytest.approx(ends)
    assert np.isnan(points[2::3]).all()


def test_digits_stand_side_by_side() -> None:
    digits = np.arange(3 * 64.0).reshape(3, 64)
    drawn = digit_grid.strip(digits)
    assert drawn.shape == (8, 26)
    assert drawn[:, 9:17] == pytest.approx(digits[1].reshape(8, 8))
    assert (drawn[:, 8] == -1).all()


def test_the_digits_of_one_column_share_their_noise(data: FigureData) -> None:
    shown = picture(data, "digit-grid")
    real, teacher, student = shown.rows
    assert teacher.digits == pytest.approx(data.samples["digits-edm"]["heun@40/seed0"][:10])
    assert student.digits == pytest.approx(data.samples["digits-cd"]["consistency@1/seed0"][:10])
    alt = module("digit-grid").describe(shown).alt
    assert "98.1 %" in alt
    assert wording.significant(real.scores.values[0], 3) in alt


def test_guidance_stands_in_columns(data: FigureData) -> None:
    shown = picture(data, "guidance-2d")
    for row in shown.rows:
        assert [panel.guidance for panel in row.panels] == list(GUIDANCE)
        assert [panel.values["off_manifold"] for panel in row.panels] == list(GUIDANCE.values())
    assert [panel.nfe for panel in shown.rows[1].panels] == [1, 1, 1]
    end = wording.percent(GUIDANCE[4])
    assert re.search(rf"w = 4: .*{end}", module("guidance-2d").describe(shown).alt)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_animation_moves_through_the_recorded_states(data: FigureData, theme: Any) -> None:
    shown = picture(data, "animation")
    drawing = module("animation").draw(shown, theme).decode()
    assert len(drawing) < 250_000
    ElementTree.fromstring(drawing)
    assert "<script" not in drawing
    assert "@media screen and (prefers-reduced-motion: no-preference)" in drawing
    for index, panel in enumerate(shown.panels):
        frames = re.search(rf"@keyframes p{index}{{(.*)}}", drawing)
        assert frames
        shapes = re.findall(r"d:path\('([^']*)'\)", frames[1])
        assert len(shapes) == len(panel.states) + 2  # it rests at the end and at the start
        still = re.search(rf'id="p{index}" d="([^"]*)"', drawing)
        assert still
        assert still[1] == shapes[0] == shapes[-1]
        assert frames[1].startswith("0%,")  # prints show the first moment: the end
        assert shapes[1] == shapes[2]
        assert shapes[0].count("M") == panel.states.shape[1]


def test_evaluations_take_the_same_time_in_every_panel(data: FigureData) -> None:
    drawing = module("animation").draw(picture(data, "animation"), LIGHT).decode()
    paces = []
    for index, panel in enumerate(picture(data, "animation").panels):
        frames = re.search(rf"@keyframes p{index}{{(.*)}}", drawing)
        assert frames
        times = [float(text) for text in re.findall(r"([\d.]+)%{", frames[1])]
        paces.append((times[-1] - times[2]) / panel.nfe)  # after the two rests
    assert paces == pytest.approx([paces[0]] * len(paces), abs=0.01)
