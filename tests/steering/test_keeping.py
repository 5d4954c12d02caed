"""The cache of results: what decides a key, and that nothing but what was put there comes out."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake.exceptions import CacheMissException
from snakemake.iocontainers import InputFiles, OutputFiles, Params

from pipelines.seals import read_seals
from pipelines.steering import keeping
from pipelines.steering.entries import STAMP, Unfit, pack, unpack
from pipelines.steering.keeping import Results, keeps_results, key_of

ENVIRONMENT = {"torch": "1"}


def named(kind: type, **values: object) -> object:
    return kind(fromdict=values)


class Job(SimpleNamespace):
    __hash__ = object.__hash__


def job(
    folder: Path, code: str = "c0de", weights: bytes = b"weights", name: str = "toy"
) -> object:
    """Return a job of a build in a folder, as Snakemake holds it; what it reads is there."""
    read = folder / "models/teacher.safetensors"
    read.parent.mkdir(parents=True, exist_ok=True)
    read.write_bytes(weights)
    flags = [f"--parent=teacher={read}"]
    outputs = {"weights": f"models/{name}.safetensors", "folder": f"models/{name}"}
    outputs["seal"] = f"seals/train_plane/{name}.json"
    return Job(
        rule=SimpleNamespace(name="train_plane", shellcmd="train {params.code} > {log}"),
        wildcards_dict={"experiment": name},
        input=named(InputFiles, parents=str(read)),
        output=named(OutputFiles, **{one: str(folder / path) for one, path in outputs.items()}),
        params=named(Params, code=code, parents=flags),
        log=[str(folder / f"logs/{name}.log")],
        threads=1,
    )


def make(one: object, content: bytes = b"made") -> None:
    """Write what a job makes, as the job would."""
    Path(one.output.weights).write_bytes(content)
    inner = Path(one.output.folder) / "unet/config.json"
    inner.parent.mkdir(parents=True)
    inner.write_bytes(content)
    (Path(one.output.folder) / STAMP).touch()


def fetched(results: Results, one: object) -> bool:
    try:
        asyncio.run(results.fetch(one))
    except CacheMissException:
        return False
    return True


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Return a cache that holds what one job made."""
    store, one = Results(tmp_path / "cache", ENVIRONMENT), job(tmp_path / "a")
    assert not fetched(store, one)
    make(one)
    asyncio.run(store.store(one))
    return store


def entry(results: Results) -> Path:
    (found,) = results.folder.iterdir()
    return found


# --- keys ----------------------------------------------------------------------------------------


def test_a_key_is_the_same_in_another_folder_with_other_threads(tmp_path: Path) -> None:
    one, other = job(tmp_path / "a"), job(tmp_path / "elsewhere/b")
    other.threads = 64
    other.log = ["another.log"]
    assert key_of(one, ENVIRONMENT) == key_of(other, ENVIRONMENT)


def edited_command(one: object) -> None:
    one.rule.shellcmd += " --more"


def two_parents(one: object) -> None:
    one.input = InputFiles([str(one.input.parents)] * 2)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: job(folder, code="other"),
        lambda folder: job(folder, weights=b"others"),
        lambda folder: job(folder, name="other"),
    ],
    ids=["code", "what it reads", "experiment"],
)
def test_a_key_is_another_if_anything_is(tmp_path: Path, change: Callable[[Path], object]) -> None:
    assert key_of(job(tmp_path), ENVIRONMENT) != key_of(change(tmp_path / "b"), ENVIRONMENT)


@pytest.mark.parametrize("change", [edited_command, two_parents])
def test_a_key_is_another_for_another_command(
    tmp_path: Path, change: Callable[[object], None]
) -> None:
    one, other = job(tmp_path), job(tmp_path)
    change(other)
    assert key_of(one, ENVIRONMENT) != key_of(other, ENVIRONMENT)
    assert key_of(one, ENVIRONMENT) != key_of(one, {"torch": "2"})


def test_files_of_a_folder_count_with_their_names(tmp_path: Path) -> None:
    keys = set()
    for name in ("a", "b"):
        one = job(tmp_path / name)
        inside = tmp_path / name / "base" / name
        inside.parent.mkdir()
        inside.write_bytes(b"same")
        one.input = named(InputFiles, base=str(inside.parent))
        keys.add(key_of(one, ENVIRONMENT))
    assert len(keys) == 2


# --- what comes out ------------------------------------------------------------------------------


