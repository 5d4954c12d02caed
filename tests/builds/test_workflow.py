"""The whole build on the smoke preset: from nothing, twice, and after every kind of edit."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from checkout import ROOT, Checkout, jobs, trained
from warm import shared, warm

pytestmark = pytest.mark.build


MODULE = "lessons/fast-generation"
KEPT = ("toy-edm", "toy-flow", "toy-cd", "toy-cd-*", "toy-ct")  # what the first lesson asks for
WITHOUT = ("toy-cd-both-*",)
LATENT = {
    "base": "ddim@2,w=3,leading",
    "lcm-lora": "lcm@1,w=1",
}  # models kept, and one system of each
PLAN = f"{MODULE}/consistency-models/plan.md"
EVALUATIONS = "| Network evaluations | one | one |\n"
TIMED = ("lcm-lora/lcm@1,w=1/latency", "base/ddim@2,w=3,leading/latency")
SECONDS = "".join(("| Seconds ", *(f"| {{value}}`{key}` " for key in TIMED), "|\n"))
NOTEBOOK = re.compile(r"(?m)^:notebook: .*\n")


class Project(Checkout):
    """The sources with one lesson, that lesson's networks, and two models of pictures.

    A job costs seconds even where its training takes none, and all go through the same rules.
    """

    def furnish(self) -> None:
        shutil.copytree(ROOT / "lessons", self.folder / "lessons")
        self.lighten()

    def lighten(self) -> None:
        experiments = self.folder / MODULE / "experiments"
        kept = {path for pattern in KEPT for path in experiments.glob(f"{pattern}.yaml")}
        kept -= {path for pattern in WITHOUT for path in experiments.glob(f"{pattern}.yaml")}
        for path in set(experiments.iterdir()) - kept:
            path.unlink()
        for path in kept:
            self.alone(path)
        # Trainings of experiments that are not there, and spreads lent by them, would be errors.
        for name in ("repetitions.json", "sampling.json"):  # they name what is not kept here
            (self.folder / MODULE / name).unlink()
        latent = self.folder / MODULE / "latent"
        shutil.rmtree(latent / "published")
        for path in latent.glob("*.yaml"):
            if path.stem not in LATENT:
                path.unlink()
                continue
            kept_keys = path.read_text(encoding="utf-8").partition("systems:")[0]
            systems = f'systems: ["{LATENT[path.stem]}"]\n'
            path.write_text(kept_keys + systems + systems.replace("systems", "timed"))
        recipe = latent / "recipes/quick.yaml"
        few = re.sub(r"steps: \d+, batch: \d+", "steps: 500, batch: 8", recipe.read_text())
        recipe.write_text(few)  # two steps each with the smoke preset
        for plan in (self.folder / MODULE).glob("*/plan.md"):
            if plan.parent.name != "consistency-models":
                shutil.rmtree(plan.parent)
        plan = self.folder / PLAN
        text = plan.read_text(encoding="utf-8")
        for name in NOTEBOOK.findall(text)[1:]:  # the others would go the way of the first
            text = text.replace(name, "")
        text = text.replace(EVALUATIONS, EVALUATIONS + SECONDS)  # so that pictures are timed
        plan.write_text(text, encoding="utf-8")

    @staticmethod
    def alone(path: Path) -> None:
        """Let an experiment borrow from nobody."""
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("spread_from:")))

    def manifest(self) -> dict[str, dict[str, dict[str, str]]]:
        return json.loads((self.build_folder / "manifest.json").read_text())

    def lesson_pages(self) -> dict[str, bytes]:
        """Return all but the index, which says that a lesson has failed."""
        return {name: page for name, page in self.pages().items() if name != "index.html"}

    def retrained(self) -> set[str]:
        """Return the experiments that a build would train."""
        return trained(self.dry_run())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.made(tmp_path_factory.mktemp("project"))
    project.build()
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project that a test may edit: same bytes, same times."""
    return built.copied(tmp_path / "project")


DOCUMENTS = {"render_lesson", "render_index", "publish_lesson"}


def test_a_second_run_has_nothing_to_do(built: Project) -> None:
    assert built.planned() == {}


def test_everything_is_in_the_manifest_and_as_it_says(built: Project) -> None:
    products = built.manifest()["products"]
    folder = built.folder / "build/smoke"
    rules = {entry["rule"] for entry in products.values()}
    assert rules >= {
        "train_plane",
        "measure_plane",
        "clock_plane",
        "collect_ledger",
        "draw_figure",
        "render_lesson",
        "render_index",
    }
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    unlisted = {
        name
        for name in on_disk - products.keys()
        if not name.startswith(("logs/", "site/", "seals/", "benchmarks/"))
    }
    assert unlisted == {
        "manifest.json",
        ".build.lock",
        ".site.lock",
        "published/.progress.json",
    }
    assert PLAN in built.manifest()["sources"]


