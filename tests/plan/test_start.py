"""Lint starts without heavy rooms and without schemas, and its records are right all the same."""

import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from checkout import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pipelines.any_plan import plan_adapter, read_text
from pipelines.contracts.blocks import Paragraph
from pipelines.contracts.spans import Src, Text
from pipelines.module.latex_text import PLAIN, Decoding

PLANS = [
    *sorted((ROOT / "tests/data/plans").rglob("*.md")),
    *sorted((ROOT / "lessons").glob("*/*.md")),
    *sorted((ROOT / "lessons").glob("*/*/plan.md")),
]
ANY_PLAN = plan_adapter()
HEAVY = {"torch", "matplotlib", "jinja2", "diffusers", "sklearn", "snakemake", "pipelines.pages"}
HEAVY |= {"pipelines.figures", "pipelines.methods", "pipelines.stages", "pipelines.diffusion"}


def after_linting(plan: Path, shown: str) -> str:
    """Return what `shown` is in a process that has linted a plan."""
    code = f"import sys; from pipelines.cli import main; main(['lint', {str(plan)!r}])"
    code += f"; print(); print({shown})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("plan", [PLANS[0], PLANS[-1]], ids=["apart", "in a module"])
def test_lint_imports_no_heavy_room(plan: Path) -> None:
    assert after_linting(plan, f"sorted({HEAVY} & sys.modules.keys())") == "[]"


def test_lint_builds_no_schema_of_the_tree() -> None:
    built = "'pydantic.type_adapter' in sys.modules"
    assert after_linting(PLANS[0], built) == "False"


@pytest.mark.slow
@pytest.mark.parametrize("path", PLANS, ids=[path.stem + path.parent.stem for path in PLANS])
def test_every_record_that_the_reader_makes_is_valid(path: Path) -> None:
    plan, _ = read_text(path.read_bytes().decode("utf-8-sig"), str(path))
    again = ANY_PLAN.validate_json(ANY_PLAN.dump_json(plan), strict=True)
    assert again == plan and repr(again) == repr(plan)  # the kinds too: no string for an enum


def test_validation_checks_what_the_reader_need_not() -> None:
    with pytest.raises(ValidationError, match="line"):
        TypeAdapter(Src).validate_python({"file": "p", "line": "one", "end": 1})
    with pytest.raises(ValidationError, match="end"):
        TypeAdapter(Paragraph).validate_python({"src": {"file": "p", "line": 1}, "spans": ()})
    with pytest.raises(ValidationError, match="lines"):
        TypeAdapter(Src).validate_python({"file": "p", "line": 1, "end": 1, "lines": 2})


def test_a_record_refuses_wrong_names_and_changes() -> None:
    with pytest.raises(TypeError, match="lines"):
        Src(file="p", line=1, end=1, lines=2)
    with pytest.raises(TypeError, match="end"):
        Src(file="p", line=1)
    with pytest.raises(FrozenInstanceError):
        Text(text="a").text = "b"


def test_records_share_no_dictionary() -> None:
    one, other = (
        read_text("# Lesson: A\n\n## Phase 1: Orient\n\n## Phase 3: Design\n")[0] for _ in "ab"
    )
    assert one.meta.extra is not other.meta.extra


WHOLE, QUICK = LatexDecodingMiddleware(), Decoding()


@settings(max_examples=300)
@given(
    st.from_regex(PLAIN, fullmatch=True) | st.text(st.sampled_from("ab {}\\'-~$é_"), max_size=12)
)
def test_latex_is_decoded_as_if_all_of_it_were(text: str) -> None:
    assert QUICK._transform_python_value_string(text) == (
        WHOLE._transform_python_value_string(text)
    )
