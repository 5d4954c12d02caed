"""Results that somebody else has made: builds, figures, archives of weights, what is printed."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import pytest
from attack import attacked
from checkout import ROOT

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.problems import InputProblems
from pipelines.evaluation.programs import executed
from pipelines.manifest import Manifest
from pipelines.publishing.drawings import copy_drawings, is_still

PLAN = ROOT / "tests/data/tiny-module/probe/plan.md"
LEDGER = {"preset": "default", "publish": True, "measurements": {}, "facts": {}}
ENTRY = {"sha256": "0" * 64, "untimed": "0" * 64, "bytes": 1, "rule": "draw", "inputs": []}
KEY = "toy-edm/heun@10/off_manifold"


def a_build(folder: Path, products: dict[str, object], ledger: object = LEDGER) -> Path:
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"sources": {}, "products": products}))
    (folder / "ledger.json").write_text(ledger if isinstance(ledger, str) else json.dumps(ledger))
    return folder


# --- builds --------------------------------------------------------------------------------------


def measured(**values: float) -> dict[str, object]:
    """A ledger of one row."""
    return {**LEDGER, "measurements": {KEY: {"key": KEY, "produced_by": {"rule": "x"}, **values}}}


LEDGERS: dict[str, object] = {
    "a number that is none": measured(value=float("nan")),
    "an infinite spread": measured(value=1, spread=float("inf")),
    "100,000 brackets": "[" * 100_000,
    "5,000 digits": '{"preset": ' + "9" * 5000 + "}",
    "no JSON": "\0\x1b[31m",
    "a list": [],
    "unknown keys": {**LEDGER, "script": "<script>"},
}  # fmt: skip


@pytest.mark.parametrize("name", LEDGERS)
def test_a_ledger_that_no_build_wrote_is_named(name: str, tmp_path: Path) -> None:
    build, log = a_build(tmp_path / "build", {}, LEDGERS[name]), tmp_path / "log"
    for words in (
        ("render", PLAN, "--out", tmp_path / "out", "--build", build),
        ("lint", PLAN, "--build", build),
        ("verify", build, build),
    ):
        outcome = attacked(*words, log=log)
        assert (outcome.refused and "ledger.json" in outcome.told) or "verify" in words, outcome
        assert "\x1b" not in outcome.told


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret", "site/../../secret"])
def test_a_manifest_names_nothing_outside_of_its_build(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the-secret")
    with pytest.raises(ValueError, match="lies outside"):
        Manifest.model_validate({"sources": {}, "products": {name: ENTRY}})
    build = a_build(tmp_path / "build", {name: ENTRY})
    outcome = attacked("verify", build, build, log=tmp_path / "log")
    assert outcome.status == 2 and outcome.sound


def test_a_link_in_a_build_shows_no_file_of_another_place(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the-secret")
    builds = []
    for name in ("one", "other"):
        entry = {**ENTRY, "untimed": name * 9}
        build = a_build(tmp_path / name, {"a.png": entry, "a.html": entry, "a.safetensors": entry})
        for file in ("a.png", "a.html", "a.safetensors"):
            (build / file).symlink_to(tmp_path / "secret")
        builds.append(build)
    report = tmp_path / "report.html"
    outcome = attacked("verify", *builds, "--html", report, log=tmp_path / "log")
    assert outcome.sound and report.is_file(), outcome
    assert "the-secret" not in report.read_text() and "dGhlLXNlY3" not in report.read_text()


def png(width: int, height: int) -> bytes:
    """The head of a picture that claims to be of some size."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + b"\0\0\0\0"


@pytest.mark.parametrize("size", [(60_000, 60_000), (9000, 9000), (0, 0)])
def test_a_picture_that_claims_any_size_takes_no_room(
    size: tuple[int, int], tmp_path: Path
) -> None:
    builds = []
    for name in ("one", "other"):
        build = a_build(tmp_path / name, {"a.png": {**ENTRY, "untimed": name * 9}})
        (build / "a.png").write_bytes(png(*size))
        builds.append(build)
    report = tmp_path / "report.html"
    assert attacked("verify", *builds, "--html", report, log=tmp_path / "log").sound


def test_products_that_are_made_from_each_other_without_end(tmp_path: Path) -> None:
    builds = []
    for name in ("one", "other"):
        products: dict[str, object] = {
            f"a{n}": {**ENTRY, "untimed": name * 9, "inputs": [f"a{n + 1}"]} for n in range(1200)
        }
        build = a_build(tmp_path / name, products)
        for n in range(1200):
            (build / f"a{n}").touch()
        builds.append(build)
    outcome = attacked("verify", *builds, log=tmp_path / "log")
    assert outcome.status in (1, 2) and outcome.sound, outcome.told[-300:]


