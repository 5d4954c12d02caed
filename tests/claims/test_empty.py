"""Checks that say nothing: they cannot fail, or hold whichever system is which."""

from __future__ import annotations

import re

import pytest
from checkout import ROOT
from claim_samples import make_ledger

from pipelines.claims import parse_check
from pipelines.claims.ranges import Reach, comparisons, reach
from pipelines.claims.shuffles import arrangements, empty_parts
from pipelines.contracts.metrics import METRICS, MODES, range_of

OFF, RMSE, FRECHET = (f"a/x@1/{name}" for name in ("off_manifold", "paired_rmse", "frechet"))
OTHER = "b/x@1/off_manifold"
GRID, ENERGY = "grid/x@1/modes_reached", "a/x@1/energy_distance"


def settled(check: str) -> list[Reach]:
    def bounds(key: str) -> tuple[float, float]:
        return range_of(key, "grid25" if key.startswith("grid") else "")

    return [reach(one, bounds) for one in comparisons(parse_check(check))]


@pytest.mark.parametrize(
    "check",
    [
        f"{OFF} >= 0", f"{OFF} <= 1", f"0 <= {RMSE}", f"{GRID} <= 25", f"{OFF} < 1.5",
        "1 < 2", f"{OFF} <= {OFF}", f"{OFF} <= 2 * {OFF}", f"{OFF} + {OTHER} >= 0",
        f"0.5 * ({OFF} + {OTHER}) <= 1", f"abs({ENERGY}) >= 0", f"min({OFF}, {OTHER}) <= {OFF}",
        f"max({OFF}, {OTHER}) >= {OTHER}", "fact(f) >= fact(f)", f"{RMSE} >= -1",
        f"max({OFF}, 0.5) <= 1", f"min({OFF}, {OTHER}) >= 0",
        f"{RMSE} < 2 * {RMSE}",
    ],
)  # fmt: skip
def test_a_check_that_cannot_fail(check: str) -> None:
    assert settled(check) == [Reach(True)]


@pytest.mark.parametrize(
    "check",
    [
        f"{OFF} < 0", f"{OFF} > 1", f"{GRID} >= 26", "2 < 1", f"{OFF} < {OFF}",
        f"{RMSE} == -1", f"max({OFF}, {OTHER}) > 1",
    ],
)  # fmt: skip
def test_a_check_that_cannot_hold(check: str) -> None:
    assert settled(check) == [Reach(False)]


@pytest.mark.parametrize(
    "check",
    [
        f"{OFF} < 0.1", f"{OFF} <= {OTHER}", f"{OFF} <= 0.5 * {OTHER}", f"{ENERGY} >= 0",
        f"{GRID} >= 24", "other/x@1/modes_reached <= 25", f"{FRECHET} / {RMSE} >= 0",
        f"{OFF} > 0", f"{OFF} - {OTHER} >= 0", "fact(f) < fact(g)", "other/x@1/unheard_of >= 0",
        f"min({OFF}, {OTHER}) <= 0.2",
    ],
)  # fmt: skip
def test_a_check_that_can_go_both_ways(check: str) -> None:
    assert settled(check) == [Reach()]


@pytest.mark.parametrize("check", [f"{GRID} >= 25", f"{OFF} <= 0", f"{OFF} == 0", f"1 <= {OFF}"])
def test_a_check_that_is_true_at_the_end_of_a_scale_only(check: str) -> None:
    assert settled(check) == [Reach(at_end=True)]


def test_each_comparison_is_looked_at() -> None:
    assert settled(f"{OFF} < 0.1 and not {OFF} >= 0") == [Reach(), Reach(True)]


# --- systems in each other's places ----------------------------------------------------------

LEDGER = make_ledger(
    {
        **{
            f"{name}/x@1/off_manifold": value
            for name, value in zip("abcd", (1, 2, 3, 4), strict=True)
        },
        "a/x@1/all": 0.9,
        "b/x@1/all": 0.8,
    },
    {"f": 1.0, "g": 1.05},
)
A, B, C, D = (f"{name}/x@1/off_manifold" for name in "abcd")


@pytest.mark.parametrize(
    ("check", "empty"),
    [
        (f"{A} < {B}", False),
        (f"{A} <= 5 * {B}", True),
        (f"{A} <= 1.5 * {B}", False),
        (f"{A} < 5 and {B} < 5", False),  # of each of them, by itself
        (f"{A} < max({B}, {C}, {D})", False),
        (f"{A} <= 10 * min({B}, {C}, {D})", True),
        (f"abs({A} - {B}) <= 1", False),  # the same in either order
        (f"{A} + {B} < 7", False),
        ("a/x@1/all - b/x@1/all > -0.5", True),
        (f"a/x@1/all < {B}", True),
        ("fact(f) <= 1.1 * fact(g)", True),
        ("fact(f) < fact(g)", False),
        (f"{B} <= 25 * {A} and {B} >= 1.5 * {A}", False),
        (f"{A} <= 5 * {B} and {A} < {C}", True),  # other systems, another part
        (f"{A} <= 5 * {B} or {A} > {B}", True),
    ],
)
def test_what_holds_whichever_system_is_which(check: str, empty: bool) -> None:
    assert bool(empty_parts(parse_check(check), LEDGER)) == empty


def test_many_systems_are_arranged_in_few_ways() -> None:
    keys = [f"s{i}/x@1/off_manifold" for i in range(12)]
    node = parse_check(f"min({', '.join(keys[1:])}) < {keys[0]}")
    assert len(list(arrangements(node))) == 12 * 11 // 2 + 11


# --- one table -------------------------------------------------------------------------------


def test_the_data_have_as_many_modes_as_the_table_says() -> None:
    from pipelines.diffusion.datasets import DATASETS

    assert {name: data.modes for name, data in DATASETS.items()} == MODES


def test_the_documentation_has_the_ranges_of_the_table() -> None:
    told: dict[str, str] = {}
    everything = ""
    for name in ("experiments", "latent"):
        text = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
        section = text.partition("\n## Measurements\n")[2].partition("\n## ")[0]
        for names, values in re.findall(r"^\| (`[^|]*`) \| ([^|]*) \|", section, re.M):
            told |= dict.fromkeys(re.findall(r"[a-z_0-9]+", names), values)
        everything += section
    told = {name: values for name, values in told.items() if values.strip()}
    wanted = {name: METRICS[name].range_text for name in told}
    wanted["modes_reached"] = "0 to the number of modes, high"
    assert told == wanted
    assert all(name in everything for name in METRICS if "ceiling" not in name)


def test_what_the_stages_measure_is_in_the_table() -> None:
    from pipelines.evaluation.plane.scores import METRICS as measured

    assert set(measured) <= set(METRICS)
