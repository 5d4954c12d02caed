"""From a sentence to its page: this project, Sphinx with MyST-Parser, and MkDocs, in turns.

    python tests/benchmarks/edit.py [--runs 10] [--beside VENV] [--config preset=smoke]

Needs a finished build of the presets that `--config` names, and changes nothing of it in the end:
a sentence of our longest plan is edited, built and, at last, put back. `--beside` is an
environment of its own with `pip install sphinx myst-parser mkdocs`; the two get the same plans.
Also told: a dry run, a run with nothing to do, `lint` and `render` of that plan, and the imports
on the way. Medians, in seconds by the clock and of processor; the helper of a build ends a moment
after it, and its seconds are not among them. No judgement: another machine takes another time.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

MODULE = Path("lessons/fast-generation")
SENTENCE = re.compile(r"(?m)^([A-Z][a-z]+ [a-z][a-z ,]+[a-z])\.")
CONF = "extensions = ['myst_parser']\nproject = 'Plans'\nhtml_theme = 'basic'\n"
INDEX = "# Plans\n\n```{toctree}\n:glob:\n*/plan\n```\n"
STAGES = ("render_lesson", "render_index", "publish_lesson", "end_build")
BIN = Path(sys.executable).parent


def timed(command: list[str], folder: Path = Path()) -> tuple[float, float]:
    """Return seconds by the clock and of processor."""
    before, begin = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    wall, after = time.perf_counter() - begin, getrusage(RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}\n{done.stdout}{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Edits:
    """Writes one sentence of a plan anew, another word each time."""

    def __init__(self, plan: Path) -> None:
        self.plan, self.text = plan, plan.read_text(encoding="utf-8")
        body = self.text.index("### Lesson Outline")
        found = SENTENCE.search(self.text, body)
        if not found:
            raise SystemExit(f"{plan}: no plain sentence to edit")
        self.end, self.words = found.end(1), map("".join, itertools.permutations("abcdefgh"))

    def next(self) -> str:
        word = f"edited {next(self.words)}"
        text = f"{self.text[: self.end]}, {word}{self.text[self.end :]}"
        self.plan.write_text(text, encoding="utf-8")
        return word

    def back(self) -> None:
        self.plan.write_text(self.text, encoding="utf-8")


@contextmanager
def edits(plan: Path) -> Iterator[Edits]:
    one = Edits(plan)
    try:
        yield one
    finally:
        one.back()


def edited(plan: Edits, page: Path, build: Callable[[], tuple[float, float]]) -> tuple[float, ...]:
    """Edit, build, and see that the page says so."""
    word = plan.next()
    seconds = build()
    if word not in page.read_text(encoding="utf-8"):
        raise SystemExit(f"{page} does not hold the edit {word!r}")
    return seconds


def others(beside: Path, folder: Path, lesson: str) -> dict[str, Callable[[], tuple[float, ...]]]:
    """Set up the same plans for the two others; return what edits one and builds it."""
    for name in ("sphinx", "mkdocs"):
        for plan in MODULE.glob("*/plan.md"):
            target = folder / name / "docs" / plan.parent.name / "plan.md"
            target.parent.mkdir(parents=True)
            shutil.copyfile(plan, target)
    sphinx, mkdocs = folder / "sphinx", folder / "mkdocs"
    (sphinx / "docs/conf.py").write_text(CONF)
    (sphinx / "docs/index.md").write_text(INDEX)
    (mkdocs / "docs/index.md").write_text("# Plans\n")
    (mkdocs / "mkdocs.yml").write_text("site_name: Plans\nuse_directory_urls: false\n")
    commands = {
        sphinx: [str(beside / "bin/sphinx-build"), "-q", "docs", "site"],
        mkdocs: [str(beside / "bin/mkdocs"), "build", "-q"],
    }
    runs = {}
    for home, command in commands.items():
        timed(command, home)  # from nothing; edits come after
        plan = Edits(home / "docs" / lesson / "plan.md")
        page = home / "site" / lesson / "plan.html"
        runs[home.name] = lambda plan=plan, page=page, command=command, home=home: edited(
            plan, page, lambda: timed(command, home)
        )
    return runs


def report(name: str, runs: list[tuple[float, ...]]) -> None:
    wall, used = (statistics.median(column) for column in zip(*runs, strict=True))
    walls = " ".join(f"{run[0]:.2f}" for run in sorted(runs))
    print(
        f"{name:32} {wall:6.2f} s by the clock {used:6.2f} s of processor   ({walls})", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--beside", type=Path, help="environment with Sphinx, MyST-Parser, MkDocs")
    parser.add_argument("--config", default="preset=default")
    args = parser.parse_args()
    build = Path("build" if args.config == "preset=default" else f"build/{args.config[7:]}")
    plan = max(MODULE.glob("*/plan.md"), key=lambda file: file.stat().st_size)
    lesson = plan.parent.name
    ours = [str(BIN / "snakemake"), "--cores", "all", "--config", args.config]
    print(f"plan: {plan}, {plan.stat().st_size} bytes; build: {build}")
    timed(ours)  # from here on only edits are to be built
    with tempfile.TemporaryDirectory() as scratch, edits(plan) as one:
        page = build / "site" / lesson / "index.html"
        runs: dict[str, Callable[[], tuple[float, ...]]]
        runs = {"this project": lambda: edited(one, page, lambda: timed(ours))}
        if args.beside:
            runs |= others(args.beside.resolve(), Path(scratch), lesson)
        found: dict[str, list[tuple[float, ...]]] = {name: [] for name in runs}
        for _ in range(args.runs):
            for name, run in runs.items():
                found[name].append(run())
    for name, seconds in found.items():
        report(f"sentence to page, {name}", seconds)
    timed(ours)  # the plan as it was
    command = [str(BIN / "measured-lessons")]
    with tempfile.TemporaryDirectory() as scratch:
        beside = {
            "dry run": [*ours[:3], "--dry-run", *ours[3:]],
            "nothing to be done": ours,
            "lint": [*command, "lint", str(plan)],
            "render": [*command, "render", str(plan), "--out", scratch, "--build", str(build)],
            **{
                f"import of {stage}": [sys.executable, "-c", f"import pipelines.stages.{stage}"]
                for stage in STAGES
            },
            "import of snakemake": [sys.executable, "-c", "import snakemake.cli"],
        }
        for name, words in beside.items():
            report(name, [timed(words) for _ in range(args.runs)])


if __name__ == "__main__":
    main()
