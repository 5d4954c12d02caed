"""Every word of every figure that a default build has drawn, in both widths: see tests/support.

Made-up data are kinder than measured ones: labels crowd where values do.
"""

import importlib
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from checkout import ROOT
from legible import WIDTHS, illegible

from pipelines.figure_registry import FIGURES
from pipelines.module.catalog import read_catalog
from pipelines.publishing.figure_inputs import figure_data
from pipelines.stages.draw_figure import READ
from pipelines.steering.build import Build
from pipelines.steering.lesson_inputs import LessonInputs
from pipelines.steering.settings import Settings

BUILD = Path(os.environ.get("MEASURED_LESSONS_BUILD", ROOT / "build"))

if "MEASURED_LESSONS_BUILD" not in os.environ and not (BUILD / "manifest.json").is_file():
    pytest.skip("no default build here: make site", allow_module_level=True)

SETTINGS = Settings.of({"module": "fast-generation", "preset": "default", "build": str(BUILD)})
CATALOG = read_catalog(Path(SETTINGS.module), map(Path, SETTINGS.needed))
INPUTS = LessonInputs(Build(SETTINGS, CATALOG, lambda *modules: ""))
DRAWN = [(slug, name) for slug, lesson in CATALOG.lessons.items() for name in lesson.figures]


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "name"), DRAWN)
def test_every_word_can_be_read(lesson: str, name: str) -> None:
    of, use = SimpleNamespace(lesson=lesson, figure=name), CATALOG.lessons[lesson].figures[name]
    read = {kind: map(Path, getattr(INPUTS, f"figure_{kind}")(of)) for kind in READ}
    data = figure_data(Path(INPUTS.ledger(of)), **{kind: [*paths] for kind, paths in read.items()})
    figure = importlib.import_module(FIGURES[use.figure].module)
    picture = figure.prepare(data, use.options)
    wrong = {one.name: illegible(figure, picture, one) for one in WIDTHS}
    assert not any(wrong.values()), wrong
