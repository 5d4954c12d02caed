"""What the published networks must reach, read off the ledger of a default build.

Runs where a build lies in `build/` (or in $MEASURED_LESSONS_BUILD, which must then exist).
"""

import os
from pathlib import Path

import pytest

from pipelines.contracts.measurement import Ledger, load_ledger, load_timings
from pipelines.manifest import Manifest

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("MEASURED_LESSONS_BUILD", ROOT / "build"))

if "MEASURED_LESSONS_BUILD" not in os.environ and not (BUILD / "manifest.json").is_file():
    pytest.skip("no default build here: make site", allow_module_level=True)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger(BUILD / "ledger.json")


def value(ledger: Ledger, key: str) -> float:
    row = ledger.row(key)
    assert row is not None, f"nothing measured {key}"
    return row.value


def test_the_build_is_one_for_publication(ledger: Ledger) -> None:
    assert ledger.publish
    assert ledger.preset in ("default", "full")


@pytest.mark.parametrize(
    ("key", "bound"),
    [
        ("toy-edm/heun@100/off_manifold", 0.02),
        ("toy-edm/heun@100/restart_deviation", 0.03),
        ("toy-flow/flow_rk4@60/restart_deviation", 1e-4),
        ("toy-cd/consistency@1/off_manifold", 0.09),
        ("toy-cd/consistency@1/paired_rmse", 0.11),
    ],
)
def test_bounds(ledger: Ledger, key: str, bound: float) -> None:
    assert value(ledger, key) <= bound


@pytest.mark.parametrize(("steps", "share"), [(2, 0.65), (4, 0.55)])
def test_more_steps_leave_fewer_off_the_data(ledger: Ledger, steps: int, share: float) -> None:
    one = value(ledger, "toy-cd/consistency@1/off_manifold")
    assert value(ledger, f"toy-cd/consistency@{steps}/off_manifold") <= share * one


def test_students_stand_on_three_seeds(ledger: Ledger) -> None:
    for name in ("toy-cd", "toy-ct"):
        row = ledger.row(f"{name}/consistency@1/off_manifold")
        assert row is not None
        assert len(row.seeds) == 3
        assert row.spread is not None


def test_distillation_is_cheap() -> None:
    """At most thirty CPU-seconds a student: processor time, which a busy machine hardly bends."""
    from pipelines.contracts.files import read_json

    for seed in range(3):
        (row,) = read_json(BUILD / f"models/toy-cd/seed{seed}.timing.json")
        assert row["key"].endswith("/cpu_seconds")
        assert row["value"] <= 30


def test_every_system_was_timed_alone_and_named(ledger: Ledger) -> None:
    timings = load_timings(BUILD / "timings/clock.json")
    assert timings.hardware["cpu"]
    timed = {row.key.rpartition("/")[0] for row in timings.rows}
    sampled = {key.rpartition("/")[0] for key in ledger.measurements if "/real@" not in key}
    assert sampled <= timed


def test_the_manifest_lists_the_site() -> None:
    manifest = Manifest.model_validate_json((BUILD / "manifest.json").read_text())
    site = {
        path.relative_to(BUILD / "site").as_posix()
        for path in (BUILD / "site").rglob("*")
        if path.is_file()
    }
    drafts = {
        name.removeprefix("draft/") for name in manifest.products if name.startswith("draft/")
    }
    assert site <= drafts
