"""Processes beside a build that have imported what its shorter stages need.

The first, for documents, begins when the Snakefile is read and is ready when the graph is drawn.
Others, for what draws figures and what samples, are forked from it at the first request. For each
request of `ask.py` a helper forks; the copy runs the stage and ends, so that stages share nothing
but what had been imported and read before. Helpers end with the build, when their standard input
does. The one for documents reads plans ahead, and what it has read of a plan counts for the very
same text only. Trainings and clocks are processes of their own, which anybody can measure.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Collection, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from pipelines.steering.ask import BEGUN, HELPER, LENGTH

DOCUMENTS = "documents"
STAGES = {
    "pipelines.stages.render_lesson": DOCUMENTS,
    "pipelines.stages.render_index": DOCUMENTS,
    "pipelines.stages.publish_lesson": DOCUMENTS,
    "pipelines.stages.begin_build": DOCUMENTS,
    "pipelines.stages.end_build": DOCUMENTS,
    "pipelines.seals": DOCUMENTS,
    "pipelines.stages.draw_figure": "figures",  # imports matplotlib
    "pipelines.stages.measure_plane": "plane",  # torch
    "pipelines.stages.measure_latent": "pictures",  # diffusers
}
THREADS, ONE = "OMP_NUM_THREADS", "1"  # read when torch is imported; Snakemake sets it by job
Lines = dict[socket.socket, str]  # where requests for a stage arrive


def begin(module: Path) -> subprocess.Popen[bytes] | None:
    """Start a helper for this process and those that it starts; None where that is impossible."""
    try:
        place = tempfile.mkdtemp(prefix="measured-lessons-")
        words = [sys.executable, "-m", "pipelines.steering.helper", place, str(module)]
        helper = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    except OSError:
        return None
    os.environ[HELPER] = place
    return helper


def main() -> None:
    """Serve requests until the standard input ends."""
    place, module = Path(sys.argv[1]), Path(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal; the build ends us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies
    try:
        with ExitStack() as opened:
            lines: Lines = {}
            for stage in STAGES:
                line = opened.enter_context(socket.socket(socket.AF_UNIX))
                line.bind(str(place / stage))
                line.listen(64)
                lines[line] = stage
            prepare(DOCUMENTS, module)
            serve(DOCUMENTS, lines)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def prepare(group: str, module: Path | None = None) -> None:
    """Import what the stages of a group need; read the plans of a module, given by its own."""
    gc.disable()  # nothing of this goes away
    for stage in _stages(group):
        importlib.import_module(stage)
    if module:
        with suppress(Exception):  # the stages will say what is wrong
            importlib.import_module("pipelines.steering.read_ahead").read_ahead(module)
    gc.freeze()
    gc.enable()


def serve(group: str, lines: Lines) -> None:
    """Answer for the stages of a group until standard input ends; leave others to new helpers."""
    while True:
        ready = select.select([*lines, sys.stdin], [], [])[0]
        if sys.stdin in ready:
            return
        line = next(line for line in lines if line in ready)
        if STAGES[lines[line]] == group:
            _answer_apart(line, lines)
        else:
            _leave(STAGES[lines[line]], lines)


def _stages(group: str) -> Collection[str]:
    return [stage for stage, own in STAGES.items() if own == group]


def _leave(group: str, lines: Lines) -> None:
    """Fork a helper for a group, with one thread; what waits there is answered by it."""
    theirs = {line: stage for line, stage in lines.items() if stage in _stages(group)}
    if os.fork() == 0:
        try:
            _close(line for line in lines if line not in theirs)
            os.environ[THREADS] = ONE
            prepare(group)
            serve(group, theirs)
        except BaseException:
            traceback.print_exc()  # who waits finds the line closed, and runs by itself
        finally:
            os._exit(0)
    for line in theirs:
        del lines[line]
    _close(theirs)


def _answer_apart(line: socket.socket, lines: Lines) -> None:
    """Have a copy of this process answer the next who asks."""
    caller = line.accept()[0]
    with caller:
        if os.fork() == 0:
            status = 1
            try:
                _close(lines)  # or they would be open as long as this job, whoever answers
                status = answer(lines[line], caller)
            finally:
                with suppress(OSError):
                    caller.sendall(bytes([status & 255]))
                os._exit(status)


def _close(lines: Iterable[socket.socket]) -> None:
    for line in lines:
        line.close()


def answer(stage: str, caller: socket.socket) -> int:
    """Run a stage as `python -m` would; return its status."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(caller, LENGTH, 3)  # a third is the build's lock
    request = json.loads(_exactly(caller, int(head)).decode("utf-8", "surrogateescape"))
    environment = request["environment"]
    ours = STAGES[stage] == DOCUMENTS or environment.get(THREADS) == ONE
    if request["words"][0] != stage or len(streams) < 2 or not ours:
        raise SystemExit(2)  # before it has begun: who asks runs by itself
    for number, stream in enumerate(streams[:2], 1):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(environment)
    caller.sendall(BEGUN)
    threading.Thread(target=_end_with, args=[caller], daemon=True).start()
    sys.argv = request["words"]
    try:
        importlib.import_module(stage).main()
        status = 0
    except SystemExit as ended:
        status = _status(ended.code)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _end_with(caller: socket.socket) -> None:
    """End this process when who asked has ended, as a job that is killed."""
    with suppress(OSError):
        caller.recv(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _exactly(caller: socket.socket, length: int) -> bytes:
    parts = []
    while length > 0 and (part := caller.recv(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _status(code: str | int | None) -> int:
    """Return the status that Python ends with; what is no number is told."""
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
