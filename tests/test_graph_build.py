"""After a good build: a mistake is named and not passed over, and what changed is seen.

One build of one network and one lesson, in a folder whose name holds a space, for all tests here.
Each changes a source, asks Snakemake, and puts the source back.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("Snakefile", "config", "profiles", "pipelines", "templates", "requirements.lock")
MODULE = "lessons/tiny"
PLAN = f"{MODULE}/probe/plan.md"
EXPERIMENT = f"{MODULE}/experiments/toy-edm.yaml"
PAGES = ROOT / "lessons/fast-generation"

pytestmark = pytest.mark.build


class Checkout:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in SOURCES:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, folder / name)
        shutil.copytree(ROOT / "tests/data/tiny-module", folder / MODULE)

    def snakemake(self, *words: str, **config: str) -> subprocess.CompletedProcess[str]:
        beside = Path(sys.executable).parent
        environment = os.environ | {
            "PYTHONPATH": str(self.folder),
            "PATH": os.pathsep.join([str(beside), os.environ["PATH"]]),
        }
        told = {"preset": "smoke", "module": "tiny"} | config
        settings = [f"{key}={value}" for key, value in told.items()]
        command = [f"{beside}/snakemake", "--cores", "all", *words, "--config", *settings]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def planned(self) -> set[str]:
        """Return the rules that a build would run."""
        done = self.snakemake("--dry-run")
        assert done.returncode == 0, done.stdout
        table = done.stdout.partition("Job stats:")[2].partition("\n\n")[0]
        return set(re.findall(r"(?m)^(\w+) +\d+$", table)) - {"all", "total"}

    def page(self) -> str:
        return (self.folder / "build/smoke/draft/probe/index.html").read_text(encoding="utf-8")

    @contextmanager
    def changed(self, name: str, old: str, new: str) -> Iterator[None]:
        """Replace something in a source, the time of the file as it was; then put it back."""
        path = self.folder / name
        text, times = path.read_text(encoding="utf-8"), path.stat()
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

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
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("graph") / "a checkout"
    folder.mkdir()
    checkout = Checkout(folder)
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    return checkout


def refused(built: Checkout, place: str, code: str) -> None:
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
def test_a_mistake_in_a_plan(built: Checkout, old: str, new: str, line: int, code: str) -> None:
    with built.changed(PLAN, old, new):
        refused(built, f"{PLAN}:{line}", code)


@pytest.mark.parametrize("name", ["facts.yaml", "references.bib"])
def test_a_missing_source(built: Checkout, name: str) -> None:
    with built.moved(f"{MODULE}/{name}", "elsewhere"):
        refused(built, f"{MODULE}/{name}:1", "ML108")


@pytest.mark.parametrize("folder", ["New_Lesson", "a b"])
def test_a_lesson_in_a_folder_that_is_no_address(built: Checkout, folder: str) -> None:
    copy = shutil.copytree(built.folder / MODULE / "probe", built.folder / MODULE / folder)
    try:
        refused(built, f"{MODULE}/{folder}/plan.md:1", "ML112")
    finally:
        shutil.rmtree(copy)


def test_a_name_that_a_shell_would_obey(built: Checkout) -> None:
    name = f"{MODULE}/experiments/x&touch PWNED2&y.yaml"
    shutil.copy2(built.folder / EXPERIMENT, built.folder / name)
    try:
        refused(built, f"{name}:1", "ML112")
        assert not (built.folder / "PWNED2").exists()
    finally:
        (built.folder / name).unlink()


def test_a_mistake_in_the_rules_is_not_passed_over(built: Checkout) -> None:
    name = "pipelines/rules/common.smk"
    with built.changed(name, "return figure_use(wildcards).figure\n", "return lost\n"):
        done = built.snakemake()
    assert done.returncode == 1
    assert "`figure_name` of the rules failed" in done.stdout


# --- content, and not time -----------------------------------------------------------------------


def test_a_plan_with_an_old_time_is_rendered(built: Checkout) -> None:
    with built.changed(PLAN, "Off the moons", "Quite off the moons"):
        assert built.snakemake().returncode == 0
        assert "Quite off the moons" in built.page()
    assert built.snakemake().returncode == 0
    assert "Quite" not in built.page()


@pytest.mark.parametrize(
    ("name", "old", "new", "rules"),
    [
        (f"{MODULE}/facts.yaml", "3.55", "3.56", {"collect", "render"}),
        (f"{MODULE}/references.bib", "2023}", "2024}", {"render"}),
        (f"{MODULE}/module.md", "Points", "Dots", {"render"}),
        (f"{MODULE}/probe/listings/hello.py", "hello", "hullo", {"execute", "render"}),
        (EXPERIMENT, "lr: 2", "lr: 3", {"train", "measure", "clock", "draw", "render"}),
        ("templates/lesson.html.j2", "<main", "<main ", {"render"}),
    ],
)
def test_what_changed_is_seen_whatever_its_time(
    built: Checkout, name: str, old: str, new: str, rules: set[str]
) -> None:
    with built.changed(name, old, new):
        planned = built.planned()
    assert planned >= rules
    assert "train" in rules or "train" not in planned


def test_what_was_only_touched_is_not(built: Checkout) -> None:
    for path in (built.folder / MODULE).rglob("*"):
        path.touch()
    assert built.planned() == set()


# --- paths with spaces ---------------------------------------------------------------------------


def commands(told: str) -> dict[str, str]:
    """Return the shell commands of a dry run by stage."""
    return dict(re.findall(r"python -m pipelines\.stages\.(\w+) (.*)", told))


def with_pictures(module: Path) -> None:
    """Give a module the tiny Stable Diffusion, a model made from it, and checkpoints."""
    shutil.copytree(PAGES / "latent/recipes", module / "latent/recipes")
    (module / "latent/published").mkdir()
    for name in ("base", "lcm-lora"):
        text = (PAGES / f"latent/{name}.yaml").read_text(encoding="utf-8")
        alone = re.sub(r"(?m)^spread_from: .*\n", "", text)  # here nobody lends
        (module / f"latent/{name}.yaml").write_text(alone, encoding="utf-8")
    shutil.copytree(PAGES / "checkpoints", module / "checkpoints")


def test_every_path_in_a_command_is_one_word(tmp_path: Path) -> None:
    checkout, build = Checkout(tmp_path), "out put;touch PWNED"
    with_pictures(tmp_path / MODULE)
    found: dict[str, str] = {}
    for config in ({}, {"preset": "default"}, {"preset": "checkpoints"}):
        done = checkout.snakemake("--dry-run", "--printshellcmds", **{"build": build, **config})
        assert done.returncode == 0, done.stdout
        found |= commands(done.stdout)
    stages = {path.stem for path in (ROOT / "pipelines/stages").glob("*.py")}
    ours = {name for name in stages if f"pipelines.stages.{name} " in rules()}
    ours -= {"announce"}  # no job: it runs when jobs begin
    assert found.keys() == ours
    for stage in ours:
        words = shlex.split(found[stage])
        assert all(build in word for word in words if "out put" in word or "PWNED" in word), stage
        assert any(build in word for word in words), stage
    assert not (tmp_path / "PWNED").exists()


def rules() -> str:
    return "".join(path.read_text() for path in (ROOT / "pipelines/rules").glob("*.smk"))


def test_a_build_into_a_folder_with_a_space(built: Checkout) -> None:
    result = "out put/draft/probe/listings/hello.json"
    done = built.snakemake(result, build="out put")
    assert done.returncode == 0, done.stdout
    assert '"hello"' in (built.folder / result).read_text(encoding="utf-8")