def test_smoke_pages_are_stamped(built: Project) -> None:
    pages = [page for name, page in built.pages().items() if name.endswith(".html")]
    assert pages
    for page in pages:
        assert "not for publication" in page.decode().lower()


def test_a_sentence_reruns_documents_only(project: Project) -> None:
    text = (project.folder / PLAN).read_text(encoding="utf-8")
    (project.folder / PLAN).write_text(text.replace(" the ", " the very ", 1), encoding="utf-8")
    assert project.planned().keys() == DOCUMENTS


def test_a_heading_of_the_outline_reaches_the_pages_of_exercises(project: Project) -> None:
    with project.changed(PLAN, "\n#### 2. ", "\n#### 2. A Renamed "):
        assert project.planned().keys() == DOCUMENTS | {"render_exercise", "pack_materials"}


def test_a_comment_in_a_method_reruns_nothing(project: Project) -> None:
    path = project.folder / "pipelines/methods/toy/consistency_training.py"
    path.write_text(path.read_text() + "\n# a remark\n")
    assert project.planned() == {}


def test_a_method_retrains_its_networks_only(project: Project) -> None:
    path = project.folder / "pipelines/methods/toy/consistency_training.py"
    path.write_text(path.read_text() + "\nCHANGED = True\n")
    told = project.dry_run()
    assert trained(told) == {"toy-ct"}
    assert jobs(told)["measure_plane"] == 1


def test_the_tiny_stable_diffusion_is_trained_drawn_and_timed(built: Project) -> None:
    products = built.manifest()["products"]
    assert {"models/base/judge.safetensors", "measurements/lcm-lora.json"} <= products.keys()
    assert "samples/base.safetensors" in products
    assert "timings/pictures/consistency-models.json" in products
    assert "models/lcm-lora/pytorch_lora_weights.safetensors" in products


def test_the_gpu_profile_moves_the_pictures_and_nothing_else(built: Project) -> None:
    profile = ("--workflow-profile", "profiles/gpu")
    told = built.snakemake("--dry-run", "--forceall", "-p", *profile).stdout
    commands = re.findall(r"pipelines\.stages\.(\w+) (.*)", told)
    moved = {stage for stage, words in commands if "--device cuda" in words}
    assert moved == {
        "train_base_part",
        "cache_latents",
        "train_latent",
        "measure_latent",
        "clock_latent",
    }
    assert all("--device cuda" in words for stage, words in commands if stage in moved)


def test_the_base_is_retrained_where_that_is_asked() -> None:
    """As the documents write it; otherwise the published base is used."""
    for told, rule in (
        ("retrain=true", "train_base_part"),
        ("retrain=false", "use_published_base"),
    ):
        words = ["--cores", "1", "--dry-run", "--quiet", "rules", "--forceall"]
        words += ["--config", told, "--", "build/models/base"]
        done = shared().run(ROOT, "snakemake", *words)
        assert done.returncode == 0, done.stdout
        ran = set(re.findall(r"(?m)^(\w+) +\d+$", done.stdout))
        assert {"train_base_part", "use_published_base"} & ran == {rule}


@pytest.mark.parametrize("recipe", ["quick", "published"])
def test_a_base_to_publish_is_trained_by_the_recipe_that_is_asked(recipe: str) -> None:
    parts, target = "build/base/models/base-parts", "build/base/measurements/base.json"
    words = ["--cores", "1", "--dry-run", "--printshellcmds", "--forceall", "--config"]
    words += ["retrain=true", f"recipe={recipe}", "build=build/base", "--", target]
    done = shared().run(ROOT, "snakemake", *words)
    assert done.returncode == 0, done.stdout
    commands = re.findall(r"python -m pipelines\.stages\.(\w+) (\S+) (.*)", done.stdout)
    assert {stage for stage, _, _ in commands} == {
        "train_base_part",
        "assemble_base",
        "measure_latent",
    }
    trained = {
        words.split()[1]: words for stage, _, words in commands if stage == "train_base_part"
    }
    assert trained.keys() == {"judge", "perception", "autoencoder", "decoder", "denoiser"}
    assert f"--need=autoencoder={parts}/autoencoder.safetensors" in trained["denoiser"]
    recipes = {Path(file).stem for stage, file, _ in commands if stage != "measure_latent"}
    assert recipes == {recipe}


def test_a_method_on_pictures_retrains_its_models_only(project: Project) -> None:
    path = project.folder / "pipelines/methods/latent/lcm_lora.py"
    path.write_text(path.read_text() + "\nCHANGED = True\n")
    assert project.retrained() == {"lcm-lora"}


