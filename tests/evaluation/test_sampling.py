"""How many sampling seeds a picture system needs, and what a row of fewer is."""

import math
import random
import statistics
from dataclasses import replace

import pytest
from checkout import ROOT
from page_samples import SRC, a_plan, claim

from pipelines.blocks.table import TableRequest
from pipelines.cli import main
from pipelines.contracts.files import read_json, write_json
from pipelines.contracts.keys import Sampling, key_of
from pipelines.contracts.measurement import Ledger, Measurement, Producer
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.sampling import SEEDS, SamplingSeeds, load_sampling
from pipelines.evaluation.latent.measure_latent import SeedScores, by_parts, over_seeds
from pipelines.evaluation.rows import RowMaker
from pipelines.module.experiments import wrong_sampling
from pipelines.module.precision import EXACT, sampling_seeds
from pipelines.planwriter.starter import starter

MADE = Producer(rule="measure_latent")
MAKER, OF = RowMaker("a", MADE), Sampling.parse("b@1,w=1")
SLOW, QUICK, OTHER = "base/ddim@50,w=5,leading", "lcm/lcm@4,w=1", "lcm/lcm@8,w=1"
CHANCE = (0.03, -0.03, 0.03, -0.03, 0.03, -0.03, 0.03, -0.03, 0.03, -0.03, 0.03, -0.03)


def row(system: str, metric: str, value: float, parts=CHANCE, **more: object) -> Measurement:
    return Measurement(
        key=key_of(system, metric), value=value, parts=tuple(value + part for part in parts),
        draws="captions", seeds=SEEDS, produced_by=MADE, **more,
    )  # fmt: skip


def ledger(*rows: Measurement) -> Ledger:
    return Ledger(
        preset="default", publish=True, measurements={one.key: one for one in rows}, facts={}
    )


def plan(tmp_path, *nodes, text: str = ""):
    file = tmp_path / "plan.md"
    file.write_text(text, encoding="utf-8")
    return replace(a_plan(*nodes), file=str(file))


def seeds(tmp_path, check: str, *rows: Measurement) -> dict[str, int]:
    return sampling_seeds([plan(tmp_path, claim(check))], ledger(*rows))


def test_a_clear_comparison_needs_one_seed(tmp_path) -> None:
    rows = row(SLOW, "all", 0.9), row(QUICK, "all", 0.5, CHANCE[::-1])
    assert seeds(tmp_path, f"{SLOW}/all > {QUICK}/all", *rows) == {SLOW: 1, QUICK: 1}


@pytest.mark.parametrize(("sigmas", "wanted"), [(4.1, 1), (3.9, 2), (2.9, 2), (2.8, 3), (0.5, 3)])
def test_seeds_follow_the_margin_that_fewer_would_leave(tmp_path, sigmas, wanted) -> None:
    """With three seeds the error is e, with s of them e sqrt(3 / s); four of these are wanted."""
    error = statistics.stdev(CHANCE) / math.sqrt(len(CHANCE))
    gap = sigmas * math.sqrt(3) * error
    rows = row(SLOW, "all", 0.5 + gap), row(QUICK, "all", 0.5, (0.0,) * 12)
    found = seeds(tmp_path, f"{SLOW}/all > {QUICK}/all", *rows)
    assert found == ({SLOW: wanted, QUICK: wanted} if wanted < 3 else {})


def test_pairs_count_as_pairs(tmp_path) -> None:
    rows = row(SLOW, "all", 0.52), row(QUICK, "all", 0.5)
    assert seeds(tmp_path, f"{SLOW}/all > {QUICK}/all", *rows) == {SLOW: 1, QUICK: 1}


def test_where_only_trainings_leave_it_open_drawing_more_is_of_no_use(tmp_path) -> None:
    trained = {"trainings": (0.5,), "repeated": (0.4, 0.5, 0.6, 0.45, 0.55)}
    rows = row(SLOW, "all", 0.52), row(QUICK, "all", 0.5, **trained)
    assert seeds(tmp_path, f"{SLOW}/all > {QUICK}/all", *rows) == {SLOW: 1, QUICK: 1}


def test_a_number_in_a_table_is_drawn_until_it_is_exact(tmp_path) -> None:
    wide = [(-1) ** k * 0.09 for k in range(12)]
    rows = row(SLOW, "all", 0.5, wide), row(QUICK, "all", 0.5), row(OTHER, "all", 0.5, wide)
    table = TableRequest(
        src=SRC,
        id="a",
        table="quality",
        options={"systems": f"{SLOW} = Slow, {QUICK}", "metrics": "all"},
    )
    found = sampling_seeds([plan(tmp_path, table)], ledger(*rows))
    error = statistics.stdev(wide) / math.sqrt(12)
    assert error * math.sqrt(3 / 2) > EXACT > error
    assert found == {QUICK: 1, OTHER: 1}  # nobody names the other one


