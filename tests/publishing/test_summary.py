"""The last words of a build about its claims."""

from pathlib import Path

from pipelines.contracts.files import write_json
from pipelines.publishing.end_build import about_claims, next_to_turn, read_claims


def record(name: str, outcome: str, margin: float | None = None, timed: bool = False) -> dict:
    told = {"id": name, "outcome": outcome, "margin": margin, "timed": timed}
    return told | {"file": "plan.md", "line": 3, "text": "a < b (a = 1)", "lesson": "l"}


def words(tmp_path: Path, *records: dict) -> list[str]:
    write_json(tmp_path / "draft/l/claims.json", records)
    return list(about_claims(read_claims(tmp_path, ["l", "not-rendered"])))


def test_claims_that_turned_and_undecided_ones_are_listed_with_place_and_numbers(
    tmp_path: Path,
) -> None:
    lines = words(
        tmp_path,
        record("gone", "contradicted", -3.2),
        record("open", "undecided", 1.1),
        record("firm", "holds", 4.0),
    )
    assert lines[0] == "Claims: 3 checked, 1 turned, 1 undecided."
    assert lines[1:3] == ["  turned:", "    plan.md:3: claim `gone`: a < b (a = 1)"]
    assert lines[3:5] == ["  undecided:", "    plan.md:3: claim `open`: a < b (a = 1)"]
    assert lines[-1] == "    `firm` 4.0"


def test_the_ten_thinnest_are_next_to_turn_and_nothing_on_the_clock(tmp_path: Path) -> None:
    many = [record(f"c{k}", "holds", 30.0 - k) for k in range(12)]
    others = [record("cited", "holds"), record("clock", "holds", 2.1, timed=True)]
    write_json(tmp_path / "draft/l/claims.json", [*many, *others])
    thin = next_to_turn(read_claims(tmp_path, ["l"]))
    assert [one.id for one in thin] == [f"c{k}" for k in range(11, 1, -1)]


def test_a_build_without_claims_says_nothing_of_them(tmp_path: Path) -> None:
    assert words(tmp_path) == []
