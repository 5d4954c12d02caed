"""The recipes of docs/recipes, followed as they are written, and what comes of them on a page."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from checkout import ROOT, Checkout, trained
from warm import shared

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.figure import FORM_NAMES

RECIPES = ROOT / "docs/recipes"
MODULE = "lessons/fast-generation"
STEPS = re.compile(
    r"`(?P<file>[\w./-]+)`(?:\s\([^()]*\(?[^()]*\)?\))?"
    r"(?:,\sbelow\s`(?P<anchor>[^\n]+)`)?:\n\n```\w+\n(?P<text>.*?)```"
    r"|```sh\n(?P<commands>.*?)```",
    re.DOTALL,
)

pytestmark = pytest.mark.build


@dataclass(frozen=True)
class Step:
    """A new file, lines below a line of a file, or commands."""

    file: str
    anchor: str
    text: str
    commands: str

    def follow(self, checkout: Checkout) -> None:
        if self.commands:
            for line in self.commands.splitlines():
                run(checkout, shlex.split(line))
            return
        path = checkout.folder / self.file
        if not self.anchor:
            assert not path.exists(), f"{self.file} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").split("\n")
        at = [i for i, line in enumerate(lines, 1) if line.strip().startswith(self.anchor)]
        assert len(at) == 1, f"{self.file} has {len(at)} lines that begin with {self.anchor!r}"
        lines[at[0] : at[0]] = self.text.removesuffix("\n").split("\n")
        path.write_text("\n".join(lines), encoding="utf-8")


def steps(recipe: str) -> Iterator[Step]:
    text = (RECIPES / f"{recipe}.md").read_text(encoding="utf-8")
    found = [Step(**match.groupdict("")) for match in STEPS.finditer(text)]
    assert len(found) == text.count("\n```") / 2, f"{recipe}.md has a block that is no step"
    yield from found


def run(checkout: Checkout, words: list[str]) -> None:
    """Run a command of a recipe in the checkout, a build with the smoke preset."""
    if words[0] == "snakemake":
        config = dict(word.split("=", 1) for word in words if "=" in word)
        done = checkout.snakemake(**config)
    else:
        assert words[0] == "measured-lessons"
        done = shared().run(checkout.folder, "pipelines", *words[1:])
    assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}"


class Module(Checkout):
    """The sources with the module of the lessons, one experiment, and no lesson."""

    config: ClassVar = Checkout.config | {"module": "fast-generation"}

    def furnish(self) -> None:
        (self.folder / MODULE / "experiments").mkdir(parents=True)
        for name in ("module.md", "facts.yaml", "references.bib", "experiments/grid-edm.yaml"):
            shutil.copy2(ROOT / MODULE / name, self.folder / MODULE / name)

    def page(self, lesson: str, name: str = "index") -> str:
        return (self.site / lesson / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Module:
    """Follow all recipes that add to a module, but for the build, which comes last."""
    made = Module.made(tmp_path_factory.mktemp("recipes"))
    building = [step for step in steps("lesson") if "snakemake" in step.commands]
    for recipe in ("lesson", "method", "figure", "block"):
        for step in steps(recipe):
            if step not in building:
                step.follow(made)
    for step in building:
        step.follow(made)
    return made


def test_every_recipe_is_listed() -> None:
    index = (RECIPES / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in RECIPES.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", index)) == files


def test_a_lesson(module: Module) -> None:
    page = module.page("one-step")
    assert "After one step of Euler" in page
    assert "grid-edm/euler@50/off_manifold" in module.page("one-step", "numbers")
    assert (module.site / "one-step/review.html").is_file()
    assert "one-step/index.html" in (module.site / "index.html").read_text(encoding="utf-8")


def test_a_method(module: Module) -> None:
    models = module.build_folder / "models"
    taught = load_arrays(models / "grid-endpoint.safetensors")
    teacher = load_arrays(models / "grid-edm.safetensors")
    assert taught.keys() == teacher.keys()
    assert any((taught[name] != teacher[name]).any() for name in taught)
    assert "grid-endpoint/consistency@1/off_manifold" in module.page("one-step", "numbers")


def test_a_figure(module: Module) -> None:
    page = module.page("one-step")
    assert "Off-manifold share, a bar for each system. EDM teacher, Euler, 1 step:" in page
    for form in FORM_NAMES:
        drawing = module.site / f"one-step/figures/one-step-bars.{form}.svg"
        assert drawing.read_text(encoding="utf-8").startswith(("<?xml", "<svg"))


def test_a_block(module: Module) -> None:
    page = module.page("one-step")
    assert '<blockquote class="epigraph">' in page
    assert "<footer>Heraclitus</footer>" in page
    plan = f"{MODULE}/one-step/plan.md"
    done = shared().run(module.folder, "pipelines", "format", plan)
    assert ":::{epigraph} Heraclitus" in done.stdout


def test_a_module(tmp_path: Path) -> None:
    class Empty(Checkout):
        config: ClassVar = Checkout.config | {"module": "points"}

        def furnish(self) -> None:
            """No module at all."""

    checkout = Empty.made(tmp_path)
    for step in steps("module"):
        step.follow(checkout)
    page, numbers = (
        (checkout.site / f"first-points/{name}.html").read_text(encoding="utf-8")
        for name in ("index", "numbers")
    )
    assert "moons-edm/euler@10/off_manifold" in numbers
    assert "Elucidating the Design Space" in page
    assert trained(checkout.dry_run()) == set()
