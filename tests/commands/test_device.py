"""`device`: a build on other hardware beside the reference."""

from __future__ import annotations

from pathlib import Path

import pytest
from jumps_module import JUMP, ROW, STEP, write_jumps

from pipelines.cli import main
from pipelines.contracts.evidence import Evidence, Number, Origin
from pipelines.contracts.files import write_json


@pytest.fixture
def module(tmp_path: Path) -> Path:
    write_jumps(tmp_path / "tiny")
    numbers = {JUMP: Number(value=0.1, error=0.01), STEP: Number(value=0.4, error=0.01)}
    made = {"origin": Origin(commit="c0ffee"), "made": "2026-11-30", "preset": "default"}
    write_json(tmp_path / "tiny/reference.json", Evidence(**made, numbers=numbers))
    return tmp_path / "tiny"


@pytest.mark.parametrize(
    ("value", "status", "said", "counted"),
    [
        (0.1, 0, "Claims decided otherwise: none.", "1 identical"),
        (0.11, 0, "Claims decided otherwise: none.", "1 within tolerance"),
        (0.19, 0, "Claims decided otherwise: none.", "1 different"),
        (0.3, 1, "Claims decided otherwise: 1.\n- `jumps:jump-helps`:", "1 different"),
    ],
)
def test_numbers_and_claims(
    module: Path, value: float, status: int, said: str, counted: str
) -> None:
    build, out = module.parent / "gpu", module.parent / "gpu.md"
    write_json(build / "measurements/toy-cd.json", [{**ROW, "key": JUMP, "value": value}])
    words = ["device", str(build), "--module", str(module), "--device", "cpu", "--rounds", "0"]
    assert main([*words, "--out", str(out)]) == status
    report = out.read_text(encoding="utf-8")
    assert said in report
    assert f"Against the reference of 2026-11-30: 1 numbers, {counted}." in report
    assert f"| `{JUMP}` | 0.1 | {value:g} |" in report
