"""How many sampling seeds every picture system needs, from what a finished build measured.

A system is drawn with as many seeds as the claims and tables that name it need: a comparison until
it is decided with room to spare, a number that a page shows until it is as exact as here stated,
and with all seeds where that cannot be reached. The rule reads a build's rows and nothing else, so
it says the same on every machine.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipelines.blocks.claim import Claim
from pipelines.blocks.table import TableRequest
from pipelines.claims import ClaimError, Margin, comparisons_of, parse_check, row_uncertainty
from pipelines.contracts.blocks import walk
from pipelines.contracts.keys import (
    MeasurementKey,
    keys_in,
    listed,
    named_by_any,
    system_of,
    untitled,
)
from pipelines.contracts.measurement import Ledger, Measurement
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.sampling import SEEDS

SAFE = 4.0  # standard errors a comparison must lie off, so that other draws leave it decided
LEAST = 0.1  # of a variance: drawing more is of no use if drawing's part is smaller
EXACT = 0.03  # standard error of a share, or of a ratio to renders, that a page shows
RELATIVE = 0.2  # the same of distances, as a part of the number
DISTANCES = ("frechet", "kernel")


def sampling_seeds(plans: Iterable[LessonPlan], ledger: Ledger) -> dict[str, int]:
    """Return system → seeds for each picture system of a ledger that does not need all."""
    drawn = drawn_systems(ledger)
    needed = dict.fromkeys(drawn, 1)
    for system, seeds in _wanted(list(plans), ledger, drawn):
        needed[system] = max(needed[system], seeds)
    return {system: seeds for system, seeds in needed.items() if seeds < len(SEEDS)}


def drawn_systems(ledger: Ledger) -> dict[str, int]:
    """Return the picture systems of a ledger and with how many seeds each was drawn."""
    found = dict[str, int]()
    for row in ledger.measurements.values():
        system = MeasurementKey.parse(row.key).system
        if system.sampling.guidance is not None and row.produced_by.rule == "measure_latent":
            found[str(system)] = len(row.seeds)
    return found


def _wanted(
    plans: list[LessonPlan], ledger: Ledger, drawn: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    for plan in plans:
        for margin in _margins(plan, ledger):
            systems = {system_of(key) for key in margin.node.keys} & drawn.keys()
            seeds = for_comparison(margin, max((drawn[one] for one in systems), default=1))
            yield from ((system, seeds) for system in systems)
        for row in quoted_rows(plan, ledger):
            if (system := system_of(row.key)) in drawn:
                yield system, for_number(row, drawn[system])


def for_comparison(margin: Margin, now: int) -> int:
    """Return the fewest seeds that decide a comparison with room to spare, else all.

    Args:
        now: With how many seeds its rows were drawn.
    """
    chance = margin.uncertainty
    for seeds in range(1, len(SEEDS)):
        error = math.hypot(chance.trainings, chance.draws * math.sqrt(now / seeds))
        if abs(margin.difference) >= SAFE * error:
            return seeds
    idle = chance.draws**2 * now < LEAST * (chance.draws**2 * now + chance.trainings**2)
    return 1 if idle else len(SEEDS)


def for_number(row: Measurement, now: int) -> int:
    """Return the fewest seeds that make a number as exact as pages promise, else all."""
    limit, draws = limit_of(row), row_uncertainty(row).draws
    wanted = (seeds for seeds in range(1, len(SEEDS)) if draws * math.sqrt(now / seeds) <= limit)
    return next(wanted, len(SEEDS))


def limit_of(row: Measurement) -> float:
    """Return the standard error that a number on a page may have from its draws."""
    distance = MeasurementKey.parse(row.key).metric in DISTANCES
    return RELATIVE * abs(row.value) if distance else EXACT


def _margins(plan: LessonPlan, ledger: Ledger) -> Iterator[Margin]:
    """Yield every comparison of a plan's claims over rows that are there."""
    outline = plan.design.outline
    for claim in (one for one in walk(outline) if isinstance(one, Claim)) if outline else ():
        for check in filter(None, (claim.check, claim.fails)):
            try:
                yield from comparisons_of(parse_check(check), ledger)
            except (ClaimError, LookupError, ZeroDivisionError):
                continue  # the lint's, the page's to report


def quoted_rows(plan: LessonPlan, ledger: Ledger) -> Iterator[Measurement]:
    """Yield the rows that a page shows as numbers: quoted, or in a table."""
    text = Path(plan.file).read_text(encoding="utf-8", errors="replace")
    keys = keys_in(text)
    tables = [one for one in walk(plan) if isinstance(one, TableRequest)]
    for table in tables:
        named = [
            *untitled(table.options.get("systems", "")),
            *untitled(table.options.get("against", "")),
        ]
        metrics = listed(table.options.get("metrics", ""))
        keys += [
            key
            for key in ledger.measurements
            if MeasurementKey.parse(key).metric in metrics and named_by_any(named, system_of(key))
        ]
    for key in dict.fromkeys(keys):
        if row := ledger.measurements.get(key):
            yield row
