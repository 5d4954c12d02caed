"""A module folder: what it asks the build for, and all that can be wrong with it, at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.contracts.problems import InputProblems
from pipelines.module.catalog import read_catalog
from pipelines.module.sources import load_facts, load_references

EXPERIMENT = """\
title: T
method: {method}
data: {data}
needs: {needs}
train: {{steps: 10, batch: 8, lr: 1.0e-3}}
evaluate:
  samplers: {{{sampler}: [1, 2]}}
"""
MODULE = """\
# Module 1.2: Motion -- Plan

## Lesson Sequence

| Lesson | Core Concept | Type | Rationale |
|---|---|---|---|
| rising | up | BUILD | first |
| falling | down | STRETCH | second |
"""
LESSON = """\
# Lesson: X

**Voice:** explicit

## Phase 2: Analyze
## Phase 3: Design
### Lesson Outline
#### 1. Hook

:::{figure} quality-by-nfe
:id: speed
:systems: teacher/euler@1, student/consistency@2, teacher/euler@2
:metric: off_manifold
:::

::::{insight} Nested
:::{table} timing
:systems: student/consistency@1
:baseline: teacher/euler@2
:::
::::
"""


def experiment(
    folder: Path,
    name: str,
    method: str = "edm",
    data: str = "moons",
    needs: str = "{}",
    sampler: str = "euler",
) -> Path:
    file = folder / "experiments" / f"{name}.yaml"
    file.parent.mkdir(exist_ok=True)
    text = EXPERIMENT.format(method=method, data=data, needs=needs, sampler=sampler)
    file.write_text(text, encoding="utf-8")
    return file


DISTILLED = {
    "method": "consistency_distillation",
    "needs": "{teacher: teacher}",
    "sampler": "consistency",
}


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "module.md").write_text(MODULE, encoding="utf-8")
    for slug in ("falling", "rising", "another"):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "plan.md").write_text(LESSON, encoding="utf-8")
    experiment(tmp_path, "teacher")
    experiment(tmp_path, "student", **DISTILLED)
    return tmp_path


def problems(folder: Path) -> dict[tuple[str, int], str]:
    with pytest.raises(InputProblems) as caught:
        read_catalog(folder)
    return {(Path(p.file).name, p.line): p.code for p in caught.value.problems}


def test_what_a_module_asks_for(module: Path) -> None:
    found = read_catalog(module)
    assert list(found.lessons) == ["rising", "falling", "another"]
    assert list(found.experiments) == ["student", "teacher"]
    lesson = found.lessons["falling"]
    assert lesson.file == str(module / "falling/plan.md")
    use = lesson.figures["speed"]
    assert (use.figure, use.experiments) == ("quality-by-nfe", ("student", "teacher"))
    assert use.options_json == (
        '{"metric": "off_manifold",'
        ' "systems": "teacher/euler@1, student/consistency@2, teacher/euler@2"}'
    )
    assert lesson.tables["timing"].experiments == ("student", "teacher")


@pytest.mark.parametrize(
    ("changes", "line", "code"),
    [
        ({"method": "magic"}, 2, "ML104"),
        ({"data": "sun"}, 3, "ML104"),
        ({"needs": "{teacher: nobody}"}, 4, "ML104"),
        ({"needs": "{}"}, 4, "ML104"),
        ({"sampler": "euler"}, 7, "ML104"),
    ],
)
def test_experiments_that_refer_to_nothing(
    module: Path, changes: dict[str, str], line: int, code: str
) -> None:
    experiment(module, "student", **(DISTILLED | changes))
    assert problems(module)["student.yaml", line] == code


def test_a_reference_that_the_network_does_not_have(module: Path) -> None:
    path = experiment(module, "teacher")
    path.write_text(path.read_text() + "  reference: flow_rk4@60\n", encoding="utf-8")
    last = len(path.read_text().splitlines())
    assert problems(module)["teacher.yaml", last] == "ML104"


def test_circles(module: Path) -> None:
    experiment(module, "student", **(DISTILLED | {"needs": "{teacher: other}"}))
    experiment(module, "other", **(DISTILLED | {"needs": "{teacher: student}"}))
    found = problems(module)
    assert found["student.yaml", 4] == found["other.yaml", 4] == "ML105"


def test_a_figure_of_an_unknown_experiment(module: Path) -> None:
    plan = module / "falling/plan.md"
    plan.write_text(LESSON.replace("student/consistency@2", "nobody"), encoding="utf-8")
    assert problems(module) == {("plan.md", 12): "ML303"}


def test_all_problems_of_all_files_at_once(module: Path) -> None:
    (module / "module.md").unlink()
    (module / "rising/plan.md").write_text("# No plan\n", encoding="utf-8")
    (module / "another/plan.md").write_bytes(b"\xff")
    (module / "falling/plan.md").write_text(LESSON + "\n:::{card}\n", encoding="utf-8")
    experiment(module, "student", method="magic")
    (module / "experiments/broken.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        read_catalog(module)
    codes = {problem.code for problem in caught.value.problems}
    assert codes >= {"ML108", "ML201", "ML205", "ML104", "ML101"}


def test_a_module_without_lessons(tmp_path: Path) -> None:
    (tmp_path / "module.md").write_text(MODULE, encoding="utf-8")
    assert problems(tmp_path) == {(tmp_path.name, 1): "ML108"}


def test_planning_imports_nothing_heavy() -> None:
    heavy = "{'torch', 'matplotlib', 'bibtexparser', 'ftfy', 'numpy', 'snakemake'}"
    code = f"import sys, pipelines.module.catalog; print(*({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# --- facts and references ------------------------------------------------------------------------

FACTS = """\
- id: first
  value: 3.55
  what: FID of one thing
  source: song2023
