"""A process beside a build that has imported what the stages of documents need.

It begins when the Snakefile is read and is ready when the graph is drawn. For each request of
`ask.py` it forks; the copy runs the stage and ends, so that stages share nothing but what had been
imported and read before. It ends with the build, when its standard input does. It reads plans
ahead, and what it has read of a plan counts for the very same text only.
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
import traceback
from contextlib import suppress
from pathlib import Path

from pipelines.steering.ask import BEGUN, HELPER, LENGTH

STAGES = (
    "pipelines.stages.render",
    "pipelines.stages.index",
    "pipelines.stages.publish",
    "pipelines.stages.announce",
    "pipelines.stages.conclude",
    "pipelines.seals",
)


def begin(module: Path) -> subprocess.Popen[bytes] | None:
    """Start a helper for this process and those that it starts; None where that is impossible."""
    try:
        folder = tempfile.mkdtemp(prefix="measured-lessons-")
        place = str(Path(folder, "helper"))
        words = [sys.executable, "-m", "pipelines.steering.helper", place, str(module)]
        helper = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    except OSError:
        return None
    os.environ[HELPER] = place
    return helper


def main() -> None:
    place, module = Path(sys.argv[1]), Path(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal; the build ends us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the copies
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.bind(str(place))
            line.listen(64)
            prepare(module)
            serve(line)
    finally:
        shutil.rmtree(place.parent, ignore_errors=True)


def prepare(module: Path) -> None:
    """Import what the stages need; read what they read."""
    gc.disable()  # nothing of this goes away
    for stage in STAGES:
        importlib.import_module(stage)
    with suppress(Exception):  # the stages will say what is wrong
        importlib.import_module("pipelines.stages.ahead").read_ahead(module)
    gc.freeze()
    gc.enable()


def serve(line: socket.socket) -> None:
    """Answer until standard input ends."""
    while True:
        ready = select.select([line, sys.stdin], [], [])[0]
        if sys.stdin in ready:
            return
        caller = line.accept()[0]
        with caller:
            if os.fork() == 0:
                status = 1
                try:
                    line.close()
                    status = answer(caller)
                finally:
                    with suppress(OSError):
                        caller.sendall(bytes([status & 255]))
                    os._exit(status)


def answer(caller: socket.socket) -> int:
    """Run the stage that is asked for as `python -m` would; return its status."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(caller, LENGTH, 2)
    request = json.loads(_exactly(caller, int(head)).decode("utf-8", "surrogateescape"))
    stage, *words = request["words"]
    if stage not in STAGES or len(streams) != 2:
        raise SystemExit(2)
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    caller.sendall(BEGUN)
    sys.argv = [stage, *words]
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
