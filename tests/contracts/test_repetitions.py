"""Repeated trainings beside the rows of a build: written, read, lent, refused."""

import json
import statistics
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.cli import main
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.files import write_json
from pipelines.contracts.measurement import Measurement, Measurements, Producer
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.repetitions import (
    NONE,
    Group,
    Repetitions,
    load_repetitions,
    with_repetitions,
)
from pipelines.module.experiments import wrong_repetitions

FIVE = (1.0, 2.0, 3.0, 4.0, 5.0)


def row(key: str, value: float = 3.0, trainings: tuple[float, ...] = (3.0,)) -> Measurement:
    return Measurement(
        key=key, value=value, trainings=trainings, produced_by=Producer(rule="measure_plane")
    )


def repetitions(**rows: tuple[float, ...]) -> Repetitions:
    group = Group(
        made="today",
        trainings=tuple(f"seed {k}" for k in range(5)),
        rows={f"{name}/lcm@1,w=1/all": values for name, values in rows.items()},
    )
    return Repetitions((group,))


def test_a_repeated_row_gets_its_values() -> None:
    (found,) = with_repetitions([row("a/lcm@1,w=1/all")], repetitions(a=FIVE), {})
    assert found.repeated == FIVE and found.borrowed is None
    assert found.repeated_in == "today"


def test_a_row_that_was_not_repeated_borrows_where_that_is_said() -> None:
    rows = [row("b/lcm@1,w=1/all"), row("c/lcm@1,w=1/all")]
    borrowing, alone = with_repetitions(rows, repetitions(a=FIVE), {"b": "a"})
    assert borrowing.borrowed == pytest.approx(statistics.stdev(FIVE)) and not borrowing.repeated
    assert alone.borrowed is None and not alone.repeated


def test_a_row_borrows_from_the_row_with_the_nearest_value_and_larger_ones_more() -> None:
    (group,) = repetitions(a=FIVE).root
    rows = {
        "a/lcm@4,w=1/all": (30.0, 30.1, 30.0, 30.1, 30.0),
        "a/lcm@4,w=1/overall": (3.0, 9.0, 3.0, 9.0, 3.0),
        **group.rows,
    }
    lent = Repetitions((group.model_copy(update={"rows": rows}),))
    asked = [row("b/lcm@4,w=1/all", value=value) for value in (2.0, 3.0, 6.0, 25.0)]
    low, same, larger, far = (one.borrowed for one in with_repetitions(asked, lent, {"b": "a"}))
    wide, narrow = statistics.stdev(FIVE), statistics.stdev(rows["a/lcm@4,w=1/all"])
    assert low == same == pytest.approx(wide)
    assert larger == pytest.approx(2 * wide) and far == pytest.approx(narrow)


def test_one_worked_example_gets_no_spread_from_others() -> None:
    example = row("a/lcm@1,w=1/all").model_copy(update={"no_spread": "one example"})
    assert with_repetitions([example], repetitions(a=FIVE), {}) == [example]


def test_what_was_not_trained_here_needs_no_repetition() -> None:
    published = row("a/lcm@1,w=1/all", trainings=())
    assert with_repetitions([published], repetitions(a=FIVE), {}) == [published]


def a_build(folder: Path, *rows: Measurement) -> str:
    write_json(folder / "measurements/a.json", Measurements(rows))
    return str(folder)


def test_the_command_keeps_trainings_and_those_of_another_processor(tmp_path: Path) -> None:
    key, short = "a/lcm@1,w=1/all", "b/lcm@1,w=1/all"
    here = a_build(tmp_path / "here", row(key, trainings=FIVE), row(short, trainings=(1.0, 2.0)))
    there = a_build(tmp_path / "there", row(key, trainings=(9.0,)))
    out = tmp_path / "repetitions.json"
    words = ["repetitions", here, "--beside", there, "--as", "seed 0, AVX2"]
    assert main([*words, "--made", "today", "--out", str(out)]) == 0
    (group,) = load_repetitions(out).root
    assert group.rows == {key: (*FIVE[:4], 9.0)} and group.trainings[-1] == "seed 0, AVX2"


