"""The manifest follows products back to their sources and compares builds without timings."""

import base64
import json
from pathlib import Path

import pytest
from manifests import differences

from pipelines import manifest
from pipelines.manifest import (
    Manifest,
    NoRecord,
    lineage_of,
    make_manifest,
    record_file,
)
from pipelines.pages import timing_mask
from pipelines.recalled import Recalled


class Build:
    """A build folder of a few files with the records that Snakemake would leave."""

    def __init__(self, folder: Path) -> None:
        self.build, self.records = folder / "build", folder / "records"
        self.records.mkdir(parents=True)

    def product(self, name: str, text: str, rule: str, inputs: list[Path]) -> Path:
        path = self.build / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        record = {"rule": rule, "input": [entry.as_posix() for entry in inputs]}
        identifier = base64.b64encode(path.as_posix().encode()).decode()
        (self.records / identifier).write_text(json.dumps(record))
        return path

    def manifest(self, *outputs: Path) -> Manifest:
        return make_manifest(list(outputs), self.build, self.records)


def make_build(folder: Path, seconds: str, words: str = "measured") -> Manifest:
    build = Build(folder)
    plan = folder / "plan.md"
    plan.write_text("# Lesson")
    model = build.product("models/a/seed0.safetensors", "weights", "train_plane", [])
    clock = build.product("timings/clock.json", seconds, "clock_plane", [model])
    text = f"<p>{words} <data data-timed>{seconds}</data></p>"
    page = build.product("draft/index.html", text, "render_lesson", [plan, model, clock])
    return build.manifest(page)


def test_it_reaches_every_product_and_source(tmp_path: Path) -> None:
    manifest = make_build(tmp_path, "1.0")
    assert manifest.products.keys() == {
        "draft/index.html",
        "models/a/seed0.safetensors",
        "timings/clock.json",
    }
    assert manifest.products["draft/index.html"].rule == "render_lesson"
    assert [Path(name).name for name in manifest.sources] == ["plan.md"]


def folders(folder: Path, seconds: float, weights: str) -> Manifest:
    build = Build(folder)
    model = build.product("models/base", "", "assemble_base", [])
    model.unlink()
    (model / "unet").mkdir(parents=True)
    (model / "unet/weights.safetensors").write_text(weights)
    (model / "card.json").write_text(json.dumps({"data": "abc", "seconds": {"unet": seconds}}))
    published = folder / "published"
    published.mkdir()
    (published / "a.json").write_text("{}")
    page = build.product("draft/index.html", "<p>", "render_lesson", [model, published])
    return build.manifest(page)


def test_a_folder_counts_by_its_files_and_a_card_without_its_seconds(tmp_path: Path) -> None:
    one = folders(tmp_path / "one", 1.0, "w")
    assert one.products["models/base/unet/weights.safetensors"].rule == "assemble_base"
    assert [Path(name).name for name in one.sources] == ["a.json"]
    assert differences(one, folders(tmp_path / "two", 2.0, "w")) == []
    changed = differences(one, folders(tmp_path / "three", 1.0, "other"))
    assert changed == ["models/base/unet/weights.safetensors"]


def test_timings_do_not_make_two_builds_differ_but_words_do(tmp_path: Path) -> None:
    one = make_build(tmp_path / "one", "1.0")
    assert differences(one, make_build(tmp_path / "two", "2.0")) == []
    other = make_build(tmp_path / "three", "1.0", words="invented")
    assert differences(one, other) == ["draft/index.html"]


@pytest.mark.parametrize(
    "name",
    ["published/a.json", "draft/a/claims.json", "timings/plane/a.json", "models/a.timing.json"],
)
def test_what_hangs_on_the_clock_is_not_compared(tmp_path: Path, name: str) -> None:
    builds = [Build(tmp_path / name) for name in "ab"]
    manifests = [
        build.manifest(build.product(name, f'["{build.build.parent.name}"]', "x", []))
        for build in builds
    ]
    assert differences(*manifests) == []


def test_a_product_without_a_record_is_an_error(tmp_path: Path) -> None:
    build = Build(tmp_path)
    stray = build.build / "draft/index.html"
    stray.parent.mkdir(parents=True)
    stray.write_text("by hand")
    with pytest.raises(NoRecord, match=r"index\.html"):
        build.manifest(stray)


def test_what_tells_of_timed_figures_is_not_compared(tmp_path: Path) -> None:
    manifests = []
    for seconds in (1, 2):
        build = Build(tmp_path / str(seconds))
        timed = json.dumps({"alt": f"{seconds} s", "timed": True})
        plain = json.dumps({"alt": "a figure", "timed": False})
        svg = f'<svg data-timed="" width="{seconds}"><path d="M{seconds} 0"/></svg>'
        products = [
            build.product("draft/figures/one.json", timed, "draw_figure", []),
            build.product("draft/figures/two.json", plain, "draw_figure", []),
            build.product("draft/figures/one.light.svg", svg, "draw_figure", []),
            build.product("draft/figures/one.csv", f"s\n{seconds}\n", "draw_figure", []),
            build.product("draft/figures/two.csv", "s\n1\n", "draw_figure", []),
        ]
        manifests.append(build.manifest(*products))
    assert differences(*manifests) == []
    assert manifests[0].products["draft/figures/one.json"].untimed is None
    assert manifests[0].products["draft/figures/one.csv"].untimed is None
    assert manifests[0].products["draft/figures/two.json"].untimed
    assert manifests[0].products["draft/figures/two.csv"].untimed


def test_the_lineage_of_a_page_holds_the_files_of_folders_and_ends_at_sources(
    tmp_path: Path,
) -> None:
    build = Build(tmp_path)
    model = build.product("models/base", "", "assemble_base", [])
    model.unlink()
    model.mkdir()
    (model / "weights.bin").write_text("w")
    plan = tmp_path / "plan.md"
    plan.write_text("# Lesson")
    page = build.product("draft/a/index.html", "<p>", "render_lesson", [plan, model])
    build.product("draft/b/index.html", "<p>", "render_lesson", [plan])
    assert lineage_of([page], build.records) == {page, plan, model, model / "weights.bin"}


def test_records_are_found_under_the_names_that_snakemake_gives_them(tmp_path: Path) -> None:
    from snakemake.persistence.file import FilePersistence

    finder = FilePersistence.__new__(FilePersistence)
    finder._max_len = None
    for name in ("build/a.json", "build/Größe~?>.json", "build/" + "long/" * 60 + "a.json"):
        expected = finder._record_path(str(tmp_path), name)
        assert record_file(Path(name), tmp_path) == Path(expected)


def test_pages_as_they_were_are_not_read_for_their_timings_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blanked = manifest._Blanked(Recalled(tmp_path / "kept.json"))
    page, other = b"<p data-timed>1</p>", b"<p data-timed>2</p><b>x</b>"
    found = [blanked.sha256(one, manifest._sha256(one)) for one in (page, other)]
    assert found[0] != found[1]
    blanked.recalled.save()
    again = manifest._Blanked(Recalled(tmp_path / "kept.json"))
    monkeypatch.setattr(timing_mask, "blank_timings", lambda text: "read again")
    assert [again.sha256(one, manifest._sha256(one)) for one in (page, other)] == found
    assert again.sha256(b"<p>", manifest._sha256(b"<p>")) == manifest._sha256(b"read again")
