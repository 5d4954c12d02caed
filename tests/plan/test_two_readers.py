"""The exact reader and the importer are two: our own plans are read without the importer."""

import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.blocks.kinds import DIRECTIVES
from pipelines.plan import reader
from pipelines.provenance import reached

pytestmark = pytest.mark.slow

MODULE = ROOT / "lessons/fast-generation"
OURS = [*sorted(MODULE.glob("*/plan.md")), MODULE / "module.md"]
IMPORTER = "pipelines.handwritten"
HANDWRITTEN = ROOT / "tests/data/plans/traps.md"


def importer_after(code: str) -> list[str]:
    """Return the importer's modules that are loaded when some code has run."""
    told = f"import sys\n{code}\nprint('loaded', *(m for m in sys.modules if '{IMPORTER}' in m))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].split()[1:]


@pytest.mark.parametrize("verb", ["lint", "parse", "index"])
def test_our_plans_are_read_without_the_importer(verb: str) -> None:
    runs = {
        "lint": f"main(['lint', *{[str(one) for one in OURS]}])",
        "parse": f"[main(['parse', '--summary', one]) for one in {[str(one) for one in OURS]}]",
        "index": f"main(['index', {str(MODULE)!r}])",
    }
    assert importer_after(f"from pipelines.cli import main; {runs[verb]}") == []


def test_our_module_is_catalogued_without_the_importer() -> None:
    code = "from pathlib import Path; from pipelines.module.catalog import read_catalog\n"
    assert importer_after(code + f"read_catalog(Path({str(MODULE)!r}))") == []


def test_a_plan_that_is_not_explicit_has_it_loaded() -> None:
    code = f"from pipelines.cli import main; main(['parse', {str(HANDWRITTEN)!r}])"
    assert f"{IMPORTER}.dialect" in importer_after(code)


def test_the_exact_reader_knows_nothing_of_the_importer() -> None:
    rooms = (ROOT / "pipelines/plan", ROOT / "pipelines/blocks")
    files = [file for room in rooms for file in room.glob("[a-z]*.py")]
    found = reached(f"pipelines.{file.parent.name}.{file.stem}" for file in files)
    assert {name.split(".")[1] for name in found if "." in name} == {"plan", "blocks", "contracts"}


@pytest.mark.parametrize("path", OURS, ids=[one.parent.name for one in OURS])
def test_nothing_of_ours_is_for_the_importer(path: Path) -> None:
    def importer() -> None:
        raise AssertionError("the importer was asked for")

    text = path.read_text(encoding="utf-8")
    plan, problems = reader.read_text(text, str(path), DIRECTIVES, importer)
    assert plan.meta.explicit_voice and not plan.guesses and problems == []


def test_without_the_importer_a_foreign_plan_is_kept_as_it_stands() -> None:
    plan, _ = reader.read_text(HANDWRITTEN.read_text(encoding="utf-8"), "traps.md", DIRECTIVES)
    assert plan.type == "lesson" and plan.design.outline.sections
    raw = "".join(segment.raw for segment in plan.segments)
    assert raw == HANDWRITTEN.read_text(encoding="utf-8")