def test_rows_of_a_later_time_stand_beside_the_earlier_ones(tmp_path: Path) -> None:
    key, other = "a/lcm@1,w=1/all", "b/lcm@1,w=1/all"
    out = tmp_path / "repetitions.json"
    first = a_build(tmp_path / "first", row(key, trainings=FIVE), row(other, trainings=FIVE))
    later = a_build(tmp_path / "later", row(key, trainings=FIVE[::-1]))
    assert main(["repetitions", first, "--made", "first", "--out", str(out)]) == 0
    assert main(["repetitions", later, "--made", "later", "--out", str(out), "--add"]) == 0
    found = load_repetitions(out)
    assert found.made == "first; later"
    assert found.rows == {key: FIVE[::-1], other: FIVE}
    group, values = found.find(key) or (None, ())
    assert group and group.made == "later" and values == FIVE[::-1]


def test_a_module_need_not_have_any(tmp_path: Path) -> None:
    assert load_repetitions(tmp_path / "repetitions.json") == NONE


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[1]",
        '[{"made": 1}]',
        '[{"made": "x", "trainings": ["a"], "rows": {}}]',
        '[{"made": "x", "trainings": ["a", "b", "c", "d", "e"], "rows": {"k": [1, 2]}}]',
    ],
)
def test_a_broken_file_is_named_with_its_remedy(tmp_path: Path, content: str) -> None:
    path = tmp_path / "repetitions.json"
    path.write_text(content)
    with pytest.raises(InputProblems, match=r"repetitions\.json:1: error ML102") as caught:
        load_repetitions(path)
    assert "measured-lessons repetitions" in str(caught.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{here}"], "no row of 5 trainings"),
        (["{nowhere}"], "no build"),
        (["{here}", "--beside", "{here}", "--as", "x"], "named twice"),
        (["{here}", "--beside", "{other}"], "a name of its own"),
    ],
)
def test_the_command_writes_nothing_that_would_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    few = row("a/lcm@1,w=1/all", trainings=(1.0, 2.0))
    names = {name: a_build(tmp_path / name, few) for name in ("here", "other")}
    out = tmp_path / "repetitions.json"
    out.write_text("as it was")
    given = [word.format(nowhere=tmp_path / "nowhere", **names) for word in words]
    assert main(["repetitions", *given, "--made", "today", "--out", str(out)]) in (1, 2)
    assert said in capsys.readouterr().err and out.read_text() == "as it was"


def test_a_later_time_has_a_name_of_its_own(tmp_path: Path) -> None:
    build = a_build(tmp_path / "build", row("a/lcm@1,w=1/all", trainings=FIVE))
    words = ["repetitions", build, "--made", "today", "--out", str(tmp_path / "r.json")]
    assert main(words) == 0
    assert main([*words, "--add"]) == 2


SEEDS = ["a", "b", "c", "d", "e"]
FOREIGN = json.dumps([{"made": "x", "trainings": SEEDS, "rows": {"toy-edn/a@1/b": FIVE}}])


@pytest.mark.parametrize(
    ("written", "lender", "code"),
    [
        (FOREIGN, "", "ML102"),
        ("[]", "toy-edm", "ML104"),
        ("{", "", "ML102"),
    ],
)
def test_what_would_make_claims_firmer_unsaid_is_an_error_of_the_module(
    tmp_path: Path, written: str, lender: str, code: str
) -> None:
    (tmp_path / "repetitions.json").write_text(written)
    file = tmp_path / "toy-edm.yaml"
    file.write_text(f"title: T\nspread_from: {lender}\n")
    one = Experiment(
        name="toy-edm", file=str(file), title="T", method="edm", data="moons",
        train=Train(steps=1, batch=1, lr=1), evaluate=Evaluate(samplers={}), spread_from=lender,
    )  # fmt: skip
    (problem,) = wrong_repetitions(tmp_path, {"toy-edm": one})
    assert problem.code == code and problem.remedy


def test_the_module_s_file_is_one_row_a_line() -> None:
    path = ROOT / "lessons/fast-generation/repetitions.json"
    assert path.is_file()
    found = load_repetitions(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= sum(len(group.rows) + 10 for group in found.root)
