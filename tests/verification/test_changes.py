"""The report on two builds as a reviewer reads it: on builds, bundles and references."""

from __future__ import annotations

import json
import zipfile
from html import escape
from pathlib import Path

import html5lib
import pytest
from page_samples import a_ledger
from PIL import Image

from pipelines.cli import main
from pipelines.commands.reference import as_text, without_inputs
from pipelines.contracts.files import write_json, write_text
from pipelines.contracts.reviewed import KeptFinding, KeptPromise, Reviewed
from pipelines.manifest import Entry, Manifest
from pipelines.publishing.bundle import write_bundle
from pipelines.seals import hash_of
from pipelines.verification.evidence import evidence_of

HOSTILE = "<script>alert(1)</script>"


def review(status: str = "open", promised: str = "MISSING") -> Reviewed:
    found = KeptFinding(id="1.1", severity="critical", title=f"No law {HOSTILE}", status=status)
    made = KeptPromise(kind="example", what="a crowbar", status=promised)
    return Reviewed(lesson="levers", findings=(found,), promises=(made,))


def a_build(
    folder: Path,
    words: str = "A lever turns.",
    margin: float = 5.0,
    colour: str = "white",
    kept: Reviewed | None = None,
) -> Path:
    """Write a build of one lesson with a figure; what it shows may be as a test wants it."""
    page = f'<section id="s-hook"><h2>Hook</h2><p>{words}</p><p>In 12 clouds.</p></section>'
    claim = {"lesson": "levers", "id": "helps", "outcome": "holds", "margin": margin}
    draft = folder / "draft/levers"
    for place in (draft, folder / "site/levers"):
        write_text(place / "index.html", page)
        write_text(place / "figures/arms.csv", f"arm,colour\n1,{colour}\n2,grey\n")
        Image.new("RGB", (4, 4), colour).save(place / "figures/arms.png")
    write_json(draft / "claims.json", [claim | {"timed": False}])
    write_json(draft / "review.json", kept or review())
    write_json(folder / "ledger.json", a_ledger())
    files = [file for file in draft.rglob("*") if file.is_file()]
    products = {file.relative_to(folder).as_posix(): entry(file) for file in files}
    write_json(folder / "manifest.json", Manifest(sources={}, products=products))
    return folder


def entry(file: Path) -> Entry:
    digest = hash_of(file)
    size = file.stat().st_size
    return Entry(sha256=digest, untimed=digest, bytes=size, rule="render_lesson", inputs=())


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return a_build(tmp_path / "one")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    kept = review("verified", "on the page")
    return a_build(tmp_path / "other", f"A lever spins. {escape(HOSTILE)}", 3.0, "black", kept)


def reports(tmp_path: Path, *sides: Path) -> tuple[str, str, dict]:
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "markdown", "json")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    main(["verify", *map(str, sides), *options])
    html, markdown, data = (file.read_text(encoding="utf-8") for file in files.values())
    return html, markdown, json.loads(data)


def test_what_a_reviewer_reads_of_two_builds(tmp_path: Path, one: Path, other: Path) -> None:
    html, markdown, data = reports(tmp_path, one, other)
    page = html5lib.parse(html, namespaceHTMLElements=False)
    assert page.find(".//script") is None
    assert [mark.text for mark in page.iter("del")] == ["turns.", "white"]
    assert [mark.text for mark in page.iter("ins")] == [f"spins. {HOSTILE}", "black"]
    assert len(list(page.iter("img"))) == 2
    words = " ".join(page.itertext())
    for told in ("No law <script>", "verified", "0 of 1 were delivered, and 1 of 1 are", "-2.0"):
        assert told in " ".join(words.split())
    assert "Not compared" not in words
    changes = data["changes"]
    (passage,) = changes["texts"]["levers"]
    assert passage["one"] == "A lever turns."
    assert changes["reviews"]["levers"]["kept"] == [[0, 1], [1, 1]]
    assert changes["reviews"]["levers"]["findings"][0]["became"] == "verified"
    assert changes["reviews"]["levers"]["promises"][0]["became"] == "delivered"
    for title in ("Text that says something else", "Margins that moved", "Findings", "promises"):
        assert title in markdown
    assert "levers:helps: holds by 5.0 standard errors, holds by 3.0" in markdown


def test_nothing_changed_is_said_so(tmp_path: Path, one: Path) -> None:
    html, markdown, data = reports(tmp_path, one, one)
    for told in ("All lessons say the same.", "All findings and promises stand as they did."):
        assert told in html
    assert markdown.count("###") == 1  # nobody published these pages
    assert data["changes"] == {"texts": {}, "reviews": {}, "lacking": []}


def test_a_bundle_is_read_with_its_pages(tmp_path: Path, one: Path, other: Path) -> None:
    module = tmp_path / "module"
    write_text(module / "module.md", "# Module: Machines\n")
    write_bundle(tmp_path / "bundle.zip", other, module, "Machines", evidence_of(other))
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path)
    for side in ("build", "evidence.json"):
        html, _, data = reports(tmp_path, one, tmp_path / "bundle" / side)
        assert data["changes"]["texts"] and data["changes"]["reviews"]
        assert data["verdicts"]["levers:helps"]["other"]["margin"] == 3.0
        assert not data["changes"]["lacking"]
    assert html.count("<img") == 2


@pytest.mark.parametrize("reviews", [True, False])
def test_what_a_reference_does_not_hold_is_said(
    tmp_path: Path, one: Path, other: Path, reviews: bool
) -> None:
    kept = without_inputs(evidence_of(one))
    file = tmp_path / "reference.json"
    file.write_text(as_text(kept if reviews else kept.model_copy(update={"reviews": {}})))
    html, markdown, data = reports(tmp_path, file, other)
    assert f"{file} holds no pages" in markdown and "<img" not in html
    assert ("keeps no reviews" in markdown) is not reviews
    assert bool(data["changes"]["reviews"]) is reviews
    assert "All lessons say the same" not in html
    assert "stand as they did" not in html


def test_a_link_that_leads_out_of_a_build_is_not_read(
    tmp_path: Path, one: Path, other: Path
) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text('<section id="s-hook"><p>Secret.</p></section>')
    page = other / "site/levers/index.html"
    page.unlink()
    page.symlink_to(secret)
    html, _, _ = reports(tmp_path, one, other)
    assert "Secret" not in html


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("site/levers/index.html", b"\xff\xfe", 2),
        ("site/levers/index.html", b"<![no[ ]]>", None),
        ("site/levers/index.html", b"<p>" * 2_000_000, 2),
        ("draft/levers/review.json", b'{"lesson": 1}', 2),
        ("draft/levers/figures/arms.csv", b"\xff\xfe", None),
        ("draft/levers/figures/arms.csv", b'"' + b"a" * 200_000, None),
        ("draft/levers/figures/arms.png", b"no picture", None),
    ],
)
def test_what_no_build_writes_ends_in_no_traceback(
    tmp_path: Path, one: Path, other: Path, name: str, content: bytes, status: int | None
) -> None:
    (other / name).write_bytes(content)
    report = tmp_path / "report.html"
    for sides in ((one, other), (other, one)):
        found = main(["verify", *map(str, sides), "--html", str(report)])
        assert found == status or (status is None and found in (1, 2))
