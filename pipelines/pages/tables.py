"""Tables made from the ledger: how good systems are, and how long they take.

Every cell comes from a row; a cell without a row says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from pipelines.blocks.table import TableRequest
from pipelines.claims import format_number, parse
from pipelines.contracts.keys import (
    MeasurementKey,
    Sampling,
    SystemKey,
    key_of,
    listed,
    titled,
    untitled,
)
from pipelines.contracts.measurement import Measurement
from pipelines.contracts.metrics import METRICS, UNKNOWN
from pipelines.pages.claims_table import Cell, LedgerTable, claims_table
from pipelines.pages.naming import metric_form, metric_title, system_label
from pipelines.pages.numbers import set_cell, set_difference, timed_mark
from pipelines.pages.page import Page
from pipelines.pages.register import Quoted

_QUALITY_NOTE = Markup(
    "NFE: network evaluations a sample. ±: standard deviation over networks trained from several"
    " seeds, or over sampling seeds of one; a number without it stands on one of either."
)
_AGAINST_NOTE = Markup(
    "Small: the difference from {} ± its standard error. Rows of the same captions and noise are"
    " compared as pairs; without ± it is not known how far another training would move it."
)
_NOTHING_BELOW = Markup("")
_ABSENT = Markup('<span class="absent" title="not measured for this system">–</span>')


def ledger_table(page: Page, request: TableRequest) -> LedgerTable | None:
    """Make a table that a plan asks for; None if there is no such table."""
    makers: dict[str, Callable[[Page, TableRequest], LedgerTable]] = {
        "timing": timing_table,
        "quality": quality_table,
        "trainings": trainings_table,
        "composability": composability_table,
        "claims": claims_table,
    }
    if request.table not in makers:
        message = f"unknown table `{request.table}`"
        remedy = f"one of {', '.join(makers)}"
        page.missing(request.table, request.src.line, "ML309", message, remedy)
        return None
    return makers[request.table](page, request)


def quality_table(page: Page, request: TableRequest) -> LedgerTable:
    """Systems in the rows, metrics in the columns, each mean with its spread over the seeds.

    With `against`, a system, each row of another one also has its differences from that one.
    """
    asked = request.options.get("systems", "")
    systems = dict(map(titled, listed(asked)))
    metrics = listed(request.options.get("metrics", "") or _usual(page, untitled(asked)))
    against = request.options.get("against", "").strip()
    rows = []
    for system, title in systems.items():
        found = [_row(page, request, key_of(system, metric)) for metric in metrics]
        cells = [
            _cell(page, row, metric_form(metric), _difference(page, request, row, metric))
            for row, metric in zip(found, metrics, strict=True)
        ]
        nfe = next((row.nfe for row in found if row and row.nfe is not None), None)
        label = system_label(page, system, title)
        rows.append((label, Markup("–" if nfe is None else nfe), *cells))
    columns = ("System", "NFE", *map(metric_title, metrics))
    notes: tuple[Markup, ...] = (_QUALITY_NOTE,)
    if against:
        label = system_label(page, against, systems.get(against, ""))
        notes += (_AGAINST_NOTE.format(label),)
    return LedgerTable(columns, tuple(rows), notes, _unseen(metrics))


def _difference(page: Page, request: TableRequest, row: Measurement | None, metric: str) -> Markup:
    """Set how far a row lies from the same metric of another system, draws taken as pairs."""
    against = request.options.get("against", "").strip()
    if row is None or not against:
        return Markup("")
    other = _row(page, request, key_of(against, metric))
    if other is None or other.key == row.key:
        return Markup("")
    written = f"{row.key} - {other.key}"
    quoted = page.register.quote(parse(written), written)
    error = quoted.spread_or_error
    text = format_number(quoted.value, metric_form(metric) + "+" * (error is not None), error)
    text = text.replace("%", "points")  # of a share: a difference in points, not a part of it
    plus = "+" if quoted.value > 0 else ""
    return set_difference(page, quoted, plus + text)


def trainings_table(page: Page, request: TableRequest) -> LedgerTable:
    """Systems in the rows, metrics in the columns, each training's value from low to high.

    For what a mean would hide: a training that ends here or there by luck.
    """
    asked = request.options.get("systems", "")
    metrics = listed(request.options.get("metrics", "") or _usual(page, untitled(asked)))
    rows = tuple(
        (
            system_label(page, system, title),
            *(
                _each_training(page, _row(page, request, key_of(system, m)), metric_form(m))
                for m in metrics
            ),
        )
        for system, title in map(titled, listed(asked))
    )
    note = Markup("Each value is one network; the networks of a row differ by their seeds alone.")
    return LedgerTable(("System", *map(metric_title, metrics)), rows, (note,), _unseen(metrics))


def _unseen(metrics: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the titles of metrics with what each does not see, where that is known."""
    known = ((metric_title(name), METRICS.get(name, UNKNOWN).blind) for name in metrics)
    return tuple((title, blind) for title, blind in known if blind)


def _each_training(page: Page, row: Measurement | None, form: str) -> Cell:
    if row is None:
        return _ABSENT
    quoted = page.register.quote_row(row.key)
    values = (format_number(value, form) for value in sorted(row.trainings or (row.value,)))
    return set_cell(page, quoted, ", ".join(values))


def _usual(page: Page, systems: Iterable[str]) -> str:
    """Return the metrics of a table that names none: those of pictures or those in the plane."""
    drawn = any(page.sources.ledger.row(key_of(system, "all")) for system in systems)
    return "all, frechet, sharpness, clipped, diversity" if drawn else "off_manifold, sliced_w2"


