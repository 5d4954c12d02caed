"""One build at a time in a folder, and no job of a build that was killed.

A build and all its jobs hold one lock together: jobs inherit the open file, so that the system
keeps it for as long as any of them may still write, whatever became of the build. Jobs on other
machines take it themselves, and know by the run's name whether theirs is still the one.

Snakemake's own lock is a list of files that stays when its process is killed; it is not used.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError
from snakemake_interface_common.exceptions import WorkflowError

from pipelines.contracts.files import Strict, read_json, write_json
from pipelines.manifest import RECORDS
from pipelines.publishing.site import FULL, remove_entry
from pipelines.steering.ask import HELD
from pipelines.steering.keeping import SEAL
from pipelines.steering.unsealed import remove_unsealed

LOCK, RECORD = ".build.lock", ".build.json"
RUN = "MEASURED_LESSONS_RUN"  # the name of the run that a job belongs to; empty with `--nolock`
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_LEFT = re.compile(r"\..+\.(?:[a-z0-9_]{8}|\d+)")  # see `written_aside` and `write_seal`
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)  # some network file systems
_LOOK, _PATIENCE = 5.0, 2.0  # seconds


class Run(Strict):
    """A run of Snakemake: its name, where it is, its process and when that began."""

    name: str
    host: str
    process: int
    began: str

    @classmethod
    def this(cls) -> Self:
        """Return a new name for the process that asks."""
        number = os.getpid()
        return cls(name=uuid.uuid4().hex, host=_host(), process=number, began=_began(number))

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is on a machine where nothing can be seen of it."""
        return self.host != _host()

    @property
    def lives(self) -> bool:
        """Whether its process is still there."""
        return bool(self.began) and _began(self.process) == self.began


def _host() -> str:
    """Return the machine's name since it was started: after that no process of before is left."""
    started = _BOOT.read_text().strip() if _BOOT.is_file() else ""
    return f"{os.uname().nodename} {started}".strip()


def _began(process: int) -> str:
    """Return when a process began, in the system's count; empty if it is not there."""
    try:
        state, *rest = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state == "Z" else rest[18]


def keep_alone(workflow: Any, build: Path) -> None:
    """Let Snakemake run jobs in a build's folder only while no other does.

    What runs no job, such as `--dry-run` or `--report`, may be asked at any time.
    """
    execute = workflow.execute

    def execute_alone(*words: Any, **options: Any) -> Any:
        if workflow.output_settings.dryrun:
            return execute(*words, **options)
        if not workflow.is_main_process:
            _join(build)
            return execute(*words, **options)
        locked, workflow.execution_settings.lock = workflow.execution_settings.lock, False
        with _alone_or_told(build) if locked else nullcontext() as lock:
            if lock:
                remove_unsealed(build, RECORDS, _sealing(workflow))
            _lend(lock, lock.run.name if lock else "")
            workflow.register_envvars(RUN)  # for jobs on other machines
            return execute(*words, **options)

    workflow.execute = execute_alone


def _sealing(workflow: Any) -> set[str]:
    """Return the names of the rules that seal what they make."""
    return {rule.name for rule in workflow.rules if SEAL in dict(rule.output.items())}


@contextmanager
def _alone_or_told(build: Path) -> Iterator[Lock]:
    """Hold a folder, or end this process with the reason, and without Snakemake's traceback."""
    with ExitStack() as held:
        try:
            lock = held.enter_context(alone(build))
        except WorkflowError as refusal:
            sys.exit(str(refusal))
        yield lock


def _lend(lock: Lock | None, run: str) -> None:
    """Let the processes of jobs inherit the lock and the run's name."""
    from snakemake.shell import shell

    os.environ[RUN] = run
    os.environ[HELD] = str(lock.number) if lock else ""
    shell._process_args["pass_fds"] = (lock.number,) if lock else ()


@contextmanager
def alone(build: Path) -> Iterator[Lock]:
    """Hold a folder as its only build.

    Raises:
        WorkflowError: Another build is at work there, or the folder cannot be written.
    """
    lock = None
    try:
        build.mkdir(parents=True, exist_ok=True)
        lock = Lock(build)
        lock.take()
    except (OSError, WorkflowError) as unable:
        if lock:
            lock.leave()
        raise _refusal(build, unable) from unable
    try:
        yield lock
    finally:
        lock.leave()


def _refusal(build: Path, reason: OSError | WorkflowError) -> WorkflowError:
    if isinstance(reason, WorkflowError):
        return reason
    remedies = dict.fromkeys(FULL, "free some space")
    remedies |= dict.fromkeys(_NO_LOCKS, "let one build at a time be made here, with --nolock")
    remedy = remedies.get(reason.errno or 0, "let this folder be written")
    return WorkflowError(
        f"{build}: error: nothing can be written here: {reason.strerror}\n"
        f"    remedy: {remedy}, or name another folder: --config build=…"
    )


