"""Cells of an exercise in a process of their own, within limits of time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.contracts.exercise import Fault, Head, Output

PATIENCE = 10  # seconds by the clock for each that a process may compute: it may have to share
RUNNER = Path(__file__).with_name("runner.py")
_LATE = "late"
WEIGHTS = "weights"  # where exercises find the models of the build


@dataclass(frozen=True)
class Try:
    """Another solution of a part with its check: cells of code that run from where it begins."""

    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A cell to run. `fallback` runs where it fails, so that what follows can be looked at."""

    code: str
    fallback: str | None = None
    trials: tuple[Try, ...] = ()


@dataclass(frozen=True)
class Ended:
    """A step that ran: what it made, and why it stopped if it did."""

    outputs: tuple[Output, ...]
    fault: Fault | None
    seconds: float


@dataclass
class Result:
    """What became of the steps.

    Attributes:
        ended: By the number of the step; steps that were not reached are not in it.
        running: The step that was cut off, or the solution that was being tried.
        cut: Why the process ended early, in words; "" if it came to its end.
    """

    ended: dict[int, Ended] = field(default_factory=dict)
    tried: dict[str, Fault | None] = field(default_factory=dict)
    running: int | str | None = None
    cut: str = ""

    @property
    def seconds(self) -> float:
        """How long all steps took, of processor time."""
        return sum(one.seconds for one in self.ended.values())


def run_steps(steps: Sequence[Step], folder: Path, head: Head) -> Result:
    """Run cells in a folder that holds what they load, and nothing of ours beside it."""
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        limits = {"memory_mb": head.memory_mb, "seconds": head.seconds}
        told = {**limits, "steps": [_told(step) for step in steps]}
        (aside / "steps.json").write_text(json.dumps(told), encoding="utf-8")
        results = aside / "results.jsonl"
        results.touch()
        command = [sys.executable, "-I", str(RUNNER), str(aside / "steps.json"), str(results)]
        cut = _run(command, folder, aside, PATIENCE * head.seconds)
        return _read(results, cut, head)


def _told(step: Step) -> dict[str, Any]:
    trials = [{"name": one.name, "codes": one.codes} for one in step.trials]
    return {"code": step.code, "fallback": step.fallback, "trials": trials}


def _run(command: list[str], folder: Path, home: Path, seconds: int) -> str:
    """Run a command; return "" or what ended it."""
    environment = {"HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    environment |= {"PATH": os.environ.get("PATH", os.defpath), "MPLBACKEND": "agg"}
    environment |= {"MPLCONFIGDIR": str(home), "PYTHONHASHSEED": "0", "TQDM_DISABLE": "1"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return _LATE
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    late = status == -signal.SIGXCPU
    return _LATE if late else f"status {status}" if status else ""


def _read(results: Path, cut: str, head: Head) -> Result:
    made = Result()
    done = False
    for line in results.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(json.JSONDecodeError):  # cut off in the middle of a line
            done |= _take(made, json.loads(line))
    if cut == _LATE:
        made.cut = f"not done after {head.seconds} seconds"
    elif cut or not (done or any(one.fault for one in made.ended.values())):
        made.cut = "the process ended by itself, perhaps for want of memory"
    else:
        made.running = None
    return made


def _take(made: Result, told: dict[str, Any]) -> bool:
    """Take in a line of the results; return whether it is the last."""
    if "begun" in told or "trying" in told:
        made.running = told.get("begun", told.get("trying"))
    elif "tried" in told:
        made.tried[told["tried"]] = Fault(**told["fault"]) if told["fault"] else None
    elif "ended" in told:
        outputs = tuple(Output(**one) for one in told["outputs"])
        fault = Fault(**told["fault"]) if told["fault"] else None
        made.ended[told["ended"]] = Ended(outputs, fault, told["seconds"])
        made.running = None
    return "done" in told


@contextlib.contextmanager
def furnished(support: Sequence[Path], models: Mapping[str, Path]) -> Iterator[Path]:
    """Yield a folder as students unzip it: support modules, and models in `weights/`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in support:
            shutil.copyfile(file, folder / file.name)
        (folder / WEIGHTS).mkdir()
        for model, place in models.items():
            target = folder / WEIGHTS / f"{model}{'' if place.is_dir() else place.suffix}"
            target.parent.mkdir(exist_ok=True)  # of `night/unet`
            target.symlink_to(place.resolve())
        yield folder


def sentence(fault: Fault, parts: Collection[str] = (), given: Collection[str] = ()) -> str:
    """Say in a sentence why a cell stopped.

    Args:
        parts: The names that checks call.
        given: The names that cells make which students get as they are.
    """
    if fault.type == "MemoryError" or "can't allocate memory" in fault.message:
        return "It asked for more memory than an exercise gets. Work on fewer points at a time."
    if fault.type == "SyntaxError" or fault.type.endswith("IndentationError"):
        return f"Python cannot read line {fault.line} of the cell: {fault.message}."
    if fault.type == "NameError" and (name := _missing(fault.message)):
        why = " The check calls it by this name: was it renamed?" if name in parts else ""
        if name in given:
            why = " It comes from a cell that was given: is that still there, as it was?"
        return f"There is no `{name}`.{why}"
    if fault.type in ("AssertionError", "NotImplementedError"):
        return fault.message or "An assertion without words does not hold."
    at = f" in line {fault.line} of the cell" if fault.line else ""
    return f"{fault.type}{at}: {fault.message}"


def _missing(message: str) -> str:
    quoted = message.split("'")
    return quoted[1] if message.startswith("name '") and len(quoted) > 2 else ""
