"""Import the large libraries, then fork a process for everyone who asks."""

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
from contextlib import suppress
from typing import NoReturn

LIBRARIES = (
    "bibtexparser",
    "ftfy",
    "jinja2",
    "markdown_it",
    "math_core",
    "matplotlib.pyplot",
    "mdit_py_plugins",
    "numpy",
    "peft",
    "PIL.Image",
    "pydantic",
    "pygments",
    "safetensors.torch",
    "sklearn",
    "snakemake.cli",
    "torch",
    "yaml",
)
PARTS = {  # of libraries that import what is asked of them
    "diffusers": (
        "AutoencoderKL",
        "DDIMScheduler",
        "LCMScheduler",
        "StableDiffusionPipeline",
        "UNet2DConditionModel",
    ),
    "transformers": ("CLIPTextModel", "CLIPTokenizer"),
}


def warmed() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    for name, parts in PARTS.items():
        for part in parts:
            getattr(importlib.import_module(name), part)
    assert not [name for name in sys.modules if name.startswith("pipelines")]
    gc.freeze()  # else the first collection of every process copies all of it


def served(path: str) -> dict:
    """Fork for whoever asks, until the own input ends; return in a fork what it is to do.

    Raises:
        SystemExit: When nobody will ask any more.
    """
    running: dict[int, tuple[int, socket.socket]] = {}  # by what can be waited for
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(64)
        print("ready", flush=True)
        while True:
            gone = {other: worker for worker, other in running.values()}
            ready, _, _ = select.select([listening, sys.stdin, *running, *gone], [], [])
            for ended in running.keys() & set(ready):
                answer(ended, *running.pop(ended))
            for other in gone.keys() & set(ready):
                if other.fileno() >= 0:  # not answered just now
                    os.kill(gone[other], signal.SIGKILL)
            if sys.stdin in ready:
                sys.exit()
            if listening in ready:
                asking, _ = listening.accept()
                request, streams = asked(asking)
                if (worker := os.fork()) == 0:
                    lent(streams)
                    for ended, (_, other) in running.items():
                        os.close(ended)
                        other.close()
                    asking.close()
                    return request
                for stream in streams:
                    os.close(stream)
                running[os.pidfd_open(worker)] = worker, asking


def lent(streams: list[int]) -> None:
    """Take streams for the own."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


def asked(asking: socket.socket) -> tuple[dict, list[int]]:
    """Return what a process is to do, and its three streams."""
    size, streams, _, _ = socket.recv_fds(asking, 8, 3)
    with asking.makefile("rb") as told:
        return json.loads(told.read(int.from_bytes(size, "big"))), streams


def answer(ended: int, worker: int, asking: socket.socket) -> None:
    _, status = os.waitpid(worker, 0)
    os.close(ended)
    with asking, suppress(BrokenPipeError):  # who asked may be gone
        asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def begin(request: dict, installed: list[str]) -> None:
    """Become what `python -m` would have begun with."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [request["folder"], *filter(None, paths), *installed]
    if threads := os.environ.get("OMP_NUM_THREADS"):  # torch has read another one
        importlib.import_module("torch").set_num_threads(int(threads))
    sys.argv = list(request["words"])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def ends(error: BaseException | None) -> NoReturn:
    """End as the interpreter would, but leave thousands of modules to the system."""
    code = 0
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if error.code not in (None, code):
            print(error.code, file=sys.stderr)
    elif error:
        traceback.print_exception(error)
        code = 1
    threading._shutdown()  # waits for threads, as the interpreter does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code & 255)


def main() -> None:
    warmed()
    installed = sys.path[1:]  # without the folder of this file
    request = served(sys.argv[1])
    try:
        begin(request, installed)
    except BaseException as error:
        ends(error)
    ends(None)


if __name__ == "__main__":
    main()
