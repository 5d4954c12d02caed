"""Programs of lessons: only files of the repository run; the page shows what came out."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path

import pytest
from page_samples import SRC, a_plan, parsed, sources, t

from pipelines.any_plan import read_plan, read_text
from pipelines.blocks.listing import Listing
from pipelines.contracts.problems import InputProblems
from pipelines.evaluation.programs import executed
from pipelines.module.listings import listing_file, wrong_listings
from pipelines.module.requests import ListingUse, listings
from pipelines.pages.render import render_lesson

MODULE = Path("lessons/fast-generation")
OURS = sorted(MODULE.glob("*/listings/*.py"))
PLAN = """\
# Appendix: Side Table

**Slug:** `side`
**Kind:** appendix
**Voice:** explicit

## Phase 3: Design

### Lesson Outline

#### 1. Run

:::{{listing}} {name}
:models: {models}
The caption.
:::

```python
raise SystemExit("a fence is never run")
```
"""


def program(folder: Path, code: str) -> Path:
    path = folder / "shown.py"
    path.write_text(code, encoding="utf-8")
    return path


def test_a_program_runs_with_a_model_of_the_build(tmp_path: Path) -> None:
    model = tmp_path / "models" / "base"
    model.mkdir(parents=True)
    (model / "weights").write_text("ours")
    code = (
        "from pathlib import Path\n"
        "from PIL import Image\n"
        'print(Path("some/model", "weights").read_text())\n'
        'Image.new("RGB", (4, 3)).save("picture.png")\n'
    )
    made = executed(program(tmp_path, code), {"some/model": model})
    assert made.code == code
    assert made.models == {"some/model": "base"}
    assert made.printed == ("ours",)
    assert [(one.name, one.width, one.height) for one in made.pictures] == [("picture.png", 4, 3)]


def test_it_sees_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "42")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "helper.py").touch()
    code = (
        "import json, os, sys\n"
        "print(json.dumps([sorted(os.environ), sorted(sys.modules), os.listdir()]))\n"
        "import helper\n"
    )
    with pytest.raises(InputProblems) as caught:
        executed(program(tmp_path, code), {})
    assert "No module named" in str(caught.value)
    made = executed(program(tmp_path, code.replace("import helper\n", "")), {})
    environment, modules, files = json.loads(made.printed[0])
    assert "A_SECRET" not in environment and "PYTHONPATH" not in environment
    assert not [name for name in modules if name.startswith("pipelines.")]
    assert files == ["program.py"]


def test_a_program_that_fails_is_named_with_its_line(tmp_path: Path) -> None:
    path = program(tmp_path, "x = 1\n\nraise ValueError('too blue')\n")
    with pytest.raises(InputProblems) as caught:
        executed(path, {})
    problem = caught.value.problems[0]
    assert (problem.file, problem.line, problem.code) == (str(path), 3, "ML408")
    assert problem.message == "ValueError: too blue" and problem.remedy


def test_a_stand_in_that_nothing_asks_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="does not name `some/model`"):
        executed(program(tmp_path, "pass\n"), {"some/model": tmp_path})


def test_a_plan_names_files_of_its_own_folder_only() -> None:
    plan, problems = read_text(PLAN.format(name="run-me", models="a/b = base, c/d-1.5 = lcm-lora"))
    assert not problems
    assert listings(plan)["run-me"].models == {"a/b": "base", "c/d-1.5": "lcm-lora"}
    assert listing_file("x/plan.md", "run-me") == Path("x/listings/run-me.py")
    for name in ("../../secret", "/etc/passwd", "a.b"):
        plan, problems = read_text(PLAN.format(name=name, models="a/b = base"))
        assert "ML211" in {problem.code for problem in problems}
        assert all(set(one) <= set("abcdefghijklmnopqrstuvwxyz-") for one in listings(plan))
    _, problems = read_text(PLAN.format(name="run-me", models="a/b"))
    assert [problem.code for problem in problems] == ["ML208"]


def test_what_cannot_run_is_found_before_any_job(tmp_path: Path) -> None:
    plan = str(tmp_path / "plan.md")
    found = list(wrong_listings(plan, [ListingUse("no-file", {"a/b": "nobody"}, 5)], {}))
    assert {(problem.code, problem.line) for problem in found} == {("ML408", 5), ("ML303", 5)}


def test_the_page_says_what_ran_and_what_came_out() -> None:
    page = render_lesson(
        a_plan(Listing(src=SRC, id="program", models={"a/b": "base"}, caption=t("C"))), sources()
    )
    tree = parsed(page)
    figure = next(n for n in tree.iter("figure") if n.get("id") == "listing-program")
    image = next(figure.iter("img"))
    assert image.get("src").startswith("data:image/png;base64,") and "a.png" in image.get("alt")
    said = " ".join("".join(figure.itertext()).split())
    assert "The build ran this program" in said and "models/base" in said and "two" in said


def test_a_listing_that_did_not_run_is_missing() -> None:
    with pytest.raises(InputProblems, match="ML408"):
        render_lesson(a_plan(Listing(src=SRC, id="other")), sources())


@pytest.mark.parametrize("path", OURS, ids=[path.stem for path in OURS])
def test_our_programs_use_public_names_and_are_shown(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    assert not any((node.module or "").startswith("pipelines") for node in imports)
    uses = listings(read_plan(path.parents[1] / "plan.md")[0])
    assert path.stem in uses
    assert all(f'"{repository}"' in code for repository in uses[path.stem].models)


def test_a_program_that_git_does_not_know_is_not_run(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path)]
    plan, use = tmp_path / "plan.md", ListingUse("shown", {}, 3)
    (tmp_path / "listings").mkdir()
    program(tmp_path / "listings", "print(1)")
    assert not list(wrong_listings(str(plan), [use], {}))  # outside of a repository
    subprocess.run([*git, "init", "--quiet"], check=True)
    (problem,) = wrong_listings(str(plan), [use], {})
    assert problem.code == "ML408" and "git add" in problem.remedy
    subprocess.run([*git, "add", "listings"], check=True)
    assert not list(wrong_listings(str(plan), [use], {}))
