"""A stage whose disk is full, or may not be written, says so and leaves nothing half written."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mounts import mounted, read_only

from pipelines.contracts.artifacts import Card, save_arrays
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.stages import collect_ledger, reported

FACT = "- {{id: a{0}, value: 1, what: a, conditions: {1}, source: b, confidence: computed}}\n"


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Facts that make a ledger of some 200 kB."""
    file = tmp_path / "facts.yaml"
    file.write_text("".join(FACT.format(n, "x" * 1000) for n in range(200)), encoding="utf-8")
    return file


def words(facts: Path, ledger: Path) -> list[str]:
    """Return the arguments of a stage that reads facts and writes a ledger."""
    return ["--preset", "smoke", "--measurements", "--facts", str(facts), "--ledger", str(ledger)]


def ran(facts: Path, ledger: Path) -> subprocess.CompletedProcess[str]:
    stage = [sys.executable, "-m", "pipelines.stages.collect_ledger"]
    return subprocess.run([*stage, *words(facts, ledger)], capture_output=True, text=True)


def test_the_stage_writes_where_it_can(facts: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    done = ran(facts, ledger)
    assert done.returncode == 0 and ledger.stat().st_size > 200_000, done.stderr
    assert done.stderr.startswith("in all ")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space, and build again; what is finished stays"),
        (errno.EDQUOT, "free some space of your quota, and build again"),
        (errno.EROFS, "let this folder be written, or name another with `--config build=…`"),
        (errno.EACCES, "let this folder be written, and build again"),
    ],
)
def test_a_write_that_fails_is_named_with_its_remedy(
    number: int, remedy: str, facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ledger.json"
    ledger.write_text("as it was")
    rename = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if Path(target) == ledger:
            raise OSError(number, os.strerror(number), str(target))
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    monkeypatch.setattr(sys, "argv", ["collect_ledger", *words(facts, ledger)])
    with pytest.raises(SystemExit) as ended:
        collect_ledger.main()
    said = str(ended.value.code)
    assert said.startswith(f"{ledger}: error: {os.strerror(number)}\n    remedy: {remedy}")
    assert ledger.read_text() == "as it was"
    assert {path.name for path in tmp_path.iterdir()} == {"facts.yaml", "ledger.json"}


def test_an_error_without_a_file_names_the_build() -> None:
    @reported
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(SystemExit, match=r"^the build: error: No space left on device\n"):
        full()


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "gone", "a"), ValueError("b")])
def test_what_is_no_fault_of_the_disk_keeps_its_traceback(error: Exception) -> None:
    @reported
    def wrong() -> None:
        raise error

    with pytest.raises(type(error)):
        wrong()


def test_problems_of_the_input_end_a_stage_with_their_words() -> None:
    @reported
    def wrong() -> None:
        raise InputProblems([Problem("plan.md", 3, "ML101", "a message", "a remedy")])

    with pytest.raises(SystemExit, match=r"plan.md:3: error ML101: a message\n    remedy: a rem"):
        wrong()


# --- a real disk, where one may be mounted -------------------------------------------------------


def test_a_full_disk_ends_a_stage_without_a_traceback(facts: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=64k", "tmpfs") as disk:
        (disk / "ledger.json").write_text("as it was")
        done = ran(facts, disk / "ledger.json")
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert "error: No space left on device\n    remedy: free some space" in done.stderr
        assert {path.name: path.read_text() for path in disk.iterdir()} == {
            "ledger.json": "as it was"
        }


def test_a_read_only_folder_ends_a_stage_without_a_traceback(facts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    with read_only(folder):
        done = ran(facts, folder / "ledger.json")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "error: Read-only file system\n    remedy: let this folder be written" in done.stderr
    assert str(folder) in done.stderr and not list(folder.iterdir())


def test_weights_that_find_no_room_are_told_as_a_full_disk(tmp_path: Path) -> None:
    card = Card(
        experiment="a", method="edm", seed=0, preset="smoke", code="x", versions={}, device="cpu",
        settings={},
    )  # fmt: skip

    @reported
    def trained() -> None:
        save_arrays(disk / "a.safetensors", {"a": np.zeros(100_000, np.float32)}, card)

    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=64k", "tmpfs") as disk:
        with pytest.raises(SystemExit, match="No space left on device\n    remedy: free some"):
            trained()
        assert not list(disk.iterdir())