def test_another_build_gets_the_same_bytes_under_its_own_seal(
    results: Results, tmp_path: Path
) -> None:
    one = job(tmp_path / "b")
    assert asyncio.run(results.exists(one))
    assert fetched(results, one)
    assert Path(one.output.weights).read_bytes() == b"made"
    assert not Path(one.output.weights).is_symlink()
    seals = read_seals(tmp_path / "b")
    assert {path.name for path in seals} == {"toy.safetensors", "config.json"}
    assert all(seal.fits(path, thorough=True) for path, seal in seals.items())
    assert str(entry(results)) in Path(one.log[0]).read_text()


def test_an_edit_in_a_build_does_not_reach_the_cache(results: Results, tmp_path: Path) -> None:
    one = job(tmp_path / "b")
    assert fetched(results, one)
    Path(one.output.weights).write_bytes(b"edited")
    assert fetched(results, one)
    assert Path(one.output.weights).read_bytes() == b"made"


def cut(content: bytes) -> bytes:
    return content[:700]


def edited(content: bytes) -> bytes:
    return content.replace(b"made", b"mode", 1)


def emptied(content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, edited, emptied])
def test_a_damaged_entry_is_named_and_made_again(
    results: Results,
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard(monkeypatch, caplog)
    file, one = entry(results), job(tmp_path / "b")
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert not fetched(results, one)
    assert not Path(one.output.weights).exists()
    assert f"{file}: warning: not taken, it was damaged" in caplog.text
    make(one)
    asyncio.run(results.store(one))
    assert entry(results).read_bytes() == whole
    assert not [path for path in (tmp_path / "b").rglob(".cached*")]


def test_an_entry_under_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    pack(tmp_path / "one.tar", {"samples": tmp_path / "a"})
    with pytest.raises(Unfit, match="other products"):
        unpack(tmp_path / "one.tar", {"weights": tmp_path / "b"})
    pack(tmp_path / "one.tar", {"../samples": tmp_path / "a"})
    with pytest.raises(Unfit, match="out of the build"):
        unpack(tmp_path / "one.tar", {"../samples": tmp_path / "b/c"})


def test_two_builds_may_write_one_entry_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"same" * 50_000)
    entry = tmp_path / "cache/one.tar"
    pack(entry, {"weights": tmp_path / "a"})
    with ThreadPoolExecutor(4) as pool:
        writers = [
            pool.submit(pack, entry, {"weights": tmp_path / "ab"[i % 2]}) for i in range(40)
        ]
        for i in range(40):
            unpack(entry, {"weights": tmp_path / f"out/{i}"})
    assert all(writer.exception() is None for writer in writers)
    assert [path.name for path in entry.parent.iterdir()] == ["one.tar"]


# --- a cache that fails costs nothing ------------------------------------------------------------


def heard(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Let what Snakemake's logger says be seen."""
    from snakemake.logging import logger

    monkeypatch.setattr(logger, "handlers", [])  # it propagates
    caplog.set_level(logging.INFO, logger.name)


def unable(number: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(number, {errno.EROFS: "Read-only", errno.ENOSPC: "No space left"}[number])

    return fail


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC])
def test_a_cache_that_cannot_be_written_is_read_and_told_once(
    results: Results,
    tmp_path: Path,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard(monkeypatch, caplog)
    monkeypatch.setattr(keeping, "pack", unable(number))
    for name in ("x", "y"):
        other = job(tmp_path / "b", name=name)
        assert not fetched(results, other)
        make(other)
        asyncio.run(results.store(other))
        assert Path(other.output.weights).read_bytes() == b"made"
    assert caplog.text.count("results are not kept here") == 1
    assert fetched(results, job(tmp_path / "b"))


def test_a_cache_that_is_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    heard(monkeypatch, caplog)
    (tmp_path / "file").touch()
    results, one = Results(tmp_path / "file", ENVIRONMENT), job(tmp_path / "a")
    assert not fetched(results, one)
    make(one)
    asyncio.run(results.store(one))
    assert "results are not kept here" in caplog.text


def test_results_are_stored_by_what_was_read_at_the_start(
    results: Results, tmp_path: Path
) -> None:
    one = job(tmp_path / "b", weights=b"first")
    assert not fetched(results, one)
    make(one)
    changed = job(tmp_path / "b", weights=b"second!")
    asyncio.run(results.store(one))
    assert not fetched(results, changed)
    assert fetched(results, job(tmp_path / "b", weights=b"first"))


def test_without_the_variable_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    workflow = SimpleNamespace(workflow_settings=SimpleNamespace(cache=None))
    monkeypatch.delenv(keeping.LOCATION, raising=False)
    assert not keeps_results(workflow, "lock")
    assert workflow.workflow_settings.cache is None
    monkeypatch.setenv(keeping.LOCATION, "")
    assert not keeps_results(workflow, "lock")
