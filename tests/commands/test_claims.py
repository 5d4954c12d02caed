"""`claims`: the verdicts of a module's plans by the numbers of a build, without building."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.contracts.files import read_json, write_json
from pipelines.planwriter.starter import starter

ROW = {
    "n": 10_000,
    "parts": [0.1, 0.1],
    "draws": "noise",
    "exact": True,
    "produced_by": {"rule": "measure_plane"},
}
CLAIM = """\
:::{claim} jump-helps
:check: toy-cd/consistency@1/off_manifold <= 0.5 * toy-edm/euler@1/off_manifold
A jump leaves at most half as many points off the moons.
:::
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "tiny/jumps").mkdir(parents=True)
    before, hook, after = starter("jumps").partition("#### 2. Hook\n")
    plan = f"{before}{hook}\n{CLAIM}\n{after}"
    (tmp_path / "tiny/jumps/plan.md").write_text(plan, encoding="utf-8")
    keys = ("toy-cd/consistency@1/off_manifold", "toy-edm/euler@1/off_manifold")
    rows = {
        key: {**ROW, "key": key, "value": value}
        for key, value in zip(keys, (0.1, 0.4), strict=True)
    }
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
    ledger["measurements"]["toy-edm/euler@1/off_manifold"]["value"] = value
    write_json(build / "ledger.json", ledger)
    words = ["claims", str(build), "--module", str(build.parent / "tiny")]
    assert main(words) == status
    said = capsys.readouterr().out
    assert f"jumps:jump-helps: {outcome}" in said
    assert said.endswith(f"1 claims: 1 {outcome}\n")
    assert main([*words, "--json"]) == status
    (record,) = json.loads(capsys.readouterr().out)
    assert record["outcome"] == outcome
