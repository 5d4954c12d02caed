"""Make each mutation in a copy of the project and see its test fail: `make sabotage`.

    python tests/sabotage/run.py [--jobs 2] [PART OF A NAME …]

First every named test runs on the project as it is, and must pass. Heavy packages are imported
once; each mutation has a process of its own, forked from there.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing.pool
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from mutations import ROOT, Mutation, read_mutations

LIMIT = 60  # seconds of processor for one test; what takes longer has not noticed anything
PATIENCE = 20  # times as long by the clock: other work may be going on
COPIED = ("pipelines", "tests", "lessons", "config", "pyproject.toml", "Snakefile", "README.md")
HEAVY = (
    "diffusers.models",
    "diffusers.pipelines.latent_consistency_models",
    "diffusers.pipelines.stable_diffusion",
    "hypothesis",
    "peft",
    "scipy.stats",
    "transformers",
)
CAUGHT, UNNOTICED = "caught", "NOT NOTICED"


class Failures:
    """A pytest plugin that keeps what failed, and of which kind."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Note the exception of a test, if there is one."""
        if call.excinfo is not None and call.when == "call":
            self.kinds.append(call.excinfo.typename)


@dataclass(frozen=True)
class Verdict:
    """What became of a mutation; `said` is what pytest wrote."""

    name: str
    outcome: str
    said: str = ""


def copied(folder: Path) -> Path:
    """Copy what tests need of the project."""
    for name in COPIED:
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    return folder


def tested(folder: Path, nodes: list[str]) -> tuple[int, list[str], str]:
    """Run tests in a folder, in this process, and return pytest's status and the failures."""
    failures, said = Failures(), StringIO()
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    with redirect_stdout(said), redirect_stderr(said):
        options = ["-x", "-p", "no:cacheprovider", "--no-header", "--tb=short", "-m", ""]
        status = pytest.main([*options, *nodes], plugins=[failures])
    return int(status), failures.kinds, said.getvalue()


def judged(mutation: Mutation) -> Verdict:
    """Make one mutation in a copy and run its test there."""
    with tempfile.TemporaryDirectory(prefix="sabotage-") as name:
        folder = copied(Path(name))
        source = folder / mutation.file
        source.write_text(mutation.applied(source.read_text(encoding="utf-8")), encoding="utf-8")
        status, kinds, said = tested(folder, [mutation.test])
        os.chdir(ROOT)
    if status == pytest.ExitCode.TESTS_FAILED and set(kinds) == {"AssertionError"}:
        return Verdict(mutation.name, CAUGHT)
    if status == pytest.ExitCode.OK:
        return Verdict(mutation.name, UNNOTICED)
    return Verdict(mutation.name, f"no assertion failed: {kinds or status}", said)


def _send(work: partial[Verdict], limit: int, pipe: object) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    pipe.send(work())  # type: ignore[attr-defined]


def apart(work: partial[Verdict], name: str, limit: int = LIMIT) -> Verdict:
    """Run something in a forked process, no longer than the limit in seconds of processor."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, limit, sender))
    process.start()
    sender.close()
    try:
        found = receiver.poll(limit * PATIENCE)
        return (
            receiver.recv()
            if found
            else Verdict(name, f"nothing within {limit * PATIENCE} s by the clock")
        )
    except EOFError:
        process.join()
        spent = process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL)
        return Verdict(name, f"nothing within {limit} s" if spent else "the process died")
    finally:
        process.kill()
        process.join()


def unharmed(nodes: list[str]) -> Verdict:
    """Run all tests that mutations name, on the project as it is."""
    status, _, said = tested(ROOT, nodes)
    return Verdict("the project as it is", "passes" if status == 0 else "FAILS", said)


def preload() -> None:
    """Import what is heavy and not the project's, so that forked processes have it."""
    for name in HEAVY:
        importlib.import_module(name)
    import torch

    torch.set_num_threads(1)


def main() -> int:
    """Judge all mutations, or those whose names contain one of the words given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--exactly", action="store_true", help="the words are whole names")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    chosen = [
        mutation
        for mutation in read_mutations()
        if not args.words
        or any(
            word == mutation.name if args.exactly else word in mutation.name for word in args.words
        )
    ]
    preload()
    nodes = sorted({mutation.test for mutation in chosen})
    since = time.perf_counter()
    as_it_is = apart(partial(unharmed, nodes), "the project as it is", len(nodes) * LIMIT)
    seconds = time.perf_counter() - since
    print(as_it_is.name, as_it_is.outcome, f"({len(nodes)} tests, {seconds:.0f} s)", flush=True)
    if as_it_is.outcome != "passes":
        print(as_it_is.said)
        return 1
    with multiprocessing.pool.ThreadPool(args.jobs) as pool:
        verdicts = pool.imap(lambda m: apart(partial(judged, m), m.name), chosen)
        missed = [verdict for verdict in map(_told, verdicts) if verdict.outcome != CAUGHT]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} caught")
    return 1 if missed else 0


def _told(verdict: Verdict) -> Verdict:
    print(f"{verdict.outcome:12} {verdict.name}", flush=True)
    if verdict.said:
        print(verdict.said[-1500:])
    return verdict


if __name__ == "__main__":
    sys.exit(main())
