"""Products that their jobs have not sealed go, and nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.manifest import record_file
from pipelines.seals import write_seal
from pipelines.steering.unsealed import remove_unsealed

RULES = {"draw", "train"}


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # products are named from the project's folder
    return Path("build")


def made(path: Path, rule: str = "", text: str = "made") -> Path:
    """Write a file; `rule`: who Snakemake says has made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if rule:
        recorded(path, rule)
    return path


def recorded(path: Path, rule: str) -> None:
    record = record_file(path, Path("records"))
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"rule": rule}))


def removed(build: Path) -> list[Path]:
    return remove_unsealed(build, Path("records"), RULES)


def test_a_product_without_its_seal_goes(build: Path) -> None:
    sealed = made(build / "models/a.safetensors", "train")
    write_seal(build / "seals/train/a.json", [sealed])
    unsealed = made(build / "models/b.safetensors", "train")
    assert removed(build) == [unsealed]
    assert sealed.is_file() and not unsealed.exists()
    assert removed(build) == []


def test_what_no_sealing_rule_made_stays(build: Path) -> None:
    kept = [
        made(build / "models/by-hand.txt"),
        made(build / "published/first.json", "publish_lesson"),
        made(build / "logs/train/a.log"),
        made(build / "seals/train/b.json", "train", "{}"),
    ]
    assert removed(build) == []
    assert all(file.is_file() for file in kept)


def test_a_folder_goes_whole_if_a_file_in_it_is_not_sealed(build: Path) -> None:
    folders = [build / "draft" / name for name in ("whole", "torn")]
    for folder in folders:
        files = [made(folder / name) for name in ("one.html", "more/two.html")]
        recorded(folder, "draw")
        write_seal(build / "seals/draw" / f"{folder.name}.json", files)
        made(folder / ".snakemake_timestamp", text="")  # put there when the job has ended
    made(folders[1] / "three.html")
    assert removed(build) == [folders[1]]
    assert folders[0].is_dir() and not folders[1].exists()


def test_a_build_below_is_left_to_itself(build: Path) -> None:
    other = made(build / "full/models/a.safetensors", "train")
    made(build / "full/seals/draw/b.json", text="{}")
    assert removed(build) == []
    assert other.is_file()
    assert removed(build / "full") == [other]


def test_a_long_name_is_found_too(build: Path) -> None:
    long = made(build / "/".join(["folder-of-a-long-name"] * 12) / "a.safetensors", "train")
    assert removed(build) == [long]
