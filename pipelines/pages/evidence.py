"""The way from a number to what made it: the command, the code, the log, the pictures of it."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contracts.keys import experiment_of
from pipelines.contracts.measurement import Measurement
from pipelines.contracts.plan import LessonPlan
from pipelines.module.requests import figures
from pipelines.pages.page import Page
from pipelines.pages.places import Place
from pipelines.pages.register import Quoted

_PRODUCTS = {
    "measure_plane": "measurements/{}.json",
    "measure_latent": "measurements/{}.json",
    "train_plane": "models/{}.timing.json",
    "train_latent": "models/{}.timing.json",
    "train_base_part": "models/base-parts/{}.timing.json",
}


@dataclass(frozen=True)
class Evidence:
    """What made a number.

    Attributes:
        code: Digest of the code that did, by its rule.
        published: When and on what, where it was not this build.
    """

    rule: str
    experiment: str
    code: str
    command: str
    log: str
    published: str = ""
    pictures: tuple[Place, ...] = ()


def evidence_of(page: Page, rows: list[Quoted]) -> list[Evidence]:
    """Return what made the rows of a system, each once."""
    made = (_evidence(page, one.row) for one in rows if one.row)
    return list(dict.fromkeys(made))


def _evidence(page: Page, row: Measurement) -> Evidence:
    by = row.produced_by
    experiment = by.experiment or experiment_of(row.key)
    preset = page.sources.ledger.preset
    build = "build" if preset == "default" else f"build/{preset}"
    config = "" if preset == "default" else f" --config preset={preset}"
    if by.published:
        config = " --config remeasure=true"
    product = _PRODUCTS.get(by.rule, "").format(by.experiment) if by.experiment else ""
    return Evidence(
        by.rule,
        experiment,
        by.code,
        f"snakemake --cores all {build}/{product}{config}" if product else "",
        "" if by.published or not product else f"{build}/logs/{by.rule}/{by.experiment}.log",
        by.published,
        tuple(page.pictures.get(experiment, ())),
    )


def pictures_of(plan: LessonPlan, page: Page) -> dict[str, list[Place]]:
    """Return the figures of a page that draw each experiment."""
    found: dict[str, list[Place]] = {}
    for name, use in figures(plan).items():
        place = page.places.by_name.get(name)
        for experiment in use.experiments if place else ():
            found.setdefault(experiment, []).append(place)  # type: ignore[arg-type]
    return found
