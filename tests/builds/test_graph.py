"""What is checked when the graph is drawn: a request that no rule could serve, a missing file.

Snakemake drops such a job without a word where an earlier build left its output, so that each
mistake must be found before. `test_graph_build.py` tries some of them after a good build.
"""

import shutil
from pathlib import Path

import pytest
from checkout import ROOT
from snakemake_interface_common.exceptions import WorkflowError

from pipelines.contracts.problems import InputProblems
from pipelines.graph import content, input_functions, source
from pipelines.module.catalog import read_catalog

TINY = ROOT / "tests/data/tiny-module"
PLAN = "probe/plan.md"
LATENT = "lessons/fast-generation/latent"
LEARNT = "method: lcm_lora\nneeds: {teacher: other}\ntrain: {steps: 1, batch: 1, lr: 1}"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return shutil.copytree(TINY, tmp_path / "module")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").split("\n")
    return next(at for at, line in enumerate(lines, 1) if text in line)


def found(module: Path, *needed: str) -> set[tuple[str, int, str]]:
    with pytest.raises(InputProblems) as caught:
        read_catalog(module, [module / name for name in needed])
    assert all(problem.remedy for problem in caught.value.problems)
    return {
        (Path(one.file).relative_to(module).as_posix(), one.line, one.code)
        for one in caught.value.problems
    }


def test_the_tiny_module_is_sound(module: Path) -> None:
    assert read_catalog(module, [module / "facts.yaml", module / "references.bib"]).lessons


FIGURE, OPTION = ":::{figure} quality-by-nfe", ":metric: off_manifold"
LISTING = ":::{listing} hello"
TABLE = "\n:::{{table}} {}\n:{}: toy-edm/euler@1\n:::\n\n"
AGAIN = f":id: one-figure\n:systems: toy-edm/euler\n:::\n\n{LISTING}"


@pytest.mark.parametrize(
    ("old", "new", "at", "code"),
    [
        (FIGURE, ":::{figure} qualty-by-nfe", "{figure}", "ML308"),
        (FIGURE, ":::{figure} atlas", OPTION, "ML309"),
        (OPTION, ":metrik: off_manifold", ":metrik:", "ML309"),
        (":systems: toy-edm/euler\n", "", "{figure}", "ML309"),
        (":systems: toy-edm/euler", ":systems: toy-edn/euler", ":systems:", "ML303"),
        (LISTING, TABLE.format("qualty", "systems") + LISTING, "{table}", "ML308"),
        (LISTING, TABLE.format("quality", "system") + LISTING, ":system:", "ML309"),
        (LISTING, ":::{listing} hullo", "{listing}", "ML408"),
        (LISTING, f"{FIGURE}\n{AGAIN}", AGAIN, "ML313"),
    ],
)
def test_a_request_that_no_rule_could_serve(
    module: Path, old: str, new: str, at: str, code: str
) -> None:
    edit(module / PLAN, old, new)
    text = (module / PLAN).read_text(encoding="utf-8")
    line = text[: text.index(at)].count("\n") + 1 - (code == "ML313")
    assert (PLAN, line, code) in found(module)


def test_all_mistakes_are_told_at_once(module: Path) -> None:
    edit(module / PLAN, FIGURE, ":::{figure} qualty-by-nfe")
    edit(module / "experiments/toy-edm.yaml", "method: edm", "method: end")
    (module / "experiments/a b.yaml").write_text("", encoding="utf-8")
    (module / "references.bib").unlink()
    codes = {code for _, _, code in found(module, "facts.yaml", "references.bib")}
    assert codes == {"ML308", "ML104", "ML112", "ML108"}


@pytest.mark.parametrize(
    "name",
    ["facts.yaml", "references.bib", "module.md", "latent/recipes/quick.yaml", "latent/published"],
)
def test_a_file_that_the_build_needs(module: Path, name: str) -> None:
    shutil.copytree(ROOT / LATENT / "recipes", module / "latent/recipes")
    (module / "latent/published").mkdir()
    path = module / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert found(module, name) == {(name, 1, "ML108")}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("lcm", "method: base", 2),  # nobody makes the folder of a second base
        ("base", LEARNT, 2),
        ("lcm", "method: combined\nneeds: {model: base, lcm: pair}", 3),  # a pair has no weights
    ],
)
def test_weights_that_nobody_makes(module: Path, name: str, text: str, line: int) -> None:
    (module / "latent").mkdir()
    end = "\nsystems: ['ddim@4,w=3,leading']\n"
    pair = "method: combined\nneeds: {model: base}"
    files = {"base": "method: base", "other": "method: combined\nneeds: {model: base}"}
    for stem, told in {**files, "pair": pair, name: text}.items():
        (module / f"latent/{stem}.yaml").write_text(f"title: T\n{told}{end}", encoding="utf-8")
    assert (f"latent/{name}.yaml", line, "ML104") in found(module)


# --- the net beneath -----------------------------------------------------------------------------


@input_functions
class Functions:
    def figure_name(self, wildcards: dict[str, str]) -> str:
        return wildcards["figure"]

    def content(self, wildcards: dict[str, str]) -> str:
        return content(wildcards["file"])


def test_a_source_that_is_missing_ends_the_build(tmp_path: Path) -> None:
    assert source(tmp_path) == str(tmp_path)
    with pytest.raises(WorkflowError, match=r"facts\.yaml:1: error ML108(?s:.)*remedy:"):
        source(tmp_path / "facts.yaml")
    with pytest.raises(SystemExit, match=r"facts\.yaml:1: error ML108(?s:.)*remedy:"):
        Functions().content({"file": str(tmp_path / "facts.yaml")})


def test_an_input_function_that_fails_ends_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    """Snakemake would drop a job whose input function raises anything else."""
    assert Functions().figure_name({"figure": "one"}) == "one"
    with pytest.raises(SystemExit, match="`figure_name` of the rules failed"):
        Functions().figure_name({})
    assert "KeyError: 'figure'" in capsys.readouterr().err


def test_content_is_what_files_hold_not_when_they_were_written(tmp_path: Path) -> None:
    (one := tmp_path / "a").write_text("one", encoding="utf-8")
    (tmp_path / "folder/in").mkdir(parents=True)
    (inner := tmp_path / "folder/in/b").write_text("two", encoding="utf-8")
    before = content(one, tmp_path / "folder")
    one.touch()
    assert content(str(one), tmp_path / "folder") == before
    inner.write_text("three", encoding="utf-8")
    assert content(one, tmp_path / "folder") != before
    with pytest.raises(WorkflowError, match="ML108"):
        content(tmp_path / "nowhere")
