"""Whatever moment a publication is killed at, one whole site is there: the old one or the new."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT
from publication import no_exchange, publish

from pipelines.publishing import site as site_module
from pipelines.publishing.site import (
    NotPublished,
    drop_broken_records,
    mend,
    record_of,
    write_record,
)

OLD = {"index.html": "old", "a/index.html": "old a", "b/index.html": "old b"}
NEW = {"index.html": "new", "a/index.html": "new a", "b/index.html": "old b"}


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def held(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    fill(tmp_path / "site", OLD)
    fill(tmp_path / "draft", {name: text for name, text in NEW.items() if text.startswith("new")})
    return tmp_path


@pytest.mark.parametrize("able", [True, False], ids=["exchange", "two renames"])
def test_a_new_site_takes_the_place_of_the_old(build, able, monkeypatch):
    if not able:
        monkeypatch.setattr(site_module, "exchange", no_exchange)
    publish(build)
    assert held(build / "site") == NEW
    left = {path.name for path in build.iterdir()}
    assert left == {"site", "draft", ".site.lock"}


# Where a process kills itself: the function that it never gets into, or never gets out of.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
import publication
from pipelines.publishing import site
place, calls, able = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "exchange"
if not able:
    site.exchange = publication.no_exchange
module, _, name = place.rpartition(".")
owner = {"os": os, "shutil": shutil, "Path": Path, "site": site}[module]
real, left = getattr(owner, name), [calls]
def killed(*words, **options):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*words, **options)
setattr(owner, name, killed)
publication.publish(Path(sys.argv[4]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("able", ["exchange", "renames"])
@pytest.mark.parametrize(
    ("place", "calls"),
    [
        ("os.link", 1),
        ("os.link", 3),
        ("shutil.copyfile", 1),
        ("shutil.copyfile", 2),
        ("shutil.rmtree", 1),
        ("shutil.rmtree", 4),
        ("shutil.rmtree", 5),
        ("shutil.rmtree", 6),
        ("Path.rename", 1),
        ("Path.rename", 2),
        ("site.swap_in", 1),
    ],
)
def test_a_kill_at_any_moment_leaves_a_whole_site(build, place, calls, able):
    script = [sys.executable, "-c", KILLED, place, str(calls), able, str(build)]
    paths = os.pathsep.join([str(ROOT / "tests/support"), str(ROOT)])
    done = subprocess.run(script, env=os.environ | {"PYTHONPATH": paths}, capture_output=True)
    assert done.returncode in (-signal.SIGKILL, 0), done.stderr.decode()
    if able == "exchange":  # without it there is a moment between two renames; recovery ends it
        assert held(build / "site") in (OLD, NEW)
    site_module.recover(build / "site")
    assert held(build / "site") in (OLD, NEW)
    publish(build)
    assert held(build / "site") == NEW
    assert {path.name for path in build.iterdir()} == {"site", "draft", ".site.lock"}


@pytest.mark.parametrize("call", ["link", "copyfile"])
def test_a_full_disk_is_named_and_leaves_the_site(build, monkeypatch, call):
    def full(*words: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(site_module.os if call == "link" else site_module.shutil, call, full)
    with pytest.raises(NotPublished, match=r"the disk is full\n    remedy: free some space"):
        publish(build)
    assert held(build / "site") == OLD
    assert not (build / ".site.new").exists()


def test_a_folder_that_cannot_be_written_is_named(build, monkeypatch):
    def refused(*words: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(site_module.shutil, "copyfile", refused)
    with pytest.raises(NotPublished, match="Permission denied"):
        publish(build)
    assert held(build / "site") == OLD


def test_an_edit_of_the_site_does_not_reach_the_draft(build):
    publish(build)
    with (build / "site/a/index.html").open("a") as page:
        page.write(" by hand")
    assert (build / "draft/a/index.html").read_text() == "new a"


def test_two_publications_at_once_lose_nothing(build):
    fill(build / "draft", {f"{name}/index.html": f"new {name}" for name in "cdef"})
    script = (
        "import sys; from pathlib import Path\n"
        "from pipelines.publishing.site import put, renewed\n"
        "build, name = Path(sys.argv[1]), f'{sys.argv[2]}/index.html'\n"
        "with renewed(build) as new: put(new, name, build / 'draft' / name)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(build), name], env=environment)
        for name in "cdef"
    ]
    assert [one.wait() for one in running] == [0] * 4
    assert held(build / "site").keys() == OLD.keys() | {f"{name}/index.html" for name in "cdef"}


def test_mending_puts_back_removes_and_says_what_is_lost(build):
    publish(build)
    write_record(build, "a", ["a/index.html"])
    (build / "site/a/index.html").write_text("by hand")
    (build / "site/a/more.html").write_text("stray")
    (build / "site/a/link.html").symlink_to("nowhere")
    front = {"index.html": site_module.hash_of(build / "draft/index.html")}
    done = mend(build, ["a", "b"], front, lambda new: None)
    assert done.files == ("a/index.html", "a/link.html", "a/more.html")
    assert not done.lost
    assert held(build / "site") == NEW
    assert mend(build, ["a", "b"], front, lambda new: None).files == ()
    (build / "draft/a/index.html").write_text("another draft")
    (build / "site/a/index.html").unlink()
    assert mend(build, ["a", "b"], front, lambda new: None).lost == ("a/index.html",)


def test_what_a_killed_publication_has_left_goes_also_when_the_site_is_right(build):
    """Its lesson may have gone back to what is published: nothing is published anew."""
    publish(build)
    write_record(build, "a", ["a/index.html"])
    front = {"index.html": site_module.hash_of(build / "draft/index.html")}
    for left in (".site.new", ".site.before"):
        fill(build / left, OLD)
        assert mend(build, ["a", "b"], front, lambda new: None) == site_module.Mended()
        assert held(build / "site") == NEW
        assert not (build / left).exists()


def test_a_record_that_cannot_be_read_goes_so_that_its_lesson_is_published_anew(
    tmp_path: Path,
) -> None:
    for name, text in (("good", '{"good/index.html": "ab"}'), ("bad", "{"), ("empty", "{}")):
        file = record_of(tmp_path, name)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    drop_broken_records(tmp_path)
    assert [path.stem for path in (tmp_path / "published").iterdir()] == ["good"]


def test_a_link_in_the_place_of_the_site_goes_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    site = tmp_path / "site"
    site.symlink_to(elsewhere)
    for text in ("one", "two"):
        new = site_module.aside(site)
        (new / "index.html").write_text(text)
        site_module.swap_in(new, site)
        site_module.recover(site)
        assert (site / "index.html").read_text() == text and not site.is_symlink()
    assert (elsewhere / "kept").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "site"]