- id: second
  value: 2
  unit: s
  what: time
  source: song2023
  place: Table 2
  confidence: primary
"""


def test_facts(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(FACTS, encoding="utf-8")
    facts = load_facts(file)
    assert facts["first"].value == 3.55 and facts["second"].line == 5
    assert facts["first"].confidence == "secondary"  # unless it says otherwise


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("value: 2\n", "value: two\n", 6, "ML103"),
        ("unit: s", "units: s", 7, "ML103"),
        ("  what: time\n", "", 5, "ML103"),
        ("confidence: primary", "confidence: heard of", 11, "ML103"),
        ("  place: Table 2\n", "", 5, "ML103"),
        ("place: Table 2", "place: results tables", 5, "ML103"),
        ("id: second", "id: first", 5, "ML107"),
        ("id: second", "id: Second One", 5, "ML103"),
        ("- id: second\n", "- second:\n - [\n", 6, "ML101"),
        ("- id: second\n  value: 2\n  unit: s\n  what: time\n", "- just text\n#", 5, "ML102"),
        ("value: 2\n", "value: !!python/object:os.system 2\n", 6, "ML103"),
    ],
)
def test_each_mistake_in_facts_is_named(
    tmp_path: Path, old: str, new: str, line: int, code: str
) -> None:
    file = tmp_path / "facts.yaml"
    text = FACTS.replace(old, new)
    if code == "ML102":
        text = text.split("#")[0]
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        load_facts(file)
    assert (line, code) in [(p.line, p.code) for p in caught.value.problems]


def test_the_lessons_facts_say_how_they_were_seen() -> None:
    lesson_facts = load_facts(Path("lessons/fast-generation/facts.yaml"))
    first_hand = [one for one in lesson_facts.values() if one.confidence != "secondary"]
    assert len(first_hand) >= 0.8 * len(lesson_facts)


BIB = r"""
@article{song2023,
  author = {Song, Yang and Dhariwal, Prafulla and van der Berg, J{\"o}rg},
  title = {Consistency {Models}},
  journal = {ICML},
  year = {2023},
  eprint = {2303.01469},
}
"""


def test_references(tmp_path: Path) -> None:
    file = tmp_path / "references.bib"
    file.write_text(BIB, encoding="utf-8")
    (one,) = load_references(file).values()
    assert one.authors == ("Yang Song", "Prafulla Dhariwal", "Jörg van der Berg")
    assert (one.title, one.venue, one.year) == ("Consistency Models", "ICML", "2023")
    assert (one.arxiv, one.line) == ("2303.01469", 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BIB + BIB, 10),
        (BIB + "@misc{bare, title={x}\n@misc{ok, title={y}, author={A}}\n", 9),
        (BIB + "@misc{nobody, title={x}}\n", 9),
    ],
)
def test_each_mistake_in_references_is_named(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "references.bib"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        load_references(file)
    assert [(p.line, p.code) for p in caught.value.problems] == [(line, "ML107")]
