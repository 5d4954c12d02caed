"""What a figure draws, tells and lists is what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from synthetic_build import make, module, options
from synthetic_laboratory import PLANE

from pipelines.contracts.figure import FigureData
from pipelines.figures import three_levels, wording
from pipelines.figures.style import DARK, LIGHT


@pytest.fixture(scope="module")
def data() -> FigureData:
    return make(1000)


@pytest.fixture(scope="module")
def pictures(data: FigureData) -> dict[str, Any]:
    return {name: module(name).prepare(data, options(name)) for name in PLANE}


def test_worked_points_lie_on_the_drawn_trajectory(pictures: dict) -> None:
    picture = pictures["worked-example"]
    gaps = np.linalg.norm(picture.path - picture.points[:, None], axis=-1).min(axis=1)
    assert gaps == pytest.approx([0, 0], abs=1e-9)
    picture = pictures["one-trajectory"]
    restarted = picture.x / np.hypot(1, picture.levels)[:, None]
    assert picture.curve[picture.at] == pytest.approx(restarted)
    assert picture.curve[-1] == pytest.approx(picture.end)


def test_drawn_lines_hold_the_coordinates_of_the_data(data: FigureData, pictures: dict) -> None:
    figure = module("worked-example").draw(pictures["worked-example"], LIGHT)
    lines = [line.get_xydata() for line in figure.axes[0].lines]
    for point in data.samples["toy-edm"]["worked/x"]:
        assert any(len(line) == 1 and np.allclose(line[0], point) for line in lines)
    assert any(np.array_equal(line, data.samples["toy-edm"]["worked/path"]) for line in lines)


def test_worked_example_tells_coordinates_and_gap(data: FigureData, pictures: dict) -> None:
    a, b = data.samples["toy-edm"]["worked/x"]
    jumps = data.samples["toy-cd"]["worked/jump"]
    described = module("worked-example").describe(pictures["worked-example"])
    gap = wording.significant(float(np.linalg.norm(jumps[0] - jumps[1])))
    for text in (wording.point(a), wording.point(b), wording.point(jumps[0]), gap):
        assert text in described.alt
    assert described.table.rows[0][2:4] == (wording.point(a), wording.point(jumps[0]))


def test_restarts_are_told_by_their_largest_deviation(data: FigureData, pictures: dict) -> None:
    arrays = data.samples["toy-edm"]
    largest = np.linalg.norm(arrays["worked/restarts"] - arrays["worked/end"], axis=1).max()
    described = module("one-trajectory").describe(pictures["one-trajectory"])
    assert f"within {wording.significant(float(largest))} of" in described.alt
    assert wording.significant(float(largest)) in {row[-1] for row in described.table.rows}


def test_levels_start_from_one_noise_and_err_as_measured(data: FigureData, pictures: dict) -> None:
    picture = pictures["three-levels"]
    solver, flow, jump = picture.levels
    start = data.samples["toy-flow"]["noise"][picture.index]
    for walk in (*solver.walks, *flow.walks, *jump.walks):
        assert walk.states[0, picture.index] == pytest.approx(start, rel=0.01)
    ends = data.samples["toy-edm"]["heun@60/seed0"][:64]
    landed = data.samples["toy-cd"]["consistency@1/seed0"][:64]
    assert jump.walks[0].states[-1] == pytest.approx(landed)
    assert jump.walks[0].errors == pytest.approx(np.linalg.norm(landed - ends, axis=1))
    assert [walk.nfe for walk in (*solver.walks, *flow.walks, *jump.walks)] == [10, 10, 10, 1]
    alt = module("three-levels").describe(picture).alt
    for walk in (*solver.walks, *flow.walks, *jump.walks):
        assert wording.number(float(walk.errors[picture.index])) in alt


def test_the_start_shown_is_typical_and_of_the_longer_half() -> None:
    ends = np.array([3.0, 3, 3, 1, 1, 1])
    exact = np.stack([np.zeros((6, 2)), np.stack([ends, ends], axis=1)])
    first = np.array([0.1, 0.2, 0.4, 0.2, 0.2, 0.2])
    second = np.array([0.3, 0.3, 0.3, 0.3, 0.9, 0.1])
    assert three_levels.typical(exact, [first, second]) == 1
    assert three_levels.typical(exact[:, ::-1], [first[::-1], second[::-1]]) == 4


def test_both_sides_of_the_jump_share_starts(data: FigureData, pictures: dict) -> None:
    picture = pictures["steps-and-jump"]
    noise, jumps = (data.samples["toy-cd"][key] for key in ("noise", "consistency@1/seed0"))
    for start, jump in zip(picture.paths[0], picture.jumps, strict=True):
        (index,) = np.flatnonzero(np.isclose(10 * noise / np.sqrt(101), start).all(axis=1))
        assert jump == pytest.approx(jumps[index])


def test_one_euler_step_shrinks_and_is_told_so(data: FigureData, pictures: dict) -> None:
    mean = data.samples["toy-edm"]["posterior_mean"]
    spread = np.sqrt(mean.var(axis=0).mean())
    described = module("mean-and-jump").describe(pictures["mean-and-jump"])
    assert spread < 0.3
    assert f"deviation is {wording.number(float(spread))} against" in described.alt
    assert "one Euler step are collapsed into one spot" in described.alt


def test_the_atlas_shows_the_ledgers_shares(data: FigureData, pictures: dict) -> None:
    picture = pictures["samples-by-steps"]
    assert [panel.steps for panel in picture.teacher.panels] == [1, 2, 5, 10, 20, 50]
    assert [panel.steps for panel in picture.student.panels] == [1, 2, 4, 8]
    described = module("samples-by-steps").describe(picture)
    first, last = picture.teacher.panels[0], picture.teacher.panels[-1]
    for panel in (first, last):
        assert f"{wording.percent(panel.off_manifold)} off" in described.alt
    for row, name in ((picture.student, "toy-cd/consistency"), (picture.teacher, "toy-edm/euler")):
        for panel in row.panels:
            measured = data.ledger.measurements[f"{name}@{panel.steps}/off_manifold"]
            text = wording.percent(measured.value)
            assert (row.title, str(panel.steps), str(measured.nfe), text) in described.table.rows


def test_like_step_counts_share_a_column(pictures: dict) -> None:
    picture = pictures["samples-by-steps"]
    assert picture.columns == ((1,), (2,), (4, 5), (8, 10), (20,), (50,))
    bands = module("samples-by-steps").draw(picture, LIGHT).subfigs
    lefts = [
        {axes.get_title(): axes.get_subplotspec().colspan.start for axes in band.axes}
        for band in bands
    ]
    assert lefts[0]["4 steps"] == lefts[1]["5 steps"]
    assert lefts[0]["8 steps"] == lefts[1]["10 steps"]
    assert lefts[0]["real data"] == lefts[1]["50 steps"]


def test_restarts_lie_side_by_side_and_meet_at_the_end(pictures: dict) -> None:
    picture = pictures["one-trajectory"]
    axes = module("one-trajectory").draw(picture, LIGHT).axes[0]
    lines = [line.get_xydata() for line in axes.lines if len(line.get_xydata()) > 2]
    whole, *restarts = sorted(lines[-6:], key=len, reverse=True)
    assert len(restarts) == len(picture.levels)
    for line in restarts:
        assert line[-1] == pytest.approx(picture.end)
        assert np.abs(whole - line[0]).sum(axis=1).min() == pytest.approx(0, abs=1e-9)
    largest = wording.significant(float(picture.deviations.max()))
    assert any(f"at most {largest} from" in text.get_text() for text in axes.texts)


def test_ways_are_named_at_their_ends(pictures: dict) -> None:
    picture = pictures["three-levels"]
    axes = module("three-levels").draw(picture, LIGHT).axes[0]
    ends = {text.get_text(): text.xy for text in axes.texts}
    jump = picture.levels[-1].walks[0]
    error = wording.number(float(jump.errors[picture.index]))
    place = ends[f"Consistency model\n1 evaluation, {error} off"]
    assert place == pytest.approx(tuple(jump.states[-1, picture.index]))
    assert "exact end" in ends


def test_the_atlas_takes_another_sampler(data: FigureData) -> None:
    chosen = options("samples-by-steps") | {"sampler": "dpmpp_2m"}
    picture = module("samples-by-steps").prepare(data, chosen)
    assert [panel.steps for panel in picture.teacher.panels] == [5, 10, 20]
    assert "DPM-Solver++(2M)" in module("samples-by-steps").describe(picture).alt
    module("samples-by-steps").draw(picture, DARK)


def test_bands_hold_all_seeds(data: FigureData, pictures: dict) -> None:
    curve = pictures["training-curves"].panels[1].curves[0]
    assert curve.seeds == 3
    for history in data.histories["toy-cd"]:
        values = np.array(history.columns["sliced_w2"])
        assert (curve.low <= values).all()
        assert (values <= curve.high).all()
    assert curve.mean == pytest.approx(
        np.mean([h.columns["sliced_w2"] for h in data.histories["toy-cd"]], axis=0)
    )


def test_quality_is_drawn_at_counted_evaluations(data: FigureData, pictures: dict) -> None:
    figure = module("quality-by-nfe").draw(pictures["quality-by-nfe"], LIGHT)
    for axes, metric in zip(figure.axes, ("off_manifold", "sliced_w2"), strict=True):
        drawn = {tuple(xy) for line in axes.lines for xy in line.get_xydata()}
        for steps in (1, 2, 4, 8):
            row = data.ledger.measurements[f"toy-cd/consistency@{steps}/{metric}"]
            assert (row.nfe, row.value) in drawn
    rows = module("quality-by-nfe").describe(pictures["quality-by-nfe"]).table.rows
    last = data.ledger.measurements["toy-cd/consistency@8/sliced_w2"]
    expected = f"{wording.number(last.value, 3)} ± {wording.number(last.spread or 0, 3)}"
    assert expected in {row[-1] for row in rows}


def test_a_single_metric_draws_a_single_panel(data: FigureData) -> None:
    chosen = options("quality-by-nfe") | {"metric": "sliced_w2"}
    picture = module("quality-by-nfe").prepare(data, chosen)
    assert len(module("quality-by-nfe").draw(picture, LIGHT).axes) == 1


def test_a_far_floor_is_written_and_a_near_one_drawn(data: FigureData) -> None:
    def floor_lines(value: float) -> int:
        rows = dict(data.ledger.measurements)
        key = "toy-edm/real@1/off_manifold"
        rows[key] = rows[key].model_copy(update={"value": value})
        ledger = data.ledger.model_copy(update={"measurements": rows})
        build = FigureData(data.experiments, data.samples, data.histories, ledger)
        chosen = options("quality-by-nfe") | {"metric": "off_manifold"}
        picture = module("quality-by-nfe").prepare(build, chosen)
        axes = module("quality-by-nfe").draw(picture, LIGHT).axes[0]
        return sum(line.get_linestyle() == ":" for line in axes.lines)

    assert floor_lines(0.0) == 0
    assert floor_lines(0.004) == 1


def test_a_share_of_zero_is_drawn_too(data: FigureData) -> None:
    rows = dict(data.ledger.measurements)
    key = "toy-cd/consistency@8/off_manifold"
    rows[key] = rows[key].model_copy(update={"value": 0.0, "spread": 0.0})
    ledger = data.ledger.model_copy(update={"measurements": rows})
    build = FigureData(data.experiments, data.samples, data.histories, ledger)
    picture = module("quality-by-nfe").prepare(build, options("quality-by-nfe"))
    axes = module("quality-by-nfe").draw(picture, LIGHT).axes[0]
    low, high = axes.get_ylim()
    on_screen = axes.transData.transform([(8, 0.0)])
    assert low == 0 < high
    assert np.isfinite(on_screen).all()
