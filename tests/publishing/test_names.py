"""Names become files, addresses and words of a command: one rule, for all that people name."""

from dataclasses import replace
from pathlib import Path

import pytest
from checkout import ROOT
from tiny_module import write_module

from pipelines.any_plan import read_text
from pipelines.cli import main
from pipelines.contracts.names import LONGEST, is_identifier, slug_from, title_from_slug
from pipelines.contracts.problems import InputProblems
from pipelines.contracts.spans import Role
from pipelines.module.catalog import read_catalog
from pipelines.module.experiments import wrong_name
from pipelines.pages.inline import Inline
from pipelines.pages.page import new_page
from pipelines.pages.places import Places
from pipelines.pages.sources import ModuleInfo, Sources
from pipelines.planwriter.starter import starter
from pipelines.publishing.page_inputs import EMPTY, module_info

LESSON = """\
# Lesson: T

**Slug:** `{slug}`

## Phase 1: Orient (Student State)
## Phase 3: Design
### Lesson Outline
#### 1. A

"Text."
"""
LONG = "a" * 300
SLUGS = (
    *("../../../escape", "..", ".", "a/b", "index.html", LONG, "static"),
    *("New_Lesson", "a b", "Ü", "-a", "x&touch PWNED&y"),
)


@pytest.fixture(autouse=True)
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def written(plan: Path, text: str) -> Path:
    plan.parent.mkdir(parents=True, exist_ok=True)
    plan.write_text(text, encoding="utf-8")
    return plan


@pytest.mark.parametrize("name", ["a", "toy-edm", "2", "a" * LONGEST])
def test_identifiers(name: str) -> None:
    assert is_identifier(name) and slug_from(name) == name


@pytest.mark.parametrize(
    "name", [*SLUGS[:6], *SLUGS[7:], "/x/abs", "", "a\n", "a--b", "a$b", "{a}", "²"]
)
def test_what_is_no_identifier(name: str) -> None:
    assert not is_identifier(name)
    assert is_identifier(slug_from(f"{name} lesson"))


# --- slugs: of any plan, in lint, render and new -------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_a_slug_that_names_no_folder_stops_lint_and_render(
    slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = written(tmp_path / "in/plan.md", LESSON.format(slug=slug))
    assert main(["lint", str(plan)]) == 1
    assert f"{plan}:3:" in (told := capsys.readouterr().out)
    assert "error ML112" in told and "remedy: write `**Slug:** …`: small letters" in told
    out = tmp_path / "one/two/three/four/out"
    assert main(["render", str(plan), "--out", str(out), "--build", str(tmp_path)]) == 1
    assert f"{plan}:3: error ML112" in capsys.readouterr().err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [plan]


def test_an_absolute_slug_writes_nothing_there(tmp_path: Path) -> None:
    there = tmp_path / "there"
    plan = written(tmp_path / "plan.md", LESSON.format(slug=there))
    assert main(["render", str(plan), "--out", str(tmp_path / "out")]) == 1
    assert not there.exists()