def test_titles_and_systems_of_pictures_train_nothing(project: Project) -> None:
    name = f"{MODULE}/latent/lcm-lora.yaml"
    with project.changed(name, "title: ", "title: Another "):
        planned = project.planned()
        assert planned.keys() >= {"render_lesson"}
        assert not planned.keys() & {"train_latent", "measure_latent", "clock_latent"}
    with project.changed(name, "systems: [", 'systems: ["lcm@2,w=1", '):
        planned = project.planned()
        assert planned["measure_latent"] == 1
        assert not planned.keys() & {"train_latent", "clock_latent"}
    with project.changed(name, "timed: [", 'timed: ["lcm@2,w=1", '):
        planned = project.planned()
        assert planned["clock_latent"] == 1
        assert not planned.keys() & {"train_latent", "measure_latent"}


COMPUTES = {
    *(
        "train_plane",
        "measure_plane",
        "clock_plane",
        "train_base_part",
        "assemble_base",
        "cache_latents",
        "train_latent",
        "measure_latent",
    ),
    *(
        "clock_latent",
        "execute_listing",
        "collect_ledger",
        "collect_lesson_ledger",
        "draw_figure",
        "render_lesson",
        "render_index",
    ),
}


def test_another_environment_makes_everything_again(project: Project) -> None:
    with project.changed("requirements.lock", "torch==", "# torch=="):
        assert project.planned().keys() >= COMPUTES - {
            "execute_listing"
        }  # the lesson runs no program


def test_an_experiment_retrains_itself_and_what_depends_on_it(project: Project) -> None:
    project.edit("lessons/fast-generation/experiments/toy-flow.yaml", "seed: 0", "seed: 5")
    assert project.retrained() == {"toy-flow", "toy-cd-flow"}


@pytest.mark.nightly
def test_two_builds_give_the_same_bytes(built: Project, tmp_path: Path) -> None:
    from manifests import differences

    from pipelines.manifest import Manifest

    again = Project.made(tmp_path)
    with warm() as other:
        (tmp_path / "seed.py").write_text("print(hash('a'))")
        seeds = {by.run(tmp_path, "seed").stdout for by in (shared(), other)}
        assert len(seeds) == 2 or "PYTHONHASHSEED" in os.environ
        again.build(by=other)
    one, other = (Manifest.model_validate(project.manifest()) for project in (built, again))
    assert len(one.products) > 50
    assert differences(one, other) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "word"),
    [
        ("experiments/toy-cd.yaml", "method:", "metod:", "method:", "metod"),
        ("experiments/toy-cd.yaml", "teacher: toy-edm", "teacher: toy-edn", "teacher:", "toy-edn"),
        ("consistency-models/plan.md", ":::{insight}", ":::{insihgt}", ":::{insight}", "insihgt"),
        (
            "consistency-models/plan.md",
            "| Network evaluations | one | one |",
            "| Network evaluations | one |",
            "| Network evaluations |",
            "cells",
        ),
        (
            "consistency-models/plan.md",
            "{value}`toy-cd/consistency@1/off_manifold",
            "{value}`toy-cx/consistency@1/off_manifold",
            "{value}`toy-cd/consistency@1/off_manifold",
            "toy-cx",
        ),
    ],
)
def test_bad_input_is_named_and_leaves_the_pages(
    project: Project, name: str, old: str, new: str, line: str, word: str
) -> None:
    path = project.folder / "lessons/fast-generation" / name
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(i for i, text in enumerate(lines, 1) if line in text)
    before = project.lesson_pages()
    project.edit(f"lessons/fast-generation/{name}", old, new)
    done = project.snakemake()
    assert done.returncode != 0
    output = done.stdout
    assert f"{name}:{number}:" in output, output
    assert word in output
    assert "remedy:" in output
    assert project.lesson_pages() == before


def test_all_mistakes_of_all_files_are_told_at_once(project: Project) -> None:
    module = "lessons/fast-generation"
    project.edit(f"{module}/experiments/toy-cd.yaml", "method:", "metod:")
    project.edit(f"{module}/experiments/toy-ct.yaml", "lr:", "rl:")
    project.edit(PLAN, ":::{insight}", ":::{insihgt}")
    project.edit(PLAN, ":::{tip}", ":::{tpi}")
    output = project.snakemake().stdout
    assert all(word in output for word in ("`metod`", "rl", "insihgt", "tpi")), output


def test_a_missing_value_is_named_and_leaves_the_pages(project: Project) -> None:
    before = project.lesson_pages()
    project.edit(PLAN, "/consistency@1/off_manifold", "/consistency@1/off_manifest")
    done = project.snakemake()
    assert done.returncode != 0
    assert "off_manifest" in done.stdout
    assert f"{PLAN}:" in done.stdout
    assert project.lesson_pages() == before


def test_bytes_that_are_not_utf8(project: Project) -> None:
    before = project.lesson_pages()
    path = project.folder / PLAN
    path.write_bytes(path.read_bytes() + b"\nbroken \xff\xfe\n")
    done = project.snakemake()
    assert done.returncode != 0
    assert "UTF-8" in done.stdout
    assert project.lesson_pages() == before
