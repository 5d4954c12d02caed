"""A folder has one build at a time, and its jobs with it; a killed one's jobs are ended."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from checkout import ROOT
from snakemake_interface_common.exceptions import WorkflowError

from pipelines.contracts.files import write_json
from pipelines.steering.alone import LOCK, RECORD, RUN, Lock, Run, alone, end_processes, keep_alone

HOLDING = """
import os, subprocess, sys, time
from pathlib import Path
from pipelines.steering.alone import RUN, alone
with alone(Path(sys.argv[1])) as lock:
    job = [sys.executable, "-c", "import time; time.sleep(600)"]
    os.environ[RUN] = lock.run.name
    job = subprocess.Popen(job, pass_fds=[lock.number], stdout=subprocess.DEVNULL)
    print(job.pid, flush=True)
    time.sleep(600)
"""


@contextmanager
def holding(build: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that holds a folder, and its job."""
    words = [sys.executable, "-c", HOLDING, str(build)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as driver:
        assert driver.stdout
        job = int(driver.stdout.readline())
        try:
            yield driver, job
        finally:
            driver.kill()
            if there(job):
                os.kill(job, signal.SIGKILL)


def there(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def refusal(build: Path) -> str:
    """Return why a build may not begin."""
    with pytest.raises(WorkflowError) as refused, alone(build):
        pass
    return str(refused.value)


def awaited(look: Callable[[], Any]) -> None:
    for _ in range(3000):
        if look():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come")


def test_a_second_build_is_refused_and_told_whom_to_wait_for(tmp_path: Path) -> None:
    with holding(tmp_path) as (driver, job):
        refused = refusal(tmp_path)
        assert "another build is at work here" in refused
        assert f"remedy: wait until it has ended, or end it: kill {driver.pid}" in refused
        assert there(job)
        other = tmp_path / "smoke"  # another preset's folder is another build's
        with alone(other):
            pass


def test_jobs_of_a_killed_build_are_ended_before_the_next_begins(tmp_path: Path) -> None:
    with holding(tmp_path) as (driver, job):
        driver.kill()
        driver.wait()
        assert there(job)
        with alone(tmp_path):
            assert not there(job)


def test_a_job_that_has_no_environment_yet_is_ended_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def late(name: str, but: int = 0) -> None:
        looks.append(name)
        if len(looks) > 1:
            end_processes(name, but)

    monkeypatch.setattr("pipelines.steering.alone.end_processes", late)
    with holding(tmp_path) as (driver, job):
        driver.kill()
        driver.wait()
        with alone(tmp_path):
            assert not there(job)


def test_a_build_that_ended_leaves_no_record(tmp_path: Path) -> None:
    with alone(tmp_path):
        assert (tmp_path / RECORD).is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == [LOCK]


def test_a_job_that_outlives_its_build_is_known_to_the_next(tmp_path: Path) -> None:
    with alone(tmp_path) as lock:
        words = [sys.executable, "-c", "import time; time.sleep(600)"]
        environment = os.environ | {RUN: lock.run.name}
        job = subprocess.Popen(words, pass_fds=[lock.number], env=environment)
    assert (tmp_path / RECORD).is_file()
    with alone(tmp_path):
        assert job.wait(30) == -signal.SIGKILL


@pytest.mark.parametrize("name", ["models/.a.safetensors.ab12_xyz", "seals/x/.a.json.4711"])
def test_what_a_killed_job_had_half_written_goes(tmp_path: Path, name: str) -> None:
    kept = ["models/a.safetensors", "published/.progress.json", "draft/a/.snakemake_timestamp"]
    other = "smoke/models/.b.json.ab12_xyz"  # of a build that may be at work
    for file in (name, *kept, other, f"smoke/{LOCK}"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    with alone(tmp_path):
        assert (tmp_path / name).exists()  # no build was killed
    with holding(tmp_path) as (driver, _):
        driver.kill()
        driver.wait()
        with alone(tmp_path):
            assert not (tmp_path / name).exists()
    assert all((tmp_path / file).exists() for file in (*kept, other))


def elsewhere(build: Path) -> Run:
    """Record a run on a machine that cannot be seen."""
    run = Run(name="other", host="login2 started-then", process=1, began="1")
    write_json(build / RECORD, run)
    return run


def test_a_build_on_another_machine_is_not_judged(tmp_path: Path) -> None:
    """Its lock may not reach this one."""
    elsewhere(tmp_path)
    refused = refusal(tmp_path)
    assert "process 1 on login2" in refused
    assert f"if it was killed there, delete {tmp_path / RECORD}" in refused
    (tmp_path / RECORD).unlink()
    with alone(tmp_path):
        pass


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOLCK, "--nolock"), (errno.EDQUOT, "free some space"), (errno.EIO, "be written")],
)
def test_a_folder_that_cannot_be_held_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def unable(*words: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pipelines.steering.alone.fcntl.flock", unable)
    refused = refusal(tmp_path)
    assert f"{tmp_path}: error: nothing can be written here: {os.strerror(number)}" in refused
    assert remedy in refused.partition("remedy: ")[2]


def workflow(**settings: Any) -> SimpleNamespace:
    """As much of Snakemake's workflow as is asked for; `ran` counts executions."""
    one = SimpleNamespace(
        output_settings=SimpleNamespace(dryrun=False),
        execution_settings=SimpleNamespace(lock=True),
        is_main_process=True,
        rules=(),
        register_envvars=lambda name: None,
        ran=0,
    )
    vars(one).update(settings)
    one.execute = lambda: setattr(one, "ran", one.ran + 1)
    return one


@pytest.fixture(autouse=True)
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    from snakemake.shell import shell

    monkeypatch.setattr(shell, "_process_args", dict(shell._process_args))
    for name in (RUN, "MEASURED_LESSONS_LOCK"):
        monkeypatch.setenv(name, "")


def test_a_dry_run_needs_no_lock(tmp_path: Path) -> None:
    dry = workflow(output_settings=SimpleNamespace(dryrun=True))
    with alone(tmp_path):
        keep_alone(dry, tmp_path)
        dry.execute()
    assert dry.ran == 1


def test_jobs_inherit_the_lock(tmp_path: Path) -> None:
    from snakemake.shell import shell

    main = workflow()
    main.execute = lambda: shell(f"cp -P /proc/self/fd/$MEASURED_LESSONS_LOCK {tmp_path}/held")
    keep_alone(main, tmp_path / "build")
    main.execute()
    assert (tmp_path / "held").readlink() == tmp_path / "build" / LOCK
    assert not main.execution_settings.lock  # Snakemake's, which a kill would leave


def test_a_queued_job_of_another_build_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = workflow(is_main_process=False)
    keep_alone(job, tmp_path)
    with alone(tmp_path) as lock:
        monkeypatch.setenv(RUN, "an earlier one")
        with pytest.raises(WorkflowError, match="the build that queued this job was killed"):
            job.execute()
        monkeypatch.delenv(RUN)
        with pytest.raises(WorkflowError, match="let the executor hand the environment variable"):
            job.execute()
        assert not job.ran
        monkeypatch.setenv(RUN, lock.run.name)
        job.execute()
        assert job.ran == 1


QUEUED = """
import os, subprocess, sys, time
from pathlib import Path
from types import SimpleNamespace
from pipelines.steering import alone
alone._LOOK = 0.05
os.environ[alone.RUN] = sys.argv[2]
def execute():
    job = [sys.executable, "-c", "import time; time.sleep(600)"]
    print(subprocess.Popen(job, stdout=subprocess.DEVNULL).pid, flush=True)
    time.sleep(600)
no = SimpleNamespace(dryrun=False)
workflow = SimpleNamespace(execute=execute, output_settings=no, is_main_process=False)
alone.keep_alone(workflow, Path(sys.argv[1]))
workflow.execute()
"""


def test_a_job_on_another_machine_ends_when_another_build_begins(tmp_path: Path) -> None:
    """It sees what the next build has written down; that one waits until it is gone."""
    run = Run.this().model_copy(update={"began": "long gone"})
    write_json(tmp_path / RECORD, run)
    words = [sys.executable, "-c", QUEUED, str(tmp_path), run.name]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as job:
        assert job.stdout
        shell = int(job.stdout.readline())
        (tmp_path / RECORD).unlink()  # so that the next cannot end it by name
        with alone(tmp_path):
            assert job.wait(30) == 1
        awaited(lambda: not there(shell))


def test_two_that_begin_at_once_are_one(tmp_path: Path) -> None:
    first, second = Lock(tmp_path), Lock(tmp_path)
    first.take()
    with pytest.raises(WorkflowError, match="another build is at work here"):
        second.take()
    first.leave()
    second.leave()
    assert not (tmp_path / RECORD).exists()
