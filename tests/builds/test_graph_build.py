"""After a good build: a mistake is named and not passed over, and what changed is seen.

One build of one network and one lesson, in a folder whose name holds a space, for all tests here.
Each changes a source, asks Snakemake, and puts the source back.
"""

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest
from checkout import ROOT, Checkout

MODULE = "lessons/tiny"
PLAN = f"{MODULE}/probe/plan.md"
EXPERIMENT = f"{MODULE}/experiments/toy-edm.yaml"
PAGES = ROOT / "lessons/fast-generation"

pytestmark = pytest.mark.build


class Probe(Checkout):
    """The sources with one network and one lesson."""

    config: ClassVar = Checkout.config | {"module": "tiny"}

    def furnish(self) -> None:
        shutil.copytree(ROOT / "tests/data/tiny-module", self.folder / MODULE)

    def page(self) -> str:
        return (self.folder / "build/smoke/draft/probe/index.html").read_text(encoding="utf-8")

    @contextmanager
    def moved(self, name: str, to: str) -> Iterator[None]:
        """Move a source away, then back."""
        path, there = self.folder / name, self.folder / to
        path.rename(there)
        try:
            yield
        finally:
            there.rename(path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    folder = tmp_path_factory.mktemp("graph") / "a checkout"
    folder.mkdir()
    probe = Probe.made(folder)
    probe.build()
    return probe


def refused(built: Probe, place: str, code: str) -> None:
    done = built.snakemake()
    assert done.returncode == 1, done.stdout
    assert f"{place}: error {code}" in done.stdout and "remedy:" in done.stdout
    assert "Nothing was built or changed." in done.stdout


# --- a mistake after a good build ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("quality-by-nfe", "qualty-by-nfe", 17, "ML308"),
        (":metric:", ":metrik:", 20, "ML309"),
        ("`probe`", "`prob`", 3, "ML113"),
    ],
)
def test_a_mistake_in_a_plan(built: Probe, old: str, new: str, line: int, code: str) -> None:
    with built.changed(PLAN, old, new):
        refused(built, f"{PLAN}:{line}", code)


@pytest.mark.parametrize("name", ["facts.yaml", "references.bib"])
def test_a_missing_source(built: Probe, name: str) -> None:
    with built.moved(f"{MODULE}/{name}", "elsewhere"):
        refused(built, f"{MODULE}/{name}:1", "ML108")


@pytest.mark.parametrize("folder", ["New_Lesson", "a b"])
def test_a_lesson_in_a_folder_that_is_no_address(built: Probe, folder: str) -> None:
    copy = shutil.copytree(built.folder / MODULE / "probe", built.folder / MODULE / folder)
    try:
        refused(built, f"{MODULE}/{folder}/plan.md:1", "ML112")
    finally:
        shutil.rmtree(copy)


def test_a_name_that_a_shell_would_obey(built: Probe) -> None:
    name = f"{MODULE}/experiments/x&touch PWNED2&y.yaml"
    shutil.copy2(built.folder / EXPERIMENT, built.folder / name)
    try:
        refused(built, f"{name}:1", "ML112")
        assert not (built.folder / "PWNED2").exists()
    finally:
        (built.folder / name).unlink()


def test_a_mistake_in_the_rules_is_not_passed_over(built: Probe) -> None:
    name = "pipelines/steering/lesson_inputs.py"
    with built.changed(name, "return self._figure(wildcards).figure\n", "return lost\n"):
        done = built.snakemake()
    assert done.returncode == 1
    assert "`figure_name` of the rules failed" in done.stdout


# --- content, and not time -----------------------------------------------------------------------


def test_a_plan_with_an_old_time_is_rendered(built: Probe) -> None:
    with built.changed(PLAN, "Off the moons", "Quite off the moons"):
        assert built.snakemake().returncode == 0
        assert "Quite off the moons" in built.page()
    assert built.snakemake().returncode == 0
    assert "Quite" not in built.page()


@pytest.mark.parametrize(
    ("name", "old", "new", "rules"),
    [
        (f"{MODULE}/facts.yaml", "3.55", "3.56", {"collect_ledger", "render_lesson"}),
        (f"{MODULE}/references.bib", "2023}", "2024}", {"render_lesson"}),
        (f"{MODULE}/module.md", "Points", "Dots", {"render_lesson"}),
        (
            f"{MODULE}/probe/listings/hello.py",
            "hello",
            "hullo",
            {"execute_listing", "render_lesson"},
        ),
        (
            EXPERIMENT,
            "lr: 2",
            "lr: 3",
            {"train_plane", "measure_plane", "clock_plane", "draw_figure", "render_lesson"},
        ),
        ("pipelines/templates/lesson.html.j2", "<main", "<main ", {"render_lesson"}),
    ],
)
def test_what_changed_is_seen_whatever_its_time(
    built: Probe, name: str, old: str, new: str, rules: set[str]
) -> None:
    with built.changed(name, old, new):
        planned = built.planned()
    assert planned.keys() >= rules
    assert "train_plane" in rules or "train_plane" not in planned


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("title: EDM teacher", "title: A diffusion model", {"draw_figure", "render_lesson"}),
        (
            "euler: [1, 2]",
            "euler: [1, 2, 3]",
            {"measure_plane", "clock_plane", "collect_ledger", "draw_figure", "render_lesson"},
        ),
    ],
)
def test_a_title_and_another_sampler_train_nothing(
    built: Probe, old: str, new: str, again: set[str]
) -> None:
    """The networks hang on neither; what does is made again."""
    with built.changed(EXPERIMENT, old, new):
        (built.folder / EXPERIMENT).touch()
        planned = built.planned()
    assert planned.keys() >= again
    assert not planned.keys() & ({"train_plane", "measure_plane", "clock_plane"} - again)


