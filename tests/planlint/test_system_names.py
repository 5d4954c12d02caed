"""One name for each system of a module, and one system for each name."""

from __future__ import annotations

from claim_samples import EXPLICIT, read

from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.problems import Problem
from pipelines.module.requests import entry
from pipelines.planlint.rules import lint


def _network(name: str, title: str, data: str) -> Experiment:
    return Experiment(
        name=name, file=f"{name}.yaml", title=title, method="edm", data=data,
        train=Train(steps=1, batch=1, lr=0.1), evaluate=Evaluate(samplers={"euler": (1, 4)}),
    )  # fmt: skip


EXPERIMENTS = {
    one.name: one
    for one in (
        _network("moons-a", "Teacher", "moons"),
        _network("moons-b", "Teacher", "moons"),
        _network("ring-a", "Teacher", "ring8"),
        _network("ring-b", "Student", "ring8"),
    )
}


def table(systems: str, name: str = "") -> str:
    return f":::{{table}} quality\n:id: t{name}\n:systems: {systems}\nWords.\n:::\n\n"


def found(text: str, elsewhere: str = "") -> list[Problem]:
    lessons = {"other": entry(read(EXPLICIT + elsewhere))} if elsewhere else {}
    problems = lint(
        read(EXPLICIT + text), facts={}, citations={}, experiments=EXPERIMENTS, lessons=lessons
    )
    return [one for one in problems if one.code == "ML321"]


def test_a_name_of_its_own_is_reported_where_the_system_has_another() -> None:
    (problem,) = found(table("ring-a/euler@4 = Mine", "1") + table("ring-a/euler@4", "2"))
    assert "“Mine” here, “Teacher, Euler, 4 steps” in `t2`" in problem.message
    assert problem.excerpt.startswith(":systems: ring-a/euler@4 = Mine")
    assert (
        len(found(table("ring-a/euler@4 = Mine", "1") + table("ring-a/euler@4 = His", "2"))) == 2
    )


def test_names_are_held_against_those_of_other_lessons() -> None:
    (problem,) = found(table("ring-a/euler@4 = Mine"), table("ring-a/euler@4"))
    assert problem.severity == "error"
    assert not found(table("ring-a/euler@4"), table("ring-a/euler@4"))


def test_a_name_of_its_own_is_right_if_it_is_the_only_one() -> None:
    assert not found(table("ring-a/euler@4 = Mine", "1") + table("ring-a/euler@4 = Mine", "2"))
    assert not found(table("ring-a/euler@4 = Mine, ring-a/euler@1"))


def test_two_systems_of_the_same_data_need_two_names() -> None:
    one, two = table("moons-a/euler@4", "1"), table("moons-b/euler@4", "2")
    assert len(found(one + two)) == 2
    assert len(found(one, two)) == 1
    assert not found(one + table("moons-b/euler@4 = The second", "2"))


def test_networks_of_other_data_may_share_a_title_unless_they_stand_together() -> None:
    assert not found(table("moons-a/euler@4", "1") + table("ring-a/euler@4", "2"))
    assert len(found(table("moons-a/euler@4, ring-a/euler@4"))) == 2


def test_a_model_and_its_own_systems_are_no_strangers() -> None:
    assert not found(table("ring-b/euler@4, ring-b/euler@1", "1") + table("ring-b/euler@1", "2"))
