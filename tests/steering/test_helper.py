"""Helpers run stages as `python -m` would; without them they run all the same."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from tiny_module import write_module

from pipelines import any_plan
from pipelines.seals import read_seals
from pipelines.steering.ask import HELPER
from pipelines.steering.helper import ONE, STAGES, THREADS

pytestmark = pytest.mark.slow

ASK = [sys.executable, "-IS", str(ROOT / "pipelines/steering/ask.py")]


def helper(place: Path, folder: Path) -> subprocess.Popen[bytes]:
    words = ["-m", "pipelines.steering.helper", str(place), "lessons/tiny/module.md"]
    begun = subprocess.Popen(
        [sys.executable, *words], cwd=folder, stdin=subprocess.PIPE, env=environment(None)
    )
    for _ in range(3000):
        if len(list(place.iterdir())) == len(STAGES):
            return begun
        time.sleep(0.02)
    raise AssertionError("no helper")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("helped")
    write_module(folder)
    found = folder / "sockets"
    found.mkdir()
    begun = helper(found, folder)
    yield found
    assert begun.stdin
    begun.stdin.close()
    assert begun.wait(60) == 0
    assert not found.exists()


def environment(place: Path | None, threads: str = ONE) -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = os.environ | {"PYTHONPATH": str(ROOT), "PATH": path, THREADS: threads}
    return found | ({HELPER: str(place)} if place else {})


@pytest.fixture(scope="module")
def trained(place: Path) -> list[str]:
    """Train a small network; return the command that samples it into the current folder."""
    folder = place.parent
    common = [str(folder / "lessons/tiny/experiments/toy-edm.yaml"), "--preset", "smoke"]
    common += ["--code", "abc", "--weights", str(folder / "weights")]
    outputs = ["--history", str(folder / "history"), "--timing", str(folder / "timing")]
    done = ask(None, "pipelines.stages.train_plane", *common, *outputs, folder=folder)
    assert done.returncode == 0, done.stderr
    outputs = ["--samples", "samples", "--measurements", "rows", "--timing", "timing"]
    return ["pipelines.stages.measure_plane", *common, *outputs]


def ask(
    place: Path | None, *words: str, folder: Path, threads: str = ONE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ASK, "python", "-m", *words],
        cwd=folder,
        env=environment(place, threads),
        capture_output=True,
        text=True,
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
        (tmp_path / "deaf").mkdir()
        deaf.bind(str(tmp_path / "deaf/pipelines.seals"))  # nobody listens
        found = {"helped": place, "none": None, "gone": tmp_path / "no"}.get(there)
        sealed(tmp_path / "deaf" if there == "deaf" else found, tmp_path)


@pytest.mark.parametrize("helped", [True, False])
def test_words_status_and_output_are_those_of_the_stage(
    place: Path, tmp_path: Path, helped: bool
) -> None:
    words = ["pipelines.stages.end_build", "--build", "build", "--preset", "smoke"]
    done = ask(place if helped else None, *words, folder=tmp_path)
    assert done.returncode == 2
    assert "--module" in done.stderr and "Traceback" not in done.stderr
    done = ask(place if helped else None, "pipelines.seals", "a", "missing", folder=tmp_path)
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stderr


def test_what_no_helper_runs_runs_by_itself(place: Path, tmp_path: Path) -> None:
    done = ask(place, "json.tool", "--help", folder=tmp_path)
    assert done.returncode == 0
    assert "json" in done.stdout


@pytest.mark.slow
def test_what_is_sampled_is_what_a_process_of_its_own_samples(
    place: Path, trained: list[str], tmp_path: Path
) -> None:
    found = []
    for name, told in (("helped", place), ("alone", None)):
        (tmp_path / name).mkdir()
        done = ask(told, *trained, folder=tmp_path / name)
        assert done.returncode == 0, done.stderr
        found.append([(tmp_path / name / file).read_bytes() for file in ("samples", "rows")])
    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.parametrize("threads", [ONE, "2"])
def test_a_helper_samples_with_one_thread_only(
    place: Path, trained: list[str], tmp_path: Path, threads: str
) -> None:
    """Who asks for two has to do it alone, and here finds no Python."""
    asking = environment(place, threads) | {"PATH": str(tmp_path)}
    done = subprocess.run(
        [*ASK, "python", "-m", *trained], cwd=tmp_path, env=asking, capture_output=True, text=True
    )
    assert (done.returncode == 0) == (threads == ONE), done.stderr


@pytest.mark.slow
def test_a_copy_ends_with_who_asked_for_it(
    place: Path, trained: list[str], tmp_path: Path
) -> None:
    """A job that is stopped samples no further."""
    asked = subprocess.Popen(
        [*ASK, "python", "-m", *trained], cwd=tmp_path, env=environment(place)
    )
    copies = _await(lambda: _working_in(tmp_path) - {asked.pid})
    asked.kill()
    asked.wait()
    _await(lambda: not copies & _working_in(tmp_path))
    assert not (tmp_path / "rows").exists()


def _working_in(folder: Path) -> set[int]:
    """Return the processes that work in a folder."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == folder.resolve():
                found.add(int(process.name))
    return found


def _await(look: Callable[[], Any]) -> Any:
    for _ in range(6000):
        if found := look():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come")


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
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, env=environment(None), stdout=subprocess.PIPE
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
    monkeypatch.setattr(any_plan, "_remembered", None)
    any_plan.remember()
    write_module(tmp_path)
    file = tmp_path / "lessons/tiny/first/plan.md"
    plan, problems = any_plan.read_plan(file)
    problems.append(None)  # what a caller adds is its own
    again, fresh = any_plan.read_plan(file)
    assert again is plan
    assert None not in fresh
    times = file.stat()
    file.write_text(file.read_text().replace("Off: ", "Now: "))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert any_plan.read_plan(file)[0] != plan
