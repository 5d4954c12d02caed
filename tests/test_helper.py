"""The helper runs stages as `python -m` would; without it they run all the same."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_module import write_module

from pipelines.plan import reader
from pipelines.seals import read_seals
from pipelines.steering.ask import HELPER

ROOT = Path(__file__).resolve().parent.parent
ASK = [sys.executable, "-IS", str(ROOT / "pipelines/steering/ask.py")]


def helper(place: Path, folder: Path) -> subprocess.Popen[bytes]:
    words = ["-m", "pipelines.steering.helper", str(place), "lessons/tiny/module.md"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    begun = subprocess.Popen(
        [sys.executable, *words], cwd=folder, stdin=subprocess.PIPE, env=environment
    )
    for _ in range(3000):
        if place.exists():
            return begun
        time.sleep(0.02)
    raise AssertionError("no helper")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("helped")
    write_module(folder)
    (folder / "socket").mkdir()
    found = folder / "socket/helper"
    begun = helper(found, folder)
    yield found
    assert begun.stdin
    begun.stdin.close()
    assert begun.wait(60) == 0
    assert not found.parent.exists()


def ask(place: Path | None, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | ({HELPER: str(place)} if place else {})
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [*ASK, "python", "-m", *words], cwd=folder, env=environment, capture_output=True, text=True
    )


def sealed(place: Path | None, folder: Path) -> None:
    (folder / "a file").write_text("x")
    done = ask(place, "pipelines.seals", "seals/a.json", "a file", folder=folder)
    assert done.returncode == 0, done.stderr
    assert read_seals(folder).keys() == {Path("a file")}


@pytest.mark.parametrize("there", ["helped", "none", "gone", "deaf"])
def test_a_stage_runs_whether_there_is_a_helper_or_not(
    place: Path, tmp_path: Path, there: str
) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf"))  # nobody listens
        found = {"helped": place, "none": None, "gone": tmp_path / "no"}.get(there)
        sealed(tmp_path / "deaf" if there == "deaf" else found, tmp_path)


@pytest.mark.parametrize("helped", [True, False])
def test_words_status_and_output_are_those_of_the_stage(
    place: Path, tmp_path: Path, helped: bool
) -> None:
    words = ["pipelines.stages.conclude", "--build", "build", "--preset", "smoke"]
    done = ask(place if helped else None, *words, folder=tmp_path)
    assert done.returncode == 2
    assert "--module" in done.stderr and "Traceback" not in done.stderr
    done = ask(place if helped else None, "pipelines.seals", "a", "missing", folder=tmp_path)
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stderr


def test_what_is_no_stage_of_documents_runs_by_itself(place: Path, tmp_path: Path) -> None:
    done = ask(place, "json.tool", "--help", folder=tmp_path)
    assert done.returncode == 0
    assert "json" in done.stdout


def test_stages_share_nothing_that_they_change(place: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        sealed(place, tmp_path / name)
        assert (tmp_path / name / "seals/a.json").is_file()


def test_a_helper_ends_with_the_process_that_began_it(tmp_path: Path) -> None:
    write_module(tmp_path)
    text = (
        "import os, signal, sys; from pathlib import Path;"
        "from pipelines.steering.helper import begin;"
        "print(begin(Path('lessons/tiny/module.md')).pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, env=environment, stdout=subprocess.PIPE
    )
    assert done.returncode == -signal.SIGKILL
    number = int(done.stdout)
    for _ in range(3000):
        state = Path(f"/proc/{number}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.02)
    raise AssertionError("it is still there")


def test_a_plan_that_was_read_ahead_counts_for_its_own_text_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_remembered", None)
    reader.remember()
    write_module(tmp_path)
    file = tmp_path / "lessons/tiny/first/plan.md"
    plan, problems = reader.read_plan(file)
    problems.append(None)  # what a caller adds is its own
    again, fresh = reader.read_plan(file)
    assert again is plan
    assert None not in fresh
    times = file.stat()
    file.write_text(file.read_text().replace("Off: ", "Now: "))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert reader.read_plan(file)[0] != plan
