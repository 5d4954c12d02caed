"""Processes that begin warm: forked from one that has imported the large libraries.

Torch takes more than a second to import and diffusers five, longer than their jobs work on a tiny
module. A warm process is one of its own all the same, with arguments, folder, environment, streams
and an end of its own, and it imports everything of the project anew. Its hash seed is that of the
process that it is forked from: two of these have two.
"""

from __future__ import annotations

import atexit
import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from warm import client

HERE = Path(__file__).parent
BESIDE = Path(sys.executable).parent
ABLE = hasattr(os, "pidfd_open")  # Linux; elsewhere processes begin cold


class Warm:
    """Runs Python modules in warm processes; so do programs whose path begins with `programs`."""

    def __init__(self, socket: Path, programs: Path) -> None:
        self.socket, self.programs = socket, programs

    def environment(self, sources: Path) -> dict[str, str]:
        """Return an environment in which `python` is warm and imports the sources of a folder."""
        path = os.pathsep.join([str(self.programs), str(BESIDE), os.environ["PATH"]])
        return os.environ | {"PYTHONPATH": str(sources), "PATH": path}

    def run(
        self, folder: Path, module: str, *words: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a module in a folder of sources; `stdout` is all that it says."""
        told, environment = [module, *words], environment or self.environment(folder)
        with tempfile.TemporaryFile() as said, Path(os.devnull).open() as nothing:
            streams = [nothing.fileno(), said.fileno(), said.fileno()]
            code = client.asked(str(self.socket), told, str(folder), environment, streams)
            said.seek(0)
            return subprocess.CompletedProcess(told, code, said.read().decode())


class Cold(Warm):
    """The same where nothing can be warmed."""

    def run(
        self, folder: Path, module: str, *words: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=folder,
            env=environment or self.environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@contextmanager
def warm() -> Iterator[Warm]:
    """Keep a process ready to be forked."""
    folder = Path(tempfile.mkdtemp(prefix="warm"))  # short: so must be the path of a socket
    socket, programs = folder / "socket", folder / "bin"
    programs.mkdir()
    try:
        if ABLE:
            with serving(socket, programs):
                yield Warm(socket, programs)
        else:
            yield Cold(socket, programs)
    finally:
        shutil.rmtree(folder)


@contextmanager
def serving(socket: Path, programs: Path) -> Iterator[None]:
    program = programs / "python"
    words = shlex.join([sys.executable, "-IS", str(HERE / "client.py"), str(socket)])
    program.write_text(f'#!/bin/sh\nexec {words} {shlex.quote(sys.executable)} "$@"\n')
    program.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), str(socket)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    try:
        assert server.stdout and server.stdout.readline() == b"ready\n"
        yield
    finally:
        server.communicate()  # its input ends, and so does it


@functools.cache
def shared() -> Warm:
    """Return what all tests of a run may use: nothing that they do changes it."""
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(warm())
