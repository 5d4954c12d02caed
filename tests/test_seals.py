"""Seals: what a job made is known by its hash; what was edited afterwards is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from checkout import ROOT

from pipelines.seals import broken_seals, broken_seals_report, read_seals, write_seal

SECOND = 10**9  # in nanoseconds


def sealed(build: Path) -> Path:
    product = build / "measurements/a.json"
    product.parent.mkdir(parents=True)
    product.write_text("[1.25]")
    write_seal(
        build / "seals/measure_plane/a.json", [product, build / "seals/measure_plane/a.json"]
    )
    return product


def test_an_untouched_product_is_not_named(tmp_path: Path) -> None:
    product = sealed(tmp_path)
    assert not list(broken_seals(tmp_path))
    os.utime(product)  # a copy or a `touch` is no edit
    assert not list(broken_seals(tmp_path))


def test_an_edit_is_named_with_its_remedy(tmp_path: Path) -> None:
    product = sealed(tmp_path)
    product.write_text("[0.25]")
    assert list(broken_seals(tmp_path)) == [product]
    told = broken_seals_report([product])
    assert f"{product}: error: changed since its job made it" in told
    assert "remedy: delete it" in told


def test_an_edit_that_keeps_size_and_time_is_seen_by_a_thorough_look(tmp_path: Path) -> None:
    product = sealed(tmp_path)
    seen = product.stat()
    product.write_text("[0.25]")
    os.utime(product, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert not list(broken_seals(tmp_path))
    assert list(broken_seals(tmp_path, thorough=True)) == [product]


def test_deleted_products_and_unreadable_seals_are_nobodys_fault(tmp_path: Path) -> None:
    sealed(tmp_path).unlink()
    (tmp_path / "seals/half.json").write_text('{"a": ')
    (tmp_path / "seals/other.json").write_text('["a"]')
    assert not list(broken_seals(tmp_path, thorough=True))


def test_of_two_seals_of_a_product_the_newer_counts(tmp_path: Path) -> None:
    """As where a build was made when the rule still had another name."""
    product = sealed(tmp_path)
    now = (tmp_path / "seals/measure_plane/a.json").stat().st_mtime_ns
    product.write_text("[0.25]")
    for name, when in (("a_rule", now + SECOND), ("z_rule", now - SECOND)):
        seal = tmp_path / f"seals/{name}/a.json"
        write_seal(seal, [product])
        os.utime(seal, ns=(when, when))
        assert list(broken_seals(tmp_path, thorough=True)) == []
    os.utime(tmp_path / "seals/a_rule/a.json", ns=(now - SECOND, now - SECOND))
    assert list(broken_seals(tmp_path, thorough=True)) == [product]


def test_a_folder_is_sealed_file_by_file_from_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "models/base"
    (folder / "unet").mkdir(parents=True)
    (folder / "unet/weights.bin").write_text("w")
    (folder / "card.json").write_text("{}")
    seal = tmp_path / "seals/base.json"
    words = [sys.executable, "-m", "pipelines.seals", str(seal), str(folder), str(seal)]
    root = ROOT
    subprocess.run(words, check=True, cwd=root)
    assert read_seals(tmp_path).keys() == {folder / "unet/weights.bin", folder / "card.json"}
    (folder / "unet/weights.bin").write_text("v")
    assert list(broken_seals(tmp_path)) == [folder / "unet/weights.bin"]
    assert not list(broken_seals(tmp_path, among={folder / "card.json"}))
