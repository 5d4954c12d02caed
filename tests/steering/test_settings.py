"""What the configuration of a build means."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.steering.settings import Settings

DEFAULT = {"module": "fast-generation", "preset": "default"}


def test_the_default_build_publishes_what_was_trained_before() -> None:
    told = Settings.of(DEFAULT)
    assert (told.build, told.module, told.device) == ("build", "lessons/fast-generation", "cpu")
    assert not told.retrain and not told.strict and told.only == ()
    assert told.recipe == "lessons/fast-generation/latent/recipes/published.yaml"


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"retrain": "true"}, "quick"),
        ({"retrain": True, "recipe": "published"}, "published"),
        ({"retrain": "false", "recipe": "quick"}, "published"),
        ({"preset": "smoke"}, "quick"),
    ],
)
def test_the_recipe_of_the_base(config: dict[str, object], name: str) -> None:
    assert Settings.of(DEFAULT | config).recipe_name == name


@pytest.mark.parametrize(
    ("config", "remeasure"),
    [
        ({}, False),
        ({"remeasure": "true"}, True),
        ({"remeasure": False}, False),
        ({"retrain": "true"}, True),
        ({"preset": "smoke"}, True),
        ({"preset": "full"}, True),
        ({"preset": "repeats"}, True),
    ],
)
def test_published_results_are_for_default_builds(
    config: dict[str, object], remeasure: bool
) -> None:
    assert Settings.of(DEFAULT | config).remeasure is remeasure


def test_words_of_the_command_line() -> None:
    told = Settings.of(DEFAULT | {"preset": "smoke", "strict": "True", "only": "a,b"})
    assert told.strict and told.retrain
    assert told.only == ("a", "b")
    assert told.build == "build/smoke"
    assert Settings.of(DEFAULT | {"build": "elsewhere"}).build == "elsewhere"


def test_what_a_module_need_not_have(tmp_path: Path) -> None:
    told = Settings.of(DEFAULT | {"lessons": str(tmp_path), "module": "m"})
    assert told.glossary == told.repetitions == []
    assert told.needed == [f"{tmp_path}/m/facts.yaml", f"{tmp_path}/m/references.bib"]
    (tmp_path / "m/latent").mkdir(parents=True)
    (tmp_path / "m/latent/base.yaml").touch()
    (tmp_path / "m/glossary.yaml").touch()
    assert told.glossary == [f"{tmp_path}/m/glossary.yaml"]
    assert told.needed[2:] == [told.recipe, told.published_base]
