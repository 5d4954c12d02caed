"""What a contributor relies on: workflow, hooks, decisions, architecture, docstrings."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from checkout import ROOT

WORKFLOW = ".github/workflows/ci.yml"
DOCUMENTED = 0.90  # of the public functions, classes and methods
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))


@pytest.mark.parametrize(
    ("schema", "name"),
    [("github-workflows", WORKFLOW), ("citation-file-format", "CITATION.cff")],
)
def test_files_for_others_have_their_form(schema: str, name: str) -> None:
    words = ["check_jsonschema", "--builtin-schema", f"vendor.{schema}", ROOT / name]
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_runs_what_ci_runs() -> None:
    workflow = yaml.safe_load((ROOT / WORKFLOW).read_text(encoding="utf-8"))
    commands = [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]
    assert "bash .ci/run" in commands
    assert (ROOT / ".ci/run").is_file()


def test_our_own_hooks_are_there() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = {hook["id"]: hook for repo in config["repos"] for hook in repo["hooks"]}
    assert hooks.keys() >= {"measured-lessons-lint", "ruff-check", "ruff-format"}
    tools = {hook["entry"].split()[0] for hook in hooks.values()}
    assert all(re.fullmatch(r"\.venv/bin/(ruff|snakefmt|measured-lessons)", one) for one in tools)
    plans = re.compile(hooks["measured-lessons-lint"]["files"])
    assert all(plans.search(path.relative_to(ROOT).as_posix()) for path in our_plans())
    assert not plans.search("tests/data/plans/traps.md")


def our_plans() -> Iterator[Path]:
    yield from (ROOT / "lessons").glob("*/module.md")
    yield from (ROOT / "lessons").glob("*/*/plan.md")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_number_status_and_date(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    match = re.match(
        r"# (\d+)\. .+\n\n"
        r"- Status: (accepted|superseded|proposed)\b.*\n"
        r"- Date: \d{4}-\d\d-\d\d\n\n",
        text,
    )
    assert match
    assert int(match[1]) == int(path.stem[:4]) == DECISIONS.index(path) + 1


def test_the_architecture_names_every_room() -> None:
    told = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "pipelines").glob("*/__init__.py")}
    assert {room for room in rooms if f"| `{room}` |" not in told} == set()


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    heads = re.findall(r"(?m)^##+ (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert heads[0] == "[Unreleased]"
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert all(head in kinds or re.match(r"\[.+\]", head) for head in heads)


def test_tests_lie_in_the_room_that_they_test() -> None:
    rooms = {path.parent.name for path in (ROOT / "pipelines").glob("*/__init__.py")}
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert folders - {"benchmarks", "fuzz", "kills", "sabotage"} == rooms | {"builds"}


def test_no_test_imports_another() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?m)^\s*(from|import) (test_\w+|conftest)", text), path


def public(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Yield the public functions, classes and methods of a module, in its order."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def test_what_is_public_says_what_it_does() -> None:
    named: dict[str, bool] = {}
    for path in (ROOT / "pipelines").rglob("*.py"):
        for node in public(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            named[place] = ast.get_docstring(node) is not None
    silent = [place for place, told in named.items() if not told]
    share = 1 - len(silent) / len(named)
    assert share >= DOCUMENTED, f"{share:.3f}; without a docstring:\n" + "\n".join(silent)
