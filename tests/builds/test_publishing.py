"""Whole builds of a tiny module: page by page, mended, refused, interrupted, told in few words."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from mounts import filled, read_only, small_disk
from tiny_module import TinyProject

from pipelines.cli import main
from pipelines.seals import write_seal
from pipelines.steering.alone import alone

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, told: dict[str, str]) -> TinyProject:
    project = TinyProject.made(tmp_path_factory.mktemp("tiny"))
    told["first build"] = project.build()
    return project


@pytest.fixture
def project(built: TinyProject, tmp_path: Path) -> TinyProject:
    return built.copied(tmp_path / "project")


def test_the_first_lesson_is_published_before_the_second_is_begun(built, told):
    text = told["first build"]
    for later in ("training toy-flow", "collecting the ledger ("):
        assert 0 < text.index("publishing first") < text.index(later), text
    ledger = json.loads((built.build_folder / "ledgers/first.json").read_text())
    assert {key.partition("/")[0] for key in ledger["measurements"]} == {"toy-edm"}


def test_what_a_lesson_quotes_is_timed_and_nothing_else(built):
    clocks = built.build_folder.glob("timings/**/*.json")
    assert [clock.name for clock in clocks] == ["first.json"]
    first = json.loads((built.build_folder / "timings/plane/first.json").read_text())
    assert [row["key"] for row in first["rows"]] == ["toy-edm/euler@2/seconds_per_1000"]


def test_the_terminal_says_what_has_ended_and_where_to_look(built, told):
    text = told["first build"]
    assert "training toy-edm (" in text
    assert "Measured: 2 experiments" in text
    assert f"Pages: {built.site / 'index.html'}" in text
    assert not any(word in text for word in ("Reason:", "jobid", "CPU-seconds", "Put right")), text


def test_nothing_to_be_done_is_said(project):
    before = project.pages()
    assert "Nothing to be done" in project.build()
    assert project.pages() == before


def test_what_is_wrong_with_the_site_is_put_right(project):
    before = project.pages()
    (project.site / "first/figures/one-fig.dark.svg").unlink()
    with (project.site / "second/index.html").open("a") as page:
        page.write("<p>by hand</p>")
    (project.site / "index.html").write_text("by hand")
    (project.site / "stray.html").write_text("nobody's")
    (project.site / "gone").mkdir()
    (project.site / "gone/index.html").write_text("a lesson that was")
    text = project.build()
    assert project.pages() == before
    assert "Put right in the site:" in text
    assert "stray.html" in text
    assert "Nothing to be done" not in text
    assert not (project.site / "gone").exists()


def test_a_site_that_is_gone_is_put_back(project):
    before = project.pages()
    shutil.rmtree(project.site)
    project.build()
    assert project.pages() == before


@pytest.mark.parametrize(
    "name", ["measurements/toy-edm.json", "models/toy-edm.safetensors", "ledgers/first.json"]
)
def test_an_edited_product_is_refused_by_name(project, name):
    before = project.pages()
    path = project.build_folder / name
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(bytes(content))
    project.edit("lessons/tiny/first/plan.md", "Off: ", "Off now: ")
    done = project.snakemake()
    assert done.returncode != 0
    assert f"build/smoke/{name}: error: changed since its job made it" in done.stdout
    assert "remedy: delete it" in done.stdout
    assert project.pages() == before
    if name.startswith("ledgers"):
        path.unlink()
        project.build()
        assert b"Off now: " in project.pages()["first/index.html"]


def test_a_lesson_that_fails_keeps_its_page_and_holds_up_no_other(project):
    before = project.pages()
    project.edit("lessons/tiny/first/plan.md", "Off: ", "Off now: ")
    project.edit("lessons/tiny/second/plan.md", "off_manifold", "off_manifest")
    done = project.snakemake()
    assert done.returncode != 0
    assert "lessons/tiny/second/plan.md:" in done.stdout
    assert done.stdout.count("remedy:") == 1, done.stdout
    assert not any(word in done.stdout for word in ("RuleException", "python -m")), done.stdout
    assert "FAILED: what is named above" in done.stdout
    after = project.pages()
    assert b"Off now: " in after["first/index.html"]
    assert after["second/index.html"] == before["second/index.html"]
    assert b"failed; this page is from the last good build" in after["index.html"]
    project.edit("lessons/tiny/second/plan.md", "off_manifest", "off_manifold")
    assert "Nothing to be done" not in project.build()
    assert project.pages()["index.html"] == before["index.html"]


def test_a_lesson_without_a_page_has_one_that_says_so(built, tmp_path):
    project = built.copied(tmp_path / "project")
    shutil.rmtree(project.site)
    shutil.rmtree(project.build_folder / "published")
    project.edit("lessons/tiny/second/plan.md", "off_manifold", "off_manifest")
    assert project.snakemake().returncode != 0
    pages = project.pages()
    assert b"The build of this page failed" in pages["second/index.html"]
    assert b"no page yet" in pages["index.html"]
    assert b'href="second/' not in pages["index.html"]


def test_strict_reaches_the_rendering(built):
    told = built.snakemake("--dry-run", "--forceall", "--printshellcmds", strict="true")
    renders = [line for line in told.stdout.splitlines() if "stages.render_lesson " in line]
    assert len(renders) == 2
    assert all(" --strict " in line for line in renders)


def test_a_dry_run_changes_nothing(project):
    (project.site / "stray.html").write_text("nobody's")
    before = project.pages()
    done = project.snakemake("--dry-run")
    assert done.returncode == 0
    assert project.pages() == before


def test_a_claim_that_turned_ends_the_build_after_everything_is_published(project, monkeypatch):
    monkeypatch.chdir(project.folder)  # seals name files from there
    path = project.build_folder / "draft/second/claims.json"
    row = {"id": "x", "lesson": "second", "line": 7, "file": "plan.md", "text": "A beats B."}
    told = [row | {"outcome": "contradicted"}, row | {"outcome": "undecided", "id": "y"}]
    path.write_text(json.dumps(told))
    seal = project.build_folder / "seals/render_lesson/second.json"
    write_seal(seal, map(Path, json.loads(seal.read_text())))  # as if `render` had written it
    done = project.snakemake()
    assert done.returncode == 1
    assert done.stdout.count("1 turned, 1 undecided") == 1
    assert "plan.md:7: claim `x`: A beats B." in done.stdout


def test_publishing_that_is_killed_leaves_the_last_good_pages(project):
    """The job is killed while it copies; Snakemake has by then removed its outputs."""
    before = project.pages()
    project.edit("lessons/tiny/first/plan.md", "Off: ", "Off now: ")
    site = project.folder / "pipelines/publishing/site.py"
    whole = site.read_text()
    killed = "    __import__('os').kill(__import__('os').getpid(), 9)\n"
    site.write_text(whole.replace("    shutil.copyfile(source, target)\n", killed, 1))
    done = project.snakemake("build/smoke/published/first.json")
    assert done.returncode != 0
    assert not (project.build_folder / "published/first.json").exists()
    assert project.pages() == before
    site.write_text(whole)
    project.build()
    assert b"Off now: " in project.pages()["first/index.html"]


def test_two_builds_at_once_are_refused_the_second_by_name(project):
    before = project.pages()
    with alone(project.build_folder):
        done = project.snakemake()
    assert done.returncode == 1
    assert "build/smoke: error: another build is at work here (process " in done.stdout
    assert done.stdout.count("remedy: wait until it has ended, or end it: kill ") == 1
    assert "Traceback" not in done.stdout and "File " not in done.stdout
    assert project.pages() == before


def test_a_folder_that_cannot_be_written_is_named(project):
    before = project.pages()
    project.edit("lessons/tiny/first/plan.md", "Off: ", "Off now: ")
    with read_only(project.build_folder):
        done = project.snakemake()
    assert done.returncode == 1
    assert "build/smoke: error: nothing can be written here: Read-only file" in done.stdout
    assert "remedy: let this folder be written" in done.stdout
    assert "Traceback" not in done.stdout and "File " not in done.stdout
    assert project.pages() == before


@pytest.mark.parametrize("left", [0, 100_000], ids=["full", "nearly full"])
def test_a_full_disk_is_named_and_the_next_build_mends(built, tmp_path, left):
    with small_disk(tmp_path / "disk", 60) as disk:
        project = built.copied(disk / "project")
        before = project.pages()
        project.edit("lessons/tiny/first/plan.md", "Off: ", "Off now: ")
        with filled(disk, left):
            done = project.snakemake()
            assert done.returncode == 1
            assert re.search("No space left on device|the disk is full", done.stdout)
            assert "remedy: free some space" in done.stdout
            after = project.pages()
        assert {name for name in before if after[name] != before[name]} <= {"index.html"}
        project.build()
        undisturbed = built.copied(tmp_path / "undisturbed")
        undisturbed.edit("lessons/tiny/first/plan.md", "Off: ", "Off now: ")
        undisturbed.build()
        sides = [str(one.build_folder) for one in (undisturbed, project)]
        assert main(["verify", *sides, "--exact"]) == 0


def test_another_title_of_a_lesson_is_on_the_pages_of_all(project):
    pages = project.pages()
    old = "Lesson: Second"
    assert b">Second<" in pages["first/index.html"]
    project.edit("lessons/tiny/second/plan.md", old, "Lesson: Last of two")
    project.build()
    after = project.pages()
    for page in ("first/index.html", "index.html", "second/index.html"):
        assert b"Last of two" in after[page], page
    assert b">Second<" not in after["first/index.html"]


def test_what_was_trained_has_a_benchmark_beside_the_products(built):
    folder = built.build_folder / "benchmarks/train_plane"
    assert {path.name for path in folder.iterdir()} == {"toy-edm.tsv", "toy-flow.tsv"}
    head, row = (folder / "toy-edm.tsv").read_text().splitlines()
    told = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert float(told["s"]) > 0
    manifest = json.loads((built.build_folder / "manifest.json").read_text())
    assert not [name for name in manifest["products"] if "benchmark" in name]


TABLE = """\
:::{table} quality
:id: one-table
:systems: toy-flow/flow_euler@2
In *steps*.
:::
"""


def told_of(report: Path, name: str) -> dict:
    """Return a variable of a report's scripts."""
    text = report.read_text(encoding="utf-8")
    start = text.index(f'var {name} = {{"')
    return json.JSONDecoder().raw_decode(text, text.index("{", start))[0]


def test_a_report_has_figures_and_tables_with_their_captions(project, monkeypatch):
    """Without a network: what it is made of comes with Snakemake."""
    project.edit("lessons/tiny/second/plan.md", "Off: ", f"{TABLE}\nOff: ")
    project.build()
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    done = project.snakemake("--report", "report.html")
    assert done.returncode == 0, done.stdout
    report = project.folder / "report.html"
    figure = "build/smoke/draft/first/figures/one-fig.light.svg"
    table = "build/smoke/draft/second/report/one-table.table.html"
    assert told_of(report, "categories") == {
        "First": {"Figures": [figure]},
        "Second": {"Tables": [table]},
    }
    results = told_of(report, "results")
    assert "<p>Points after one and two steps.</p>" in results[figure]["caption"]
    assert results[figure]["labels"] == {"figure": "one-fig", "kind": "quality-by-nfe"}
    assert "<p>In <em>steps</em>.</p>" in results[table]["caption"]
    page = (project.folder / table).read_text(encoding="utf-8")
    assert "toy-flow" in page and "href=" not in page and "<style>" in page