def composability_table(page: Page, request: TableRequest) -> LedgerTable:
    """What became of each combination: its scores, or the error that it ended with."""
    rows: list[tuple[Cell, ...]] = []
    for name in listed(request.options.get("systems", "")):
        keys = map(MeasurementKey.parse, page.sources.ledger.measurements)
        found = [key for key in keys if key.experiment == name]
        refused = page.sources.ledger.row(SystemKey(name, Sampling("loads", 1)).key("loaded"))
        if refused is not None and not refused.value:
            title = page.sources.titles.get(name, name)
            said = Markup('<span class="refused">{}</span>').format(refused.note)
            rows.append((Markup("{}").format(title), Markup("–"), _ABSENT, _ABSENT, said))
            continue
        systems = sorted({str(key.system) for key in found if key.metric == "all"})
        if not systems:
            missing = SystemKey(name, Sampling("lcm", 4, 1))
            _row(page, request, missing.key("all"))  # says what is missing
        for system in systems:
            metrics = ("all", "style", "frechet")
            three = [_row(page, request, key_of(system, metric)) for metric in metrics]
            forms = map(metric_form, metrics)
            cells = [_cell(page, row, form) for row, form in zip(three, forms, strict=True)]
            nfe = three[0].nfe if three[0] else None
            works = Markup("loads and draws")
            rows.append((system_label(page, system), Markup(nfe or "–"), *cells[:2], works))
    columns = ("Combination", "NFE", "All attributes right", "Right style", "What happened")
    return LedgerTable(columns, tuple(rows), (_QUALITY_NOTE,))


def _row(page: Page, request: TableRequest, key: str) -> Measurement | None:
    row = page.sources.ledger.row(key)
    if row is None:
        remedy = "evaluate the system in its experiment file, or leave it out of the table"
        page.missing(key, request.src.line, "ML401", f"nothing measured: `{key}`", remedy)
    return row


def _cell(page: Page, row: Measurement | None, form: str, below: Markup = _NOTHING_BELOW) -> Cell:
    if row is None:
        return _ABSENT
    quoted = page.register.quote_row(row.key)
    plus = "" if row.spread is None else "+"
    return set_cell(page, quoted, format_number(row.value, form + plus, row.spread), below)


@dataclass(frozen=True)
class _Timed:
    """One system on the clock."""

    system: str
    title: str
    row: Measurement | None
    quoted: Quoted | None


def timing_table(page: Page, request: TableRequest) -> LedgerTable:
    """Seconds per thousand samples beside NFE: measured speed-up beside the one by NFE."""
    systems = dict(map(titled, listed(request.options.get("systems", ""))))
    baseline = request.options.get("baseline", "").strip() or next(iter(systems), "")
    base = _timed(page, request, baseline, systems.get(baseline, "")) if baseline else None
    rows = tuple(
        _timing_row(page, _timed(page, request, system, title), base.row if base else None)
        for system, title in systems.items()
    )
    columns = (
        "System",
        "NFE",
        "Seconds per 1000 samples",
        "Threads",
        "Speed-up, measured",
        "Speed-up, by NFE",
    )
    return LedgerTable(columns, rows, _timing_notes(page, base))


def _timed(page: Page, request: TableRequest, system: str, title: str) -> _Timed:
    row = _row(page, request, key_of(system, "seconds_per_1000"))
    return _Timed(system, title, row, page.register.quote_row(row.key) if row else None)


def _timing_row(page: Page, one: _Timed, base: Measurement | None) -> tuple[Cell, ...]:
    label = system_label(page, one.system, one.title)
    if one.row is None or one.quoted is None:
        return (label, *[_ABSENT] * 5)
    form = f"{_decimals(one.row)}f" + ("+" if one.row.spread is not None else "")
    seconds = set_cell(page, one.quoted, format_number(one.row.value, form, one.row.spread))
    nfe = Markup("–" if one.row.nfe is None else one.row.nfe)
    threads = _clocked(str(one.row.threads))
    return label, nfe, seconds, threads, _measured_ratio(base, one.row), _nfe_ratio(base, one.row)


def _decimals(row: Measurement) -> int:
    """Return how many decimals show the first digit of the spread, else two of the value."""
    smallest = row.spread or row.value / 10
    return min(9, max(0, -math.floor(math.log10(smallest)))) if smallest > 0 else 3


def _clocked(text: str) -> Markup:
    return Markup("<span{}>{}</span>").format(timed_mark(True), text)


def _measured_ratio(base: Measurement | None, row: Measurement) -> Markup:
    if base is None or not row.value:
        return _ABSENT
    return _clocked(format_number(base.value / row.value, "ratio1"))


def _nfe_ratio(base: Measurement | None, row: Measurement) -> Markup:
    if base is None or not base.nfe or not row.nfe:
        return _ABSENT
    return Markup(format_number(base.nfe / row.nfe, "ratio1"))


def _timing_notes(page: Page, base: _Timed | None) -> tuple[Markup, ...]:
    against = Markup("Medians ± standard deviation over repeats; speed-ups against {}.")
    cpu = page.sources.ledger.hardware.get("cpu", "")
    machine = Markup("Measured on {}.").format(_clocked(cpu or "a machine that has no name"))
    label = system_label(page, base.system, base.title) if base else Markup("")
    return (against.format(label), machine)