class Lock:
    """The lock of a build's folder."""

    def __init__(self, build: Path) -> None:
        self.build, self.record, self.run = build, build / RECORD, Run.this()
        self.number = os.open(build / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def take(self) -> None:
        """Become the only build: end what a killed one has left, remove what it left half done.

        Raises:
            WorkflowError: Another build is at work.
        """
        free, before = self._try(), self.read()
        if before and (before.is_elsewhere or (before.lives and not free)):
            raise WorkflowError(self._busy(before))
        write_json(self.record, self.run)  # jobs elsewhere see it, and end
        if not free:
            self._await(before.name if before else "")
        if before:
            remove_leftovers(self.build)
        fcntl.flock(self.number, fcntl.LOCK_SH)  # as jobs elsewhere do
        self._still_ours()

    def leave(self) -> None:
        """Let go; if no job is left that holds it, nothing is to be mended."""
        os.close(self.number)
        with suppress(OSError):
            self.number = os.open(self.build / LOCK, os.O_RDWR | os.O_CLOEXEC)
            if self.read() == self.run:
                since = time.monotonic()  # a helper's copy ends just after it has answered
                while not (free := self._try()) and time.monotonic() - since < _PATIENCE:
                    time.sleep(0.05)
                if free:
                    self.record.unlink()
                else:
                    write_json(self.record, self.run.model_copy(update={"began": ""}))
            os.close(self.number)

    def join(self, name: str) -> None:
        """Hold the lock as a job of a run.

        Raises:
            WorkflowError: Another build has begun since.
        """
        fcntl.flock(self.number, fcntl.LOCK_SH)
        now = self.read()
        if not now or now.name != name:
            raise WorkflowError(
                f"{self.build}: error: the build that queued this job was killed, and another one"
                " has begun\n    remedy: none is needed, that one queues it again"
            )

    def read(self) -> Run | None:
        """Return the run that has, or had, the folder."""
        try:
            return Run.model_validate(read_json(self.record))
        except (OSError, ValueError, ValidationError):
            return None

    def _try(self) -> bool:
        try:
            fcntl.flock(self.number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _await(self, name: str) -> None:
        """End the jobs of an earlier build, or wait for those that end by themselves.

        More than once: a process that its killed parent has just begun shows the parent's
        environment until it runs its own program.
        """
        from snakemake.logging import logger

        since, told = time.monotonic(), False
        while True:
            if name:
                end_processes(name)
            if self._try():
                return
            self._still_ours()
            if not told and time.monotonic() - since > _PATIENCE:
                told = True
                logger.warning(
                    f"{self.build}: warning: jobs of an earlier build still run, on another"
                    " machine or as another user: waiting until they have ended"
                    "\n    remedy: cancel them there"
                )
            time.sleep(0.05)

    def _still_ours(self) -> None:
        now = self.read()
        if now and now != self.run:
            raise WorkflowError(self._busy(now))

    def _busy(self, other: Run) -> str:
        host = other.host.partition(" ")[0]
        where = f" on {host}" if other.is_elsewhere else ""
        remedy = (
            f"wait until it has ended; if it was killed there, delete {self.record}"
            if other.is_elsewhere
            else f"wait until it has ended, or end it: kill {other.process}"
        )
        return (
            f"{self.build}: error: another build is at work here (process {other.process}{where})"
            f"\n    remedy: {remedy}"
        )


def _join(build: Path) -> None:
    """Hold the lock in the process of a job that was queued; end it when another build begins.

    Raises:
        WorkflowError: It belongs to no build that is at work.
    """
    name = os.environ.get(RUN)
    if name == "":
        return
    if name is None:
        raise WorkflowError(
            f"{build}: error: this job does not know which build it belongs to"
            f"\n    remedy: let the executor hand the environment variable {RUN} on to jobs"
        )
    lock = Lock(build)
    lock.join(name)
    _lend(lock, name)
    threading.Thread(target=_end_with_run, args=[lock, name], daemon=True).start()


def _end_with_run(lock: Lock, name: str) -> None:
    """End this job and all its processes when the folder belongs to another run."""
    while (now := lock.read()) is None or now.name == name:
        time.sleep(_LOOK)
    end_processes(name, but=os.getpid())
    os._exit(1)


def end_processes(name: str, but: int = 0) -> None:
    """Kill the processes of a run on this machine."""
    word = f"{RUN}={name}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            number = int(process.name)
            if number != but and word in (process / "environ").read_bytes().split(b"\0"):
                os.kill(number, signal.SIGKILL)


def remove_leftovers(build: Path) -> None:
    """Remove what killed jobs were writing beside its place; other builds below have their own."""
    for entry in list(build.iterdir()):
        if _LEFT.fullmatch(entry.name):
            remove_entry(entry)
        elif entry.is_dir() and not entry.is_symlink() and not (entry / LOCK).exists():
            remove_leftovers(entry)
