"""Across plans: teaching order, the concept index, depths that do not agree, and starters."""

import json
from pathlib import Path

import pytest

from pipelines.any_plan import read_plan, read_text
from pipelines.cli import main
from pipelines.contracts.plan import LessonPlan, ModulePlan
from pipelines.contracts.spans import DepthLevel
from pipelines.planlint.concepts import (
    ConceptIndex,
    concept_index,
    concept_key,
    same_concept,
)
from pipelines.planlint.disagreements import depth_problems, link_problems
from pipelines.planwriter.starter import starter

MODULE = """\
# Module 2.1: Bread -- Plan

## Module Goal

Bread.

## Lesson Sequence

| Lesson | Core Concept | Type | Rationale for Position |
|---|---|---|---|
| flour | gluten | BUILD | first |
| yeast | rising | STRETCH | second |
| crust | browning | CONSOLIDATE | third |
| rye | sourness | BUILD | not written yet |
"""


def plan_text(slug: str, targets: dict[str, str], rows: list[str], **keys: str) -> str:
    meta = "\n".join(f"**{key.capitalize()}:** {value}" for key, value in keys.items())
    bullets = "\n".join(f"- {name}: {depth}" for name, depth in targets.items())
    return f"""\
# Lesson: {slug.capitalize()}

**Slug:** `{slug}`
**Module:** 2.1 (Bread)
{meta}

---

## Phase 1: Orient (Student State)

| Concept | Depth | Source | Notes |
|---|---|---|---|
| Ovens | INTRODUCED | kitchen-tools (1.4) | hot |

## Phase 2: Analyze

### Prerequisites Table

| Concept | Required Depth | Actual Depth | Source Lesson | Status | Reasoning |
|---|---|---|---|---|---|
{chr(10).join(rows)}

## Phase 3: Design

### Scope Boundaries

**Depth targets:**
{bullets}
"""


def row(concept: str, actual: str, source: str) -> str:
    return f"| {concept} | MENTIONED | {actual} | {source} | OK | needed |"


def course(*texts: str) -> tuple[ConceptIndex, dict[str, LessonPlan]]:
    plans = [read_text(text, f"{number}.md")[0] for number, text in enumerate(texts)]
    index = concept_index(plans)
    return index, {lesson.id: lesson for lesson in index.course.lessons}


FLOUR = plan_text("flour", {"Gluten (the net)": "INTRODUCED", "Kneading": "MENTIONED"}, [])
CRUST = plan_text("crust", {"Gluten": "APPLIED", "Browning": "DEVELOPED"}, [])


def yeast(*rows: str) -> str:
    return plan_text("yeast", {"Kneading": "DEVELOPED", "Rising": "INTRODUCED"}, list(rows))


def codes(index: ConceptIndex, lesson: LessonPlan) -> list[str]:
    return [problem.code for problem in depth_problems(index, lesson)]


def test_the_order_is_that_of_the_module_plan_whatever_the_order_of_files() -> None:
    index, _ = course(CRUST, yeast(), MODULE, FLOUR)
    assert list(index.course.order) == ["flour", "yeast", "crust"]
    assert index.course.numbers == {"2.1.1": "flour", "2.1.2": "yeast", "2.1.3": "crust"}


def test_without_a_module_plan_positions_order_the_lessons() -> None:
    first = plan_text("zeal", {}, [], position="Lesson 1 of 2 in module")
    second = plan_text("ardour", {}, [], position="Lesson 2 of 2 in module")
    earlier = plan_text("late-name", {}, []).replace("2.1 (Bread)", "1.10 (Tools)")
    index, _ = course(second, first, earlier)
    assert list(index.course.order) == ["late-name", "zeal", "ardour"]


def test_neighbours_come_from_the_sequence_even_without_a_plan() -> None:
    index, lessons = course(MODULE, FLOUR, CRUST)
    assert index.course.neighbours(lessons["flour"]) == ("", "yeast")
    assert index.course.neighbours(lessons["crust"]) == ("yeast", "rye")


def test_a_stated_neighbour_that_the_sequence_contradicts_is_a_problem() -> None:
    wrong = FLOUR.replace("\n---", "**Next lesson:** rye-bread\n\n---", 1)
    index, lessons = course(MODULE, wrong, CRUST)
    (problem,) = link_problems(index.course, lessons["flour"])
    assert problem.code == "ML520" and "rye-bread" in problem.message
    right = FLOUR.replace("\n---", "**Next lesson:** `yeast` (2.1.2)\n\n---", 1)
    index, lessons = course(MODULE, right, CRUST)
    assert link_problems(index.course, lessons["flour"]) == []


def test_the_index_says_where_each_concept_reached_which_depth() -> None:
    index, _ = course(MODULE, FLOUR, yeast(), CRUST)
    gluten = index.concepts[concept_key("gluten")]
    assert gluten.name == "Gluten (the net)"
    assert gluten.lessons(DepthLevel.INTRODUCED) == ["flour"]
    assert gluten.lessons(DepthLevel.APPLIED) == ["crust"]
    assert index.concepts[concept_key("Kneading")].lessons(DepthLevel.DEVELOPED) == ["yeast"]
    assert index.concepts["oven"].lessons(DepthLevel.INTRODUCED) == ["kitchen-tools"]


def test_an_actual_depth_that_earlier_lessons_bear_out_is_fine() -> None:
    index, lessons = course(MODULE, FLOUR, yeast(row("Gluten", "INTRODUCED", "flour (2.1.1)")))
    assert codes(index, lessons["yeast"]) == []


