"""Two clones and one cache: the second trains and samples nothing, and its pages are the same."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from manifests import differences
from tiny_module import TinyProject

from pipelines.cli import main
from pipelines.contracts.files import read_json
from pipelines.manifest import Manifest

pytestmark = pytest.mark.build

WEIGHTS = [f"build/smoke/models/{name}.safetensors" for name in ("toy-edm", "toy-flow")]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "results"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> TinyProject:
    """Return a clone that has built everything, and left it in the cache."""
    project = TinyProject.made(tmp_path_factory.mktemp("first"), str(cache))
    project.build()
    return project


@pytest.fixture
def second(first: TinyProject, cache: Path, tmp_path: Path) -> TinyProject:
    """Return another clone, of which nothing is built."""
    return TinyProject.made(tmp_path, str(cache))


def taken(project: TinyProject) -> set[str]:
    """Return the jobs that took what they make from the cache."""
    logs = project.build_folder / "logs"
    return {
        path.relative_to(logs).with_suffix("").as_posix()
        for path in logs.rglob("*.log")
        if path.read_text(encoding="utf-8").startswith("taken from ")
    }


def manifest(project: TinyProject) -> Manifest:
    return Manifest.model_validate(read_json(project.build_folder / "manifest.json"))


EDM, FLOW = (
    {f"{rule}/{name}" for rule in ("train_plane", "measure_plane")}
    for name in ("toy-edm", "toy-flow")
)


def test_a_second_clone_trains_and_samples_nothing(
    first: TinyProject, second: TinyProject
) -> None:
    assert taken(first) == set()
    second.build()
    assert taken(second) == EDM | FLOW
    assert (second.site / "second/review.html").is_file()
    assert differences(manifest(first), manifest(second)) == []
    assert "Nothing to be done" in second.build()
    assert main(["verify", str(first.build_folder), str(second.build_folder), "--exact"]) == 0


def test_a_bundle_is_whole_and_tells_its_claims(
    first: TinyProject, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archives = [tmp_path / name / "tiny.zip" for name in ("one", "other")]
    module = first.folder / "lessons/tiny"
    for archive in archives:
        words = ["bundle", str(first.build_folder), "--module", str(module), "--out", str(archive)]
        assert main(words) == 0
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "tiny"
    whole = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(whole, cwd=folder).returncode == 0
    listed = {line.split("  ")[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert there - listed == {"SHA256SUMS"}
    assert {"build/site/index.html", "lessons/tiny/first/plan.md", "evidence.json"} <= listed
    capsys.readouterr()
    assert main(["claims", str(folder / "build"), "--module", str(folder / "lessons/tiny")]) == 0
    assert "0 claims: none" in capsys.readouterr().out  # a smoke build proves nothing
    sides = [str(first.build_folder), str(folder / "evidence.json")]
    assert main(["verify", *sides, "--exact"]) == 0
    (folder / "build/ledger.json").write_text("{}")
    assert subprocess.run(whole, cwd=folder, capture_output=True).returncode == 1


def test_a_stray_page_and_an_edited_number_are_named(
    first: TinyProject, second: TinyProject, capsys: pytest.CaptureFixture[str]
) -> None:
    second.build()
    (second.site / "first/stray.html").write_text("<p>Nobody made this.", encoding="utf-8")
    measured = second.build_folder / "measurements/toy-edm.json"
    measured.write_text(measured.read_text(encoding="utf-8").replace("0.", "1.", 1))
    capsys.readouterr()
    assert main(["verify", str(first.build_folder), str(second.build_folder)]) == 1
    said = capsys.readouterr().out
    assert "site/first/stray.html: no lesson has published it" in said
    assert "measurements/toy-edm.json: missing or edited" in said


def test_what_was_made_elsewhere_says_so(first: TinyProject, second: TinyProject) -> None:
    page = (first.site / "first/numbers.html").read_text(encoding="utf-8")
    assert "measured on the processor that made this page" in page
    second.edit(
        "pipelines/publishing/page_inputs.py",
        "made_on(known, processor())",
        'made_on(known, "Another")',
    )
    second.build()
    assert taken(second) == EDM | FLOW
    page = (second.site / "first/numbers.html").read_text(encoding="utf-8")
    assert "made on Another; not all of its results were" in page
    assert differences(manifest(first), manifest(second)) == []  # it is marked as of the clock


def test_what_is_only_called_otherwise_is_taken(first: TinyProject, second: TinyProject) -> None:
    second.edit("lessons/tiny/experiments/toy-edm.yaml", "title: toy-edm", "title: A diffusion")
    second.build()
    assert taken(second) == EDM | FLOW
    assert b"A diffusion" in second.pages()["first/index.html"]
    assert not (second.build_folder / "benchmarks").exists()  # Snakemake has either


@pytest.mark.parametrize(
    ("file", "old", "new", "kept"),
    [
        ("pipelines/methods/toy/edm.py", "import torch", "import torch\nEDITED = 1", FLOW),
        ("lessons/tiny/experiments/toy-flow.yaml", "lr: 2", "lr: 3", EDM),
        ("requirements.lock", "", "# another environment\n", set()),
    ],
)
def test_what_was_edited_is_not_taken(
    second: TinyProject, file: str, old: str, new: str, kept: set[str]
) -> None:
    second.edit(file, old, new)
    assert second.snakemake(*WEIGHTS).returncode == 0
    assert taken(second) == {one for one in kept if one.startswith("train")}


def test_a_damaged_entry_is_made_again(second: TinyProject, cache: Path) -> None:
    entry, *_ = cache.glob("train_plane-toy-flow-*")
    whole = entry.read_bytes()
    for one in cache.glob("train_plane-toy-flow-*"):
        one.write_bytes(whole[: len(whole) // 2])
    done = second.snakemake(*WEIGHTS)
    assert done.returncode == 0, done.stdout
    assert "warning: not taken, it was damaged" in done.stdout
    assert taken(second) == {"train_plane/toy-edm"}
    assert len(whole) in {one.stat().st_size for one in cache.glob("train_plane-toy-flow-*")}


def test_without_the_variable_nothing_is_taken(second: TinyProject) -> None:
    second.cache = ""
    done = second.snakemake(WEIGHTS[0])
    assert done.returncode == 0
    assert "cach" not in done.stdout
    assert taken(second) == set()
