"""A build is held against its own records: every edited, missing or stray file is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.contracts.files import write_json
from pipelines.manifest import Entry, Manifest
from pipelines.publishing.recorded import not_as_recorded
from pipelines.seals import hash_of

PAGE, LEDGER = "draft/first/index.html", "ledger.json"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    files = {
        PAGE: "<p>Measured.",
        LEDGER: "{}",
        "draft/static/lessons.css": "p {}",
        "site/index.html": "<p>Index.",
        "site/static/lessons.css": "p {}",
        "site/first/index.html": "<p>Measured.",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    hashes = {name: hash_of(tmp_path / name) for name in (PAGE, LEDGER)}
    products = {
        name: Entry(sha256=sha, untimed=sha, bytes=1, rule="a_rule", inputs=())
        for name, sha in hashes.items()
    }
    write_json(tmp_path / "manifest.json", Manifest(sources={}, products=products))
    write_json(tmp_path / "published/first.json", {"first/index.html": hashes[PAGE]})
    return tmp_path


def test_a_build_that_nobody_touched_is_as_recorded(build: Path) -> None:
    assert not_as_recorded(build) == []


@pytest.mark.parametrize(
    ("touch", "named"),
    [
        (lambda build: (build / LEDGER).write_text("[]"), LEDGER),
        (lambda build: (build / LEDGER).unlink(), LEDGER),
        (lambda build: (build / "site/first/index.html").write_text("x"), "site/first/index.html"),
        (lambda build: (build / "site/first/index.html").unlink(), "site/first/index.html"),
        (lambda build: (build / "site/first/more.html").write_text("x"), "site/first/more.html"),
        (lambda build: (build / "site/more.html").write_text("x"), "site/more.html"),
    ],
)
def test_what_was_touched_is_named(
    build: Path, touch: Callable[[Path], object], named: str
) -> None:
    touch(build)
    (found,) = not_as_recorded(build)
    assert found.startswith(f"{named}: ")
