"""The module that a plan lies in: facts, references and experiments, if there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.contracts.measurement import Fact
from pipelines.contracts.plan import AnyPlan, ModulePlan
from pipelines.contracts.problems import Problem
from pipelines.contracts.references import Reference
from pipelines.plan.catalog import Catalog, read_catalog, read_frame
from pipelines.plan.lint import lint
from pipelines.plan.sources import load_facts, load_references

Module = tuple[dict[str, Fact], dict[str, Reference], Catalog]


class Modules(dict[Path, Module]):
    """The modules by folder, each read once however many of its plans are looked at."""

    def __init__(self, read: Callable[[Path], Catalog] = read_catalog) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, folder: Path) -> Module:
        facts, references = folder / "facts.yaml", folder / "references.bib"
        self[folder] = (
            load_facts(facts) if facts.is_file() else {},
            load_references(references) if references.is_file() else {},
            self.read(folder),
        )
        return self[folder]

    def around(self, plan: AnyPlan, path: Path) -> Module:
        """Return facts, references and catalog of the module that a plan lies in, perhaps none."""
        folder = path.resolve().parent.parent
        if (folder / "module.md").is_file():
            return self[folder]
        fields = plan.model_dump(include={"file", "title", "title_spans", "meta"})
        nowhere = ModulePlan.model_validate(fields | {"id": "", "segments": ()})
        return {}, {}, Catalog(nowhere, {}, {})


def frames() -> Modules:
    """Return the modules without their lessons' plans: what the lint of one plan needs."""
    return Modules(read_frame)


def content_problems(plan: AnyPlan, path: Path, modules: Modules) -> list[Problem]:
    """Return what the lint finds in a plan, with the sources and experiments of its module."""
    facts, references, catalog = modules.around(plan, path)
    return lint(
        plan,
        facts=facts,
        citations=references,
        experiments=catalog.experiments,
        sequence=catalog.module.sequence,
        built=catalog.lessons,
    )
