"""What the stages of documents read, read before they are asked for: see steering/helper.py."""

from __future__ import annotations

from pathlib import Path

from pipelines.any_plan import remember
from pipelines.contracts.files import TEMPLATES
from pipelines.module.catalog import read_catalog
from pipelines.module.sources import load_references
from pipelines.pages.code import highlighted
from pipelines.pages.environment import environment
from pipelines.plan.maths import mathml


def read_ahead(module: Path) -> None:
    """Read a module, given by its plan, and all templates; set up what pages are made with."""
    remember()
    for file in TEMPLATES.glob("*.j2"):
        environment().get_template(file.name)
    highlighted("x = 1", "python")
    mathml("x")
    load_references(module.parent / "references.bib")
    read_catalog(module.parent)
