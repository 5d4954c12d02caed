"""What a lesson needs of the build, and the order in which the build makes it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from checkout import ROOT
from tiny_module import write_module

from pipelines.contracts.keys import named_by_any
from pipelines.module.build_catalog import FigureUse, LessonEntry
from pipelines.module.catalog import Catalog, read_catalog
from pipelines.module.shares import finishing_order, heirs, lineage, ranks, shares


@pytest.fixture(scope="module")
def course() -> Catalog:
    return read_catalog(ROOT / "lessons/fast-generation")


def test_each_lesson_has_its_own_measurements_and_clock(tmp_path: Path) -> None:
    write_module(tmp_path)
    catalog = read_catalog(tmp_path / "lessons/tiny")
    shared = shares(catalog)
    assert shared["first"].measured == ("toy-edm",)
    assert shared["first"].systems == ("toy-edm/euler@2",)
    assert shared["first"].plane_clocks == ("first",)
    assert shared["second"].measured == ("toy-flow",)
    assert shared["second"].plane_clocks == ()
    assert ranks(catalog, shared) == {"toy-edm": 0, "toy-flow": 1}


def test_a_title_hides_no_system_from_the_clock(tmp_path: Path) -> None:
    write_module(tmp_path)
    catalog = read_catalog(tmp_path / "lessons/tiny")
    options = {"plane": "toy-edm/euler@2 = Euler, toy-edm/heun=Heun", "pictures": ""}
    figure = FigureUse("map", "landscape", options, ("toy-edm",))
    (tmp_path / "plan.md").write_text("")
    lesson = LessonEntry("only", str(tmp_path / "plan.md"), {"map": figure}, {})
    (share,) = shares(dataclasses.replace(catalog, lessons={"only": lesson})).values()
    assert share.systems == ("toy-edm/euler@2", "toy-edm/heun")


def test_the_first_lesson_needs_nothing_of_the_others(course: Catalog) -> None:
    shared = shares(course)
    first = next(iter(shared))
    assert set(shared[first].measured) <= {n for n in course.experiments if n.startswith("toy-")}
    assert not shared[first].latent
    early = {name for name, rank in ranks(course, shared).items() if rank == 0}
    assert early == {*lineage(course, shared[first].measured)}
    assert len(early) <= 10


def test_appendices_come_last(course: Catalog) -> None:
    assert finishing_order(course)[-1] == "laboratory"


def test_what_needs_a_network_never_comes_before_it(course: Catalog) -> None:
    shared = shares(course)
    order, waiting = ranks(course, shared), heirs(course)
    for name, experiment in course.measured.items():
        for parent in experiment.needs.values():
            assert order[parent] <= order[name]
            assert waiting[parent] > waiting[name]


def test_no_system_has_two_clocks_and_every_lesson_reads_all_that_it_quotes(
    course: Catalog,
) -> None:
    shared = shares(course)
    students = [name for share in shared.values() for name in share.latent]
    assert len(students) == len(set(students))
    assert set(students) == {name for name, one in course.latent.items() if one.timed}
    slugs = list(shared)
    for slug, share in shared.items():
        for owner in (*share.plane_clocks, *share.picture_clocks):
            assert slugs.index(owner) <= slugs.index(slug)
        for system in share.systems:
            assert not named_by_any(share.taken if "@" in system else (), system)
    assert shared["the-speed-landscape"].plane_clocks == (
        "consistency-models",
        "the-speed-landscape",
    )


@pytest.mark.parametrize(
    ("pattern", "system", "means"),
    [
        ("a/euler@5", "a/euler@5", True),
        ("a/euler@5", "a/euler@50", False),
        ("a/euler", "a/euler@50", True),
        ("a/euler", "a/euler_2@50", False),
        ("a/euler,w=2,leading", "a/euler@50,w=2,leading", True),
        ("a", "a/heun@10", True),
        ("a", "ab/heun@10", False),
    ],
)
def test_names_of_systems(pattern: str, system: str, means: bool) -> None:
    assert named_by_any([pattern], system) is means
