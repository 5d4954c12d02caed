"""Who asks for weights of an experiment of which only rows and pictures are published."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.module.build_catalog import FigureUse, ListingUse, TableUse
from pipelines.module.catalog import read_catalog
from pipelines.steering.build import Build
from pipelines.steering.missed import missed_products
from pipelines.steering.settings import Settings

MODULE = ROOT / "lessons/fast-generation"
LESSON = "the-speed-landscape"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A build of our module, with published results of `lcm-longer` alone."""
    folder = tmp_path / "fast-generation"
    results = folder / "latent/published-results/lcm-longer.json"
    results.parent.mkdir(parents=True)
    results.touch()
    results.with_suffix(".safetensors").touch()
    told = {"module": "fast-generation", "preset": "default", "lessons": str(tmp_path)}
    return Build(Settings.of(told), read_catalog(MODULE), lambda *_: "")


def with_lesson(build: Build, **uses: object) -> Build:
    lesson = dataclasses.replace(build.catalog.lessons[LESSON], **uses)  # type: ignore[arg-type]
    lessons = {**build.catalog.lessons, LESSON: lesson}
    return dataclasses.replace(build, catalog=dataclasses.replace(build.catalog, lessons=lessons))


def with_latent(build: Build, name: str, **fields: object) -> Build:
    one = build.catalog.latent[name].model_copy(update=fields)
    latent = {**build.catalog.latent, name: one}
    return dataclasses.replace(build, catalog=dataclasses.replace(build.catalog, latent=latent))


def test_rows_alone_are_enough_for_tables_and_claims(build: Build) -> None:
    assert build.published == {"lcm-longer"}
    assert missed_products(build) == []


def test_a_renamed_experiment_leaves_no_results_behind_unseen(build: Build) -> None:
    (build.settings.results_folder / "lcm-longr.json").touch()
    (found,) = missed_products(build)
    assert (found.code, Path(found.file).name) == ("ML115", "lcm-longr.json")


def test_a_figure_may_draw_it(build: Build) -> None:
    figure = FigureUse("seen", "picture-rows", {}, ("base", "lcm-longer"), line=7)
    assert missed_products(with_lesson(build, figures={"seen": figure})) == []


def test_a_listing_that_loads_it_is_named_with_its_line(build: Build) -> None:
    listing = ListingUse("run", {"our/model": "lcm-longer"}, line=9)
    (found,) = missed_products(with_lesson(build, listings={"run": listing}))
    assert (found.code, found.line) == ("ML116", 9)
    assert "the listing `run` loads `lcm-longer`" in found.message
    assert found.remedy.endswith("lcm-longer.json, and the build trains it")


def test_so_is_an_experiment_that_learns_from_it(build: Build) -> None:
    found = missed_products(with_latent(build, "night", needs={"teacher": "lcm-longer"}))
    assert any("`night` learns from `lcm-longer`" in one.message for one in found)


def test_so_is_a_clock(build: Build) -> None:
    timed = with_latent(build, "lcm-longer", timed=("lcm@1,w=1",))
    assert missed_products(timed) == []  # what no lesson quotes is not timed
    options = {"systems": "lcm-longer/lcm@1,w=1"}
    table = TableUse("seconds", "timing", options, ("lcm-longer",))
    (found,) = missed_products(with_lesson(timed, tables={"seconds": table}))
    assert "a clock takes `lcm-longer`" in found.message


def test_nothing_is_missed_where_everything_is_trained(build: Build) -> None:
    settings = dataclasses.replace(build.settings, remeasure=True)
    whole = dataclasses.replace(build, settings=settings)
    listing = ListingUse("run", {"our/model": "lcm-longer"}, line=9)
    assert whole.published == frozenset()
    assert missed_products(with_lesson(whole, listings={"run": listing})) == []
