"""What is kept of plans is what reading them anew would say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_module import write_module

from pipelines.contracts.problems import InputProblems
from pipelines.module import catalog as catalog_module
from pipelines.module import sound_sources
from pipelines.module.build_catalog import BuildCatalog
from pipelines.module.catalog import read_catalog
from pipelines.module.survey import survey
from pipelines.recalled import Recalled

MODULE = Path("lessons/tiny")
FACT = "- {id: a, value: 1.5, what: b, conditions: c, source: d, confidence: computed}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_module(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(code: str = "code") -> object:
    """Survey in a run of its own, and hold it against the catalog."""
    table = Recalled(Path("graph.json"))
    found = survey(MODULE, [], table, code)
    table.save()
    whole = read_catalog(MODULE)
    assert list(found.lessons.items()) == list(whole.lessons.items())
    assert found.measured == whole.measured
    assert found.placed == whole.placed
    return found


def unreadable(*words: object) -> None:
    raise AssertionError("a plan was read again")


def edited(name: str, old: str, new: str) -> None:
    file = MODULE / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_plans_that_are_as_they_were_are_not_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked()
    monkeypatch.setattr(catalog_module, "read_plan", unreadable)
    again = survey(MODULE, [], Recalled(Path("graph.json")), "code")
    assert type(again) is BuildCatalog
    assert again == first
    with pytest.raises(AssertionError, match="read again"):
        survey(MODULE, [], Recalled(Path("graph.json")), "other code")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("first/plan.md", ":id: one-fig", ":id: another"),
        ("module.md", "| first | A diffusion model | BUILD | It comes first. |\n", ""),
    ],
)
def test_what_changed_is_read(folder: Path, name: str, old: str, new: str) -> None:
    before = asked()
    edited(name, old, new)
    assert asked() != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("first/plan.md", ":systems: toy-edm/euler", ":systems: toy-emd/euler"),
        ("experiments/toy-flow.yaml", "method: flow_matching", "method: flow_marching"),
        ("module.md", "# Module 1.1: Tiny -- Plan", "# Something else"),
    ],
)
def test_mistakes_are_told_as_the_catalog_tells_them(
    folder: Path, name: str, old: str, new: str
) -> None:
    asked()
    edited(name, old, new)
    for _ in "ab":  # a mistake is never kept
        table = Recalled(Path("graph.json"))
        with pytest.raises(InputProblems) as told:
            survey(MODULE, [], table, "code")
        table.save()
        with pytest.raises(InputProblems) as whole:
            read_catalog(MODULE)
        assert str(told.value) == str(whole.value)


def test_an_experiment_that_went_is_missed_by_plans_that_are_as_they_were(folder: Path) -> None:
    asked()
    (MODULE / "experiments/toy-edm.yaml").unlink()
    with pytest.raises(InputProblems, match="toy-edm"):
        survey(MODULE, [], Recalled(Path("graph.json")), "code")


def test_what_else_is_needed_is_missed(folder: Path) -> None:
    asked()
    with pytest.raises(InputProblems, match=r"gone\.yaml"):
        survey(MODULE, [MODULE / "gone.yaml"], Recalled(Path("graph.json")), "code")


@pytest.mark.parametrize(
    ("name", "text", "line", "code"),
    [
        ("facts.yaml", FACT.replace("1.5", "one"), 1, "ML103"),
        ("facts.yaml", FACT + FACT, 2, "ML107"),
        ("facts.yaml", "- id: [[\n", 2, "ML101"),
        ("references.bib", "@misc{one, title = {A}, year = {2020}}\n", 1, "ML107"),
        ("references.bib", "\n@misc{one, title = {A\n", 2, "ML107"),
        (
            "glossary.yaml",
            "- {term: knot, meaning: a loop, lesson: first, source: nobody}\n",
            1,
            "ML107",
        ),
    ],
)
def test_what_is_quoted_and_cited_is_checked_before_anything_is_trained(
    folder: Path, name: str, text: str, line: int, code: str
) -> None:
    asked()
    (MODULE / name).write_text(text, encoding="utf-8")
    for _ in "ab":  # a mistake is never kept
        table = Recalled(Path("graph.json"))
        with pytest.raises(InputProblems) as told:
            survey(MODULE, [], table, "code")
        table.save()
        (problem,) = (one for one in told.value.problems if one.code == code)
        assert (problem.file, problem.line) == (str(MODULE / name), line) and problem.remedy
    edited("first/plan.md", ":systems: toy-edm/euler", ":systems: toy-emd/euler")
    with pytest.raises(InputProblems) as told:
        survey(MODULE, [], Recalled(Path("graph.json")), "code")
    assert {one.code for one in told.value.problems} >= {code, "ML303"}


def test_sources_that_are_as_they_were_are_not_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked()
    monkeypatch.setattr(sound_sources, "wrong_sources", unreadable)
    assert survey(MODULE, [], Recalled(Path("graph.json")), "code").lessons
    (MODULE / "facts.yaml").write_text("[]\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="read again"):
        survey(MODULE, [], Recalled(Path("graph.json")), "code")
