"""Published results: their recipe, the command that writes them, the stage that uses them."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.cli import main
from pipelines.contracts.measurement import Measurement, Producer, Timings
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.published_results import (
    FOLDER,
    PublishedResults,
    digest_of,
    load_published_results,
    pictures_beside,
    stray_results,
)
from pipelines.module.build_catalog import BuildCatalog
from pipelines.module.catalog import read_catalog
from pipelines.module.results import recipe_digest
from pipelines.stages import use_published_results

MODULE = ROOT / "lessons/fast-generation"
MADE = "2026-12-01, a processor"
ROW = Measurement(
    key="lcm-longer/lcm@1,w=1/all",
    value=0.5,
    n=384,
    produced_by=Producer(rule="measure_latent", experiment="lcm-longer", code="abc"),
)
TOOK = Timings(
    hardware={"cpu": "a processor"},
    rows=(ROW.model_copy(update={"key": "lcm-longer/train@400/seconds", "unit": "s"}),),
)


@pytest.fixture(scope="module")
def catalog() -> BuildCatalog:
    return read_catalog(MODULE)


def changed(catalog: BuildCatalog, name: str, **fields: object) -> BuildCatalog:
    other = catalog.latent[name].model_copy(update=fields)
    return dataclasses.replace(catalog, latent={**catalog.latent, name: other})


def digest(catalog: BuildCatalog, module: Path = MODULE) -> str:
    return recipe_digest(catalog, catalog.latent["lcm-longer"], module)


@pytest.mark.parametrize("name", ["lcm-longer", "lcm-lora", "base"])
def test_the_recipe_hangs_on_an_experiment_and_all_that_it_learnt_from(
    catalog: BuildCatalog, name: str
) -> None:
    assert digest(changed(catalog, name, seed=1)) != digest(catalog)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("lcm-longer", "title", "another title"),
        ("lcm-lora", "systems", ("lcm@1,w=1",)),
        ("dmd", "seed", 1),
    ],
)
def test_the_recipe_does_not_hang_on_words_and_on_other_networks(
    catalog: BuildCatalog, name: str, field: str, value: object
) -> None:
    assert digest(changed(catalog, name, **{field: value})) == digest(catalog)


def test_the_recipe_hangs_on_what_is_measured(catalog: BuildCatalog) -> None:
    assert digest(changed(catalog, "lcm-longer", systems=("lcm@1,w=1",))) != digest(catalog)


def test_the_recipe_hangs_on_seeds_and_the_base(catalog: BuildCatalog, tmp_path: Path) -> None:
    card = tmp_path / "latent/published/card.json"
    card.parent.mkdir(parents=True)
    shutil.copy(MODULE / "latent/published/card.json", card)
    shutil.copy(MODULE / "sampling.json", tmp_path)
    assert digest(catalog, tmp_path) == digest(catalog)
    seeds = json.loads((tmp_path / "sampling.json").read_text())
    seeds["seeds"]["lcm-longer/lcm@1,w=1"] = 2
    (tmp_path / "sampling.json").write_text(json.dumps(seeds))
    one = digest(catalog, tmp_path)
    card.write_text(card.read_text() + " ")
    assert len({digest(catalog), one, digest(catalog, tmp_path)}) == 3


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "lcm-longer.json"
    pictures_beside(path).write_bytes(b"pictures")
    found = PublishedResults(
        experiment="lcm-longer",
        made=MADE,
        recipe="r1",
        rows=(ROW,),
        pictures=digest_of(pictures_beside(path)),
        training=TOOK,
        sampling=TOOK,
    ).whole()
    path.write_text(found.model_dump_json())
    return path


def test_results_of_another_recipe_or_name_are_refused(published: Path) -> None:
    assert load_published_results(published, "r1").rows == (ROW,)
    with pytest.raises(InputProblems, match=r"ML115: .*another recipe"):
        load_published_results(published, "r2")
    other = published.with_name("dmd.json")
    shutil.copy(published, other)
    with pytest.raises(InputProblems, match=r"ML115: .*results of `lcm-longer`"):
        load_published_results(other, "r1")


def test_a_number_that_was_edited_is_refused(published: Path) -> None:
    text = published.read_text()
    assert '"value":0.5' in text
    published.write_text(text.replace('"value":0.5', '"value":0.6', 1))
    with pytest.raises(InputProblems, match=r"ML115: .*edited"):
        load_published_results(published, "r1")


def test_files_of_no_experiment_and_rows_without_pictures_are_named(published: Path) -> None:
    folder = published.parent
    assert stray_results(folder, {"lcm-longer"}) == []
    (folder / "lcm-longr.json").touch()
    pictures_beside(published).unlink()
    found = stray_results(folder, {"lcm-longer"})
    assert [Path(one.file).name for one in found] == ["lcm-longr.json", "lcm-longer.json"]
    assert "`lcm-longr`" in found[0].message and "pictures" in found[1].message


def test_other_pictures_are_refused(published: Path) -> None:
    pictures_beside(published).write_bytes(b"others")
    with pytest.raises(InputProblems, match=r"safetensors:1: .*ML115"):
        load_published_results(published, "r1")
    pictures_beside(published).unlink()
    with pytest.raises(InputProblems, match="ML115"):
        load_published_results(published, "r1")


def test_a_file_that_no_command_wrote_is_named(published: Path) -> None:
    published.write_text('{"rows": "many"}')
    with pytest.raises(InputProblems, match=str(published)):
        load_published_results(published, "r1")


def use(monkeypatch: pytest.MonkeyPatch, published: Path, recipe: str) -> None:
    folder = published.parent
    words = ["--recipe", recipe, "--measurements", folder / "m.json"]
    words += ["--samples", folder / "p.safetensors"]
    words += ["--timing", folder / "s.json", "--training", folder / "t.json"]
    monkeypatch.setattr(sys, "argv", ["stage", str(published), *map(str, words)])
    use_published_results.main()


def test_rows_say_that_they_are_published(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    use(monkeypatch, published, "r1")
    (row,) = json.loads((published.parent / "m.json").read_text())
    assert row["produced_by"]["published"] == MADE
    assert (row["value"], row["produced_by"]["code"]) == (0.5, "abc")
    assert (published.parent / "p.safetensors").read_bytes() == b"pictures"
    took = Timings.model_validate_json((published.parent / "t.json").read_text())
    assert [one.produced_by.published for one in took.rows] == [MADE]
    assert took.hardware == {"cpu": "a processor"}


def test_the_stage_writes_nothing_of_another_recipe(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    with pytest.raises(SystemExit, match="ML115"):
        use(monkeypatch, published, "r2")
    assert not (published.parent / "m.json").exists()


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    for name, text in {
        "measurements/lcm-longer.json": json.dumps([ROW.model_dump()]),
        "samples/lcm-longer.timing.json": TOOK.model_dump_json(),
        "models/lcm-longer.timing.json": TOOK.model_dump_json(),
        "samples/lcm-longer.safetensors": "pictures",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def module(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons/fast-generation"
    shutil.copytree(MODULE, folder, ignore=shutil.ignore_patterns("published-results"))
    return folder


def publish(build: Path, module: Path, name: str) -> int:
    return main(["results", str(build), name, "--module", str(module), "--made", MADE])


def test_what_a_build_has_measured_is_published(
    build: Path, module: Path, catalog: BuildCatalog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(build, module, "lcm-longer") == 0
    path = module / FOLDER / "lcm-longer.json"
    found = load_published_results(path, digest(catalog))
    assert (found.made, found.rows, found.training) == (MADE, (ROW,), TOOK)
    assert pictures_beside(path).read_bytes() == b"pictures"
    assert str(path) in capsys.readouterr().out


def test_what_a_build_has_not_trained_is_not_published_again(
    build: Path, module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by = ROW.produced_by.model_copy(update={"published": MADE})
    row = ROW.model_copy(update={"produced_by": by})
    (build / "measurements/lcm-longer.json").write_text(json.dumps([row.model_dump()]))
    assert publish(build, module, "lcm-longer") == 1
    assert "was not trained there" in capsys.readouterr().err
    assert not (module / FOLDER).exists()


def test_an_unknown_experiment_or_an_unfinished_build_is_named(
    build: Path, module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(build, module, "no-such") == 2
    assert "no-such" in capsys.readouterr().err
    assert publish(build, module, "lcm-unet") == 2
    assert "lcm-unet.json" in capsys.readouterr().err


# --- what the repository publishes ---------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted((MODULE / FOLDER).glob("*.json")), ids=lambda one: one.stem
)
def test_what_the_module_publishes_is_of_its_recipe(path: Path, catalog: BuildCatalog) -> None:
    experiment = catalog.latent[path.stem]
    found = load_published_results(path, recipe_digest(catalog, experiment, MODULE))
    assert {str(one) for one in experiment.samplings} <= {
        row.key.split("/")[1].removesuffix(",held-out") for row in found.rows
    }
    assert bool(experiment.train) is bool(found.training)