def test_a_number_in_the_text_counts_too(tmp_path) -> None:
    wide = [(-1) ** k * 0.1 for k in range(12)]
    told = plan(tmp_path, text=f"So many: {{m}}`{SLOW}/all`.")
    assert sampling_seeds([told], ledger(row(SLOW, "all", 0.5, wide))) == {}


def test_the_command_asks_for_what_any_build_needs(tmp_path, capsys) -> None:
    module = tmp_path / "module"
    (module / "one").mkdir(parents=True)
    check = f"{SLOW}/all > {QUICK}/all"
    asked = f":::{{claim}} better\n:check: {check}\nIt is better.\n:::\n"
    before, hook, after = starter("one").partition("#### 2. Hook\n")
    text = f"{before}{hook}\n{asked}{after}"
    (module / "one" / "plan.md").write_text(text, encoding="utf-8")
    for name, gap in (("a", 0.4), ("b", 0.05)):
        rows = row(SLOW, "all", 0.5 + gap), row(QUICK, "all", 0.5, (0.0,) * 12)
        write_json(tmp_path / name / "ledger.json", ledger(*rows))
    builds = [str(tmp_path / name) for name in ("a", "b")]
    words = ["--module", str(module), "--made", "today"]
    assert main(["sampling", builds[0], *words]) == 0
    assert load_sampling(module / "sampling.json").seeds == {SLOW: 1, QUICK: 1}
    assert main(["sampling", *builds, *words]) == 0
    assert load_sampling(module / "sampling.json").seeds == {SLOW: 2, QUICK: 2}
    assert "2 systems, 4 of 6 seeds" in capsys.readouterr().out
    assert main(["sampling", str(module), *words]) == 2
    assert "no finished build" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "[]", '{"seeds": {"a/b@1,w=1": 0}}', '{"seeds": {"a/b@1,w=1": 3}}', '{"x": 1}']
)
def test_a_broken_file_is_named_with_its_remedy(tmp_path, content) -> None:
    (tmp_path / "sampling.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputProblems, match=r"ML102.*sampling seeds(.|\n)*measured-lessons"):
        load_sampling(tmp_path / "sampling.json")
    assert len(list(wrong_sampling(tmp_path, {}))) == 1


def test_a_system_that_nobody_draws_is_named(tmp_path) -> None:
    write_json(tmp_path / "sampling.json", SamplingSeeds(seeds={"lcm/lcm@3,w=1": 1}))
    (problem,) = wrong_sampling(tmp_path, {})
    assert "lcm/lcm@3,w=1" in problem.message and list(wrong_sampling(tmp_path / "no", {})) == []


def test_a_row_of_one_seed_is_the_beginning_of_a_row_of_three() -> None:
    chance = random.Random(1)
    each = [[{"all": chance.gauss(0.5, 0.1)} for _ in range(8)] for _ in SEEDS]
    found = [SeedScores({"all": statistics.fmean(p["all"] for p in one)}, one) for one in each]
    (three,) = over_seeds(MAKER, OF, found, 3 * 384, 1)
    (one,) = over_seeds(MAKER, OF, found[:1], 384, 1, seeds=1)
    assert three.parts[:8] == one.parts and three.draws == one.draws
    assert (one.seeds, three.seeds) == ((0,), SEEDS) and one.value == found[0].scores["all"]
    assert one.spread == by_parts(one.parts) and one.spread_over == "8 groups of captions"


def test_two_trainings_of_one_seed_are_told_apart() -> None:
    found = [SeedScores({"all": v}, [{"all": v}] * 8) for v in (0.4, 0.6)]
    (row,) = over_seeds(MAKER, OF, found, 2 * 384, 1, seeds=1)
    assert row.trainings == (0.4, 0.6) and row.parts == (0.5,) * 8
    assert row.spread_over == "2 trainings, 1 sampling seed"


def test_the_module_s_file_fits_it() -> None:
    found = load_sampling_of_the_module()
    assert all(1 <= n < len(SEEDS) for n in found.values())


def load_sampling_of_the_module() -> dict[str, int]:

    path = ROOT / "lessons/fast-generation/sampling.json"
    return read_json(path)["seeds"] if path.exists() else {}