@pytest.mark.parametrize("actual", ["DEVELOPED", "MENTIONED", "MISSING"])
def test_a_wrong_actual_depth_is_flagged(actual: str) -> None:
    index, lessons = course(MODULE, FLOUR, yeast(row("the gluten", actual, "flour (2.1.1)")))
    (problem,) = depth_problems(index, lessons["yeast"])
    assert problem.code == "ML522" and "makes it INTRODUCED" in problem.message
    assert problem.severity == "warning"


def test_later_lessons_do_not_count_as_earlier_ones() -> None:
    rows = row("Gluten", "APPLIED", "flour (2.1.1)")
    index, lessons = course(MODULE, FLOUR, yeast(rows), CRUST)
    assert codes(index, lessons["yeast"]) == ["ML522"]


def test_two_depths_in_a_cell_are_both_allowed() -> None:
    rows = row("Gluten", "DEVELOPED (wheat) / INTRODUCED (rye)", "flour")
    index, lessons = course(MODULE, FLOUR, yeast(rows))
    assert codes(index, lessons["yeast"]) == []


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("crust-making (2.1.3)", "later"),
        ("crust", "later"),
        ("yeast-dough (2.1.2)", "this lesson"),
    ],
)
def test_a_concept_needed_before_it_is_taught(source: str, says: str) -> None:
    index, lessons = course(MODULE, FLOUR, yeast(row("Browning", "INTRODUCED", source)), CRUST)
    (problem,) = depth_problems(index, lessons["yeast"])
    assert problem.code == "ML521" and says in problem.message


def test_a_gap_that_the_author_declares_is_not_used_too_early() -> None:
    index, lessons = course(MODULE, yeast(row("Browning", "MISSING", "--")), CRUST)
    assert codes(index, lessons["yeast"]) == []


def test_a_plan_contradicts_its_own_student_table() -> None:
    index, lessons = course(MODULE, FLOUR, yeast(row("Ovens", "APPLIED", "kitchen-tools (1.4)")))
    (problem,) = depth_problems(index, lessons["yeast"])
    assert problem.code == "ML522" and "student table" in problem.message


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Self-consistency property", "the self-consistency property of ODE trajectories", True),
        ("Knowledge distillation (a (nested) note)", "Knowledge distillation pattern", True),
        ("Contour lines", "contour line", True),
        ("Flow matching", "Flow matching loss", False),
        ("Class", "Clas", False),
        ("", "anything", False),
    ],
)
def test_names_of_one_concept(one: str, other: str, same: bool) -> None:
    assert same_concept(concept_key(one), concept_key(other)) is same


# --- the commands -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {"module.md": MODULE, "flour.md": FLOUR, "crust.md": CRUST}
    texts["yeast.md"] = yeast(row("Gluten", "APPLIED", "flour (2.1.1)"))
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_index_prints_lessons_concepts_and_what_disagrees(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", str(folder)]) == 0
    printed = capsys.readouterr()
    assert "2.1.2 yeast (after flour, before crust)" in printed.out
    assert "  introduced: flour\n" in printed.out
    assert "ML522" in printed.err


def test_index_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", str(folder), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [lesson["slug"] for lesson in data["lessons"]] == ["flour", "yeast", "crust"]
    assert data["lessons"][2]["next"] == "rye"
    kneading = next(one for one in data["concepts"] if one["name"] == "Kneading")
    assert kneading["mentioned"] == ["flour"] and kneading["developed"] == ["yeast"]
    assert kneading["evidence"][0]["by"] == "depth target"


def test_index_of_an_empty_folder_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", str(tmp_path)]) == 1
    assert "no plan lies here" in capsys.readouterr().err


def test_schema_knows_the_three_kinds_of_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    kinds = {"LessonPlan", "ModulePlan", "PlainDocument"}
    assert kinds <= set(schema["$defs"])
    assert schema["discriminator"]["propertyName"] == "type"
    assert "prerequisites" in schema["$defs"]["LessonPlan"]["properties"]


def test_a_starter_is_a_plan_without_guesses(tmp_path: Path) -> None:
    plan, problems = read_text(starter("tying-a-bowline"))
    assert isinstance(plan, LessonPlan) and plan.id == "tying-a-bowline"
    assert problems == [] and plan.guesses == ()
    assert plan.design.outline and len(plan.design.outline.sections) == 7


def test_a_starter_takes_place_and_neighbours_from_the_module_plan() -> None:
    module, _ = read_text(MODULE)
    assert isinstance(module, ModulePlan)
    meta = read_text(starter("yeast", module))[0].meta
    assert (meta.module_number, meta.lesson_number, meta.load) == ("2.1", 2, "STRETCH")
    assert (meta.previous, meta.next) == ("flour", "crust")


@pytest.mark.parametrize("options", [[], ["--module"]])
def test_new_writes_a_plan_that_lints_clean(
    options: list[str], folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.chdir(folder)
    assert main(["new", "rye", *options, *([str(folder)] if options else [])]) == 0
    file = folder / "rye/plan.md"
    assert capsys.readouterr().out.strip().endswith("rye/plan.md")
    assert main(["lint", str(file)]) == 0
    assert "0 error(s), 0 warning(s)" in capsys.readouterr().out
    assert read_plan(file)[0].id == "rye"


def test_new_never_writes_over_a_plan(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rye").mkdir()
    (folder / "rye/plan.md").write_text("mine", encoding="utf-8")
    assert main(["new", "rye", "--module", str(folder)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (folder / "rye/plan.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["../rye", "Rye", "rye bread", "a--b", ""])
def test_new_refuses_what_is_no_slug(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", name, "--module", str(folder)]) == 1
    assert "no slug" in capsys.readouterr().err
    assert not (folder.parent / "rye").exists()