@pytest.mark.parametrize("name", ["...md", "Ü.md", "static.md"])
def test_a_file_whose_name_is_no_slug_needs_one(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without = LESSON.replace("**Slug:** `{slug}`\n", "")
    plan = written(tmp_path / name, without)
    assert main(["lint", str(plan)]) == 1
    assert f"{plan}:1:" in (told := capsys.readouterr().out) and "ML112" in told
    assert main(["render", str(plan), "--out", str(tmp_path / "out/in")]) == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [plan]
    written(plan, LESSON.format(slug="with-one"))
    assert main(["render", str(plan), "--out", str(tmp_path / "out/in")]) == 0
    assert (tmp_path / "out/in/with-one/index.html").is_file()


def test_other_names_of_files_give_a_slug(tmp_path: Path) -> None:
    plan = written(tmp_path / "My Plan_2.md", LESSON.replace("**Slug:** `{slug}`\n", ""))
    assert main(["render", str(plan), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out/my-plan-2/index.html").is_file()


def test_what_is_no_lesson_needs_no_slug() -> None:
    for text in ("# Notes\n", MODULE.replace("Plan\n", "Plan\n\n**Slug:** `A B`\n")):
        plan, problems = read_text(text, "...md")
        assert is_identifier(plan.id) and not problems


@pytest.mark.parametrize("slug", SLUGS)
def test_new_has_the_same_rule(
    slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "--module", str(tmp_path), "--", slug]) in (1, 2)
    told = capsys.readouterr().err
    assert "ML112" in told or "is missing" in told
    written(tmp_path / "module.md", MODULE)
    assert main(["new", "--module", str(tmp_path), "--", slug]) == 1
    assert "ML112" in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["module.md"]


# --- lessons, experiments and checkpoints: files of a module -------------------------------------

MODULE = "# Module 1.2: Motion -- Plan\n\n## Module Goal\n\nB.\n"
EXPERIMENT = """\
title: T
method: edm
data: moons
train: {steps: 10, batch: 8, lr: 1.0e-3}
evaluate: {samplers: {euler: [1]}}
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    written(tmp_path / "module.md", MODULE)
    written(tmp_path / "rising/plan.md", LESSON.format(slug="rising"))
    written(tmp_path / "experiments/toy.yaml", EXPERIMENT)
    return tmp_path


def found(module: Path) -> list[tuple[str, int, str]]:
    """Return what is wrong with a module: file, line, code."""
    with pytest.raises(InputProblems) as caught:
        read_catalog(module)
    assert all(problem.remedy for problem in caught.value.problems)
    within = [(str(Path(one.file).relative_to(module)), one) for one in caught.value.problems]
    return [(file, one.line, one.code) for file, one in within]


def test_a_sound_module(module: Path) -> None:
    assert list(read_catalog(module).lessons) == ["rising"]
    assert main(["lint", str(module)]) == 0


@pytest.mark.parametrize("folder", ["New_Lesson", "a b", "Ü", "static", "index.html", "a" * 200])
def test_a_lesson_folder_that_is_no_address(
    folder: str, module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = written(module / folder / "plan.md", LESSON.format(slug="other"))
    assert (f"{folder}/plan.md", 1, "ML112") in found(module)
    assert main(["lint", str(plan)]) == 1
    assert f"{plan}:1:" in (told := capsys.readouterr().out) and "rename the folder" in told


def test_a_slug_that_is_not_its_folder(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = written(module / "rising/plan.md", LESSON.format(slug="falling"))
    assert found(module) == [("rising/plan.md", 3, "ML113")]
    assert main(["lint", str(plan)]) == 1
    assert f"{plan}:3:" in (told := capsys.readouterr().out) and "ML113" in told


def test_outside_a_module_the_folder_is_free(tmp_path: Path) -> None:
    plan = written(tmp_path / "Some Folder/plan.md", LESSON.format(slug="rising"))
    assert main(["lint", str(plan)]) == 0


NAMES = (
    "x&touch PWNED2&y",
    "a b",
    "(a",
    "{a}",
    "$a",
    "A",
    "toy_edm",
    ".#toy",
    LONG[:200],
    "cached-latents",
)


@pytest.mark.parametrize("folder", ["experiments", "latent"])
@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_whose_name_a_shell_would_read(
    name: str, folder: str, module: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(module / folder / f"{name}.yaml", EXPERIMENT)
    assert (f"{folder}/{name}.yaml", 1, "ML112") in found(module)
    assert main(["lint", str(module / "rising/plan.md")]) == 1
    told = capsys.readouterr().out
    assert "error ML112" in told and "remedy: rename this file" in told


@pytest.mark.parametrize("name", NAMES)
def test_checkpoints_have_the_same_rule(name: str) -> None:
    unfit = wrong_name(Path("checkpoints") / f"{name}.yaml")
    assert unfit and unfit.code == "ML112" and unfit.remedy
    assert wrong_name(Path("checkpoints/sd15.yaml")) is None


@pytest.mark.parametrize("name", ["a_b", "../x", LONG])
def test_ids_have_it_too(name: str) -> None:
    text = LESSON.format(slug="rising") + f"\n:::{{figure}} atlas\n:id: {name}\n:systems: a\n:::\n"
    assert "ML211" in {problem.code for problem in read_text(text)[1]}


# --- titles of what has no plan yet --------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("the-speed-landscape", "The speed landscape"),
        ("lora-finetuning", "LoRA finetuning"),
        ("score-functions-and-sdes", "Score functions and SDEs"),
    ],
)
def test_a_slug_as_a_title(slug: str, title: str) -> None:
    assert title_from_slug(slug) == title
    assert slug_from(title) == slug


def test_a_planned_lesson_has_one_title_wherever_it_is_named(tmp_path: Path) -> None:
    """In the list of a module's lessons, in the text of another one, and when it is begun."""
    write_module(tmp_path)
    module = tmp_path / "lessons/tiny"
    with (module / "module.md").open("a") as file:
        file.write("| lora-finetuning | An adapter | BUILD | Last. |\n")
    catalog = read_catalog(module)
    sources = Sources(EMPTY, module=module_info(catalog), references={})
    known = sources.module.lesson("lora-finetuning")
    assert known and known.title == "LoRA finetuning"
    for info in (sources.module, ModuleInfo("Another")):
        page = new_page("plan.md", replace(sources, module=info), Places())
        role = Role(name="lesson", target="lora-finetuning", line=1)
        assert "LoRA finetuning" in Inline(page).span(role)
    assert "LoRA finetuning" in starter("lora-finetuning")
