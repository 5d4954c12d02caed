"""Warm processes are processes of their own: what builds of tests rely on."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from warm import shared

pytestmark = pytest.mark.slow  # they wait for torch and diffusers

TOLD = "import os, sys; print(sys.argv[1:], os.getcwd(), os.environ['TOLD'], sys.path[0])"
TOLD += "; print('torch' in sys.modules, 'pipelines' in sys.modules, __name__)"
ENDS = {
    "": 0,
    "import sys; sys.exit()": 0,
    "import sys; sys.exit(3)": 3,
    "import sys; sys.exit('a word')": 1,
    "raise ValueError('a word')": 1,
    "import os; os.kill(os.getpid(), 9)": -9,
    "import atexit; atexit.register(print, 'a word')": 0,
    "import threading, time\n"
    "threading.Thread(target=lambda: (time.sleep(0.1), print('a word'))).start()": 0,
}


def ran(folder: Path, program: str, *words: str):
    (folder / "program.py").write_text(program)
    return shared().run(folder, "program", *words)


def test_it_has_arguments_folder_environment_and_nothing_of_ours(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TOLD", "a b")
    done = ran(tmp_path, TOLD, "--one", "two words")
    first = f"['--one', 'two words'] {tmp_path} a b {tmp_path}\n"
    warmed = hasattr(os, "pidfd_open")
    assert done.stdout == first + f"{warmed} False __main__\n"


@pytest.mark.parametrize("program", ENDS)
def test_it_ends_as_any_other(tmp_path: Path, program: str) -> None:
    done = ran(tmp_path, program)
    assert done.returncode == ENDS[program]
    assert ("a word" in done.stdout) == ("a word" in program), done.stdout


SHELL = "import subprocess; subprocess.run({!r}, shell=True)"


def test_a_shell_finds_it_as_python(tmp_path: Path) -> None:
    (tmp_path / "inner.py").write_text("import sys; sys.exit(int(sys.argv[1]))")
    assert ran(tmp_path, SHELL.format("python -m inner 3; echo $?")).stdout == "3\n"
    assert ran(tmp_path, SHELL.format("python -c 'print(1)'; echo $?")).stdout == "1\n0\n"


def test_it_ends_with_who_asked_for_it(tmp_path: Path) -> None:
    """As a job that is killed."""
    program = "import os, pathlib, time; pathlib.Path('at').write_text(str(os.getpid()))"
    (tmp_path / "program.py").write_text(f"{program}; time.sleep(600)")
    asked = subprocess.Popen(
        [str(shared().programs / "python"), "-m", "program"],
        cwd=tmp_path,
        env=shared().environment(tmp_path),
    )
    at = tmp_path / "at"
    while not (at.is_file() and at.read_text()):
        time.sleep(0.01)
    asked.kill()
    worker = Path("/proc") / at.read_text()
    while worker.exists():
        time.sleep(0.01)