def test_another_environment_makes_everything_again(built: Probe) -> None:
    with built.changed("requirements.lock", "torch==", "# torch=="):
        planned = built.planned()
    assert planned.keys() >= {
        "train_plane",
        "measure_plane",
        "clock_plane",
        "collect_ledger",
        "execute_listing",
        "draw_figure",
        "render_lesson",
    }


def test_what_was_only_touched_is_not(built: Probe) -> None:
    for path in (built.folder / MODULE).rglob("*"):
        path.touch()
    assert built.planned() == {}


# --- paths with spaces ---------------------------------------------------------------------------


def commands(told: str) -> dict[str, str]:
    """Return the shell commands of a dry run by stage."""
    return dict(re.findall(r"python -m pipelines\.stages\.(\w+) (.*)", told))


def with_pictures(module: Path) -> None:
    """Give a module the tiny Stable Diffusion, two models made from it, and checkpoints.

    Of one of the models a default build has published results.
    """
    shutil.copytree(PAGES / "latent/recipes", module / "latent/recipes")
    (module / "latent/published").mkdir()
    (module / "latent/published/card.json").write_text("{}")
    (module / "latent/published-results").mkdir()
    for suffix in ("json", "safetensors"):
        (module / f"latent/published-results/lcm-longer.{suffix}").touch()
    for name in ("base", "lcm-lora", "lcm-longer"):
        text = (PAGES / f"latent/{name}.yaml").read_text(encoding="utf-8")
        alone = re.sub(r"(?m)^spread_from: .*\n", "", text)  # here nobody lends
        (module / f"latent/{name}.yaml").write_text(alone, encoding="utf-8")
    shutil.copytree(PAGES / "checkpoints", module / "checkpoints")
    plan = module / "probe/plan.md"
    quoted = ' s, a picture in {value}`base/ddim@50,w=5,leading/latency` s."'
    plan.write_text(plan.read_text(encoding="utf-8").replace(' s."', quoted), encoding="utf-8")


def test_every_path_in_a_command_is_one_word(tmp_path: Path) -> None:
    probe, build = Probe.made(tmp_path), "out put;touch PWNED"
    with_pictures(tmp_path / MODULE)
    found: dict[str, str] = {}
    for words, config in (
        ([], {}),
        ([], {"preset": "default"}),
        (["published_checkpoints"], {}),
    ):
        told = ["--dry-run", "--printshellcmds", *words]
        done = probe.snakemake(*told, **{"build": build, **config})
        assert done.returncode == 0, done.stdout
        found |= commands(done.stdout)
    stages = {path.stem for path in (ROOT / "pipelines/stages").glob("*.py")}
    ours = {name for name in stages if f"pipelines.stages.{name} " in rules()}
    ours -= {"begin_build"}  # no job: it runs when jobs begin
    assert found.keys() == ours
    for stage in ours:
        words = shlex.split(found[stage])
        assert all(build in word for word in words if "out put" in word or "PWNED" in word), stage
        assert any(build in word for word in words), stage
    assert not (tmp_path / "PWNED").exists()


def rules() -> str:
    return "".join(path.read_text() for path in (ROOT / "pipelines/rules").glob("*.smk"))


def test_a_build_into_a_folder_with_a_space(built: Probe) -> None:
    result = "out put/draft/probe/listings/hello.json"
    done = built.snakemake(result, build="out put")
    assert done.returncode == 0, done.stdout
    assert '"hello"' in (built.folder / result).read_text(encoding="utf-8")


def test_an_exercise_is_run_and_its_notebooks_are_published(built: Probe) -> None:
    site = built.site / "probe"
    made = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    names = ("index.html", "notebook.ipynb", "solution.ipynb", "picture.png")
    assert {"materials.zip", *(f"exercises/double/{name}" for name in names)} <= made
    assert "double: right" in (site / "exercises/double/solution.ipynb").read_text("utf-8")
    review = (site / "review.html").read_text("utf-8")
    assert "Wrong solutions told apart: 3 of 3" in review
