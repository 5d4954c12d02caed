"""`claims`: the verdicts of a module's plans by the numbers of a build, without building."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jumps_module import JUMP, ROW, STEP, write_jumps

from pipelines.cli import main
from pipelines.contracts.files import read_json, write_json


@pytest.fixture
def build(tmp_path: Path) -> Path:
    write_jumps(tmp_path / "tiny")
    rows = {key: {**ROW, "key": key, "value": value} for key, value in ((JUMP, 0.1), (STEP, 0.4))}
    ledger = {"preset": "default", "publish": True, "measurements": rows, "facts": {}}
    write_json(tmp_path / "build/ledger.json", ledger)
    return tmp_path / "build"


@pytest.mark.parametrize(
    ("value", "outcome", "status"), [(0.4, "holds", 0), (0.15, "contradicted", 1)]
)
def test_the_numbers_decide(
    build: Path, value: float, outcome: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = read_json(build / "ledger.json")
    ledger["measurements"][STEP]["value"] = value
    write_json(build / "ledger.json", ledger)
    words = ["claims", str(build), "--module", str(build.parent / "tiny")]
    assert main(words) == status
    said = capsys.readouterr().out
    assert f"jumps:jump-helps: {outcome}" in said
    assert said.endswith(f"1 claims: 1 {outcome}\n")
    assert main([*words, "--json"]) == status
    (record,) = json.loads(capsys.readouterr().out)
    assert record["outcome"] == outcome