# --- drawings ------------------------------------------------------------------------------------

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
DRAWINGS: dict[str, str] = {
    "a script": f"{OPEN}<script>alert(1)</script></svg>",
    "an event": f'{OPEN}<g onclick="alert(1)"/></svg>',
    "an animation": f'{OPEN}<set attributeName="href" to="javascript:alert(1)"/></svg>',
    "foreign HTML": f'{OPEN}<foreignObject><iframe src="x"/></foreignObject></svg>',
    "a link": f'{OPEN}<a xlink:href="javascript:alert(1)"><path/></a></svg>',
    "a use of elsewhere": f'{OPEN}<use href="https://evil.org/x.svg#a"/></svg>',
    "a picture of elsewhere": f'{OPEN}<image href="file:///etc/passwd"/></svg>',
    "a picture that is a page": f'{OPEN}<image href="data:image/svg+xml,&lt;svg&gt;"/></svg>',
    "a style of elsewhere": f'{OPEN}<style>@import "https://evil.org";</style></svg>',
    "a fill of elsewhere": f'{OPEN}<path style="fill:url(https://evil.org/#a)"/></svg>',
    "a billion laughs": '<!DOCTYPE svg [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]>'
    + f"{OPEN}&b;</svg>",
    "a file for an entity": f'<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]>{OPEN}&a;</svg>',
    "no XML": "<svg <script>",
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_that_does_more_than_look_is_not_shown(name: str, tmp_path: Path) -> None:
    assert not is_still(DRAWINGS[name].encode())


def test_a_drawing_that_only_looks_is_shown() -> None:
    shape = '<defs><path id="a" d="M0 0"/></defs><use xlink:href="#a" style="fill: url(#b)"/>'
    assert is_still(f"{OPEN}{shape}</svg>".encode())


def test_no_figure_is_copied_that_acts_or_leads_elsewhere(tmp_path: Path) -> None:
    drawn, shown = tmp_path / "drawn", tmp_path / "shown"
    drawn.mkdir()
    file = drawn / "a.light.svg"
    file.write_text(DRAWINGS["a script"])
    with pytest.raises(InputProblems, match="ML406"):
        copy_drawings(["a"], drawn, shown)
    file.unlink()
    file.symlink_to("/etc/passwd")
    with pytest.raises(InputProblems, match="ML406"):
        copy_drawings(["a"], drawn, shown)
    assert not shown.exists()


# --- archives of weights -------------------------------------------------------------------------


class Evil:
    """What a pickle does when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        return (exec, ("raise SystemExit('a pickle was read')",))


def header(text: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(text) if length is None else length) + text


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Evil()))
        archive.writestr("../../escaped", "x")
    return made.getvalue()


ARCHIVES: dict[str, bytes] = {
    "a pickle": pickle.dumps(Evil()),
    "a pickle in a zip, as torch has it": zipped(),
    "a header without end": header(b"{}", 2**63),
    "a header 100,000 deep": header(b'{"a":' + b"[" * 100_000),
    "a tensor larger than its file": header(
        b'{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}'
    ),
    "a tensor of more than all": header(
        json.dumps({"a": {"dtype": "F32", "shape": [2**62, 4], "data_offsets": [0, 8]}}).encode()
    ),
    "tensors in each other": header(
        b'{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},'
        b'"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}'
    ) + b"\0" * 6,
    "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_of_weights_is_refused_and_runs_nothing(name: str, tmp_path: Path) -> None:
    from safetensors import SafetensorError

    file = tmp_path / "a.safetensors"
    file.write_bytes(ARCHIVES[name])
    with pytest.raises((SafetensorError, OSError, ValueError)):
        load_arrays(file)
    builds = []
    for side in ("one", "other"):
        build = a_build(tmp_path / side, {"a.safetensors": {**ENTRY, "untimed": side * 9}})
        (build / "a.safetensors").write_bytes(ARCHIVES[name])
        builds.append(build)
    assert attacked("verify", *builds, log=tmp_path / "log").refused
    assert not list(tmp_path.parent.glob("**/escaped"))


# --- programs of a page --------------------------------------------------------------------------

PROGRAMS: dict[str, str] = {
    "prints 30 MB": "print('a' * 30_000_000)",
    "saves a page as a picture": "open('a.png', 'w').write('<script>alert(1)</script>')",
    "saves a link as a picture": "import os; os.symlink('/etc/passwd', 'a.png')",
    "saves a folder as a picture": "import os; os.mkdir('a.png')",
    "saves 21 pictures": "for n in range(21): open(f'{n}.png', 'w')",
    "saves a picture of 3 MB": "open('a.png', 'wb').write(b'a' * 3_000_000)",
    "fills the disk": "open('a', 'wb').truncate(10**12)",
    "ends by a signal": "import os; os.kill(os.getpid(), 9)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_program_leaves_is_bounded(name: str, tmp_path: Path) -> None:
    file = tmp_path / "shown.py"
    file.write_text(PROGRAMS[name])
    with pytest.raises(InputProblems, match="ML408"):
        executed(file, {})


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    file = tmp_path / "shown.py"
    file.write_text("import sys; sys.stdout.buffer.write(b'a\\xff\\n')")
    assert executed(file, {}).printed == ("a\N{REPLACEMENT CHARACTER}",)
