"""Measured, computed and cited numbers as elements of a page.

In a text a number is no link: the block that shows it says where its numbers come from, see
`pipelines.pages.provenance`.
"""

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from pipelines.claims import ClaimError, MissingValues, format_number, parse
from pipelines.contracts.measurement import Fact
from pipelines.contracts.references import Reference
from pipelines.pages.page import Page
from pipelines.pages.register import Quoted
from pipelines.pages.timing_mask import MARK

_VALUE = Markup('<data class="measured" value="{}"{}>{}</data>')
_CELL = Markup('<td data-value="{}" title="{}"{}>{}</td>')
_AGAINST = Markup('<data class="against" value="{}"{}>{}</data>')
_NOTHING = Markup("")
_FACT = Markup('<data class="cited" value="{}">{}</data>')
# No stop of the tabulator: the block's control leads to the figure's row, and that to its source.
_SOURCE = Markup('<a class="source" href="#{}" tabindex="-1" title="{}">[{}{}]</a>')
_SECOND_HAND = ", second-hand"  # explained with the references
_SMALLEST = 1e-8  # below, zeros are harder to read than an exponent
_ADD_KEY = "check the spelling; measured keys stand in ledger.json"


def timed_mark(timed: bool) -> Markup:
    """Return the attribute of elements that depend on the clock."""
    return Markup(f" {MARK}") if timed else Markup("")


def measured(page: Page, written: str, form: str, line: int) -> Markup:
    """Set the number of an expression over ledger keys."""
    try:
        quoted = page.register.quote(parse(written), written)
        spread = quoted.spread_or_error
        if spread is None and not page.sources.ledger.publish:
            form = form.rstrip("+")  # a trial build trains one network where others train more
        return set_value(page, quoted, format_number(quoted.value, form, spread))
    except MissingValues as lack:
        names = ", ".join(lack.names)
        return page.missing(names, line, "ML401", f"nothing measured: `{names}`", _ADD_KEY)
    except ZeroDivisionError:
        reason = "a measured denominator is zero"
        return page.missing(written, line, "ML404", reason, "compare differences, not ratios")
    except ClaimError as error:
        reason = f"no expression: {error}"
        return page.missing(written, line, "ML302", reason, "see docs/authoring.md, Claims")
    except ValueError as error:
        return page.missing(written, line, "ML311", str(error), "use another format")


@dataclass(frozen=True)
class NumberCell:
    """A cell of a table that is a measured number; `below` stands under it."""

    quoted: Quoted
    text: str
    below: Markup = _NOTHING


def td(cell: Markup | NumberCell) -> Markup:
    """Return a cell; one that is a number is its element itself, and its title says the rest."""
    if not isinstance(cell, NumberCell):
        return Markup("<td>{}</td>").format(cell)
    quoted, shown = cell.quoted, Markup("{}{}").format(cell.text, cell.below)
    value = f"{quoted.value:.6g}"
    return _CELL.format(value, described(quoted), timed_mark(quoted.timed), shown)


def set_value(page: Page, quoted: Quoted, text: str) -> Markup:
    """Return a number's element; its block tells where the number comes from."""
    page.mention(quoted, quoted.anchor, text)
    return _VALUE.format(f"{quoted.value:.6g}", timed_mark(quoted.timed), text)


def set_cell(page: Page, quoted: Quoted, text: str, below: Markup = _NOTHING) -> NumberCell:
    """Return a number as the cell of a table whose heads say what it is."""
    page.mention(quoted, quoted.anchor, text, in_cell=True)
    return NumberCell(quoted, text, below)


def set_difference(page: Page, quoted: Quoted, text: str) -> Markup:
    """Return a number that stands below another one in its cell."""
    page.mention(quoted, quoted.anchor, text, in_cell=True)
    value = f"{quoted.value:.6g}"
    return _AGAINST.format(value, timed_mark(quoted.timed), text)


def described(quoted: Quoted) -> str:
    """Return a number in one line: value, spread, standard error; computed ones with how."""
    error = [] if quoted.error is None else [f"standard error {quoted.error:.2g}"]
    row = quoted.row
    if row is None:
        return " · ".join([f"computed: {quoted.key}", *error])
    value = f"{row.value:.4g}{unit_of(row.unit)}"
    if row.spread is not None:
        value += f" ± {row.spread:.2g} over {row.spread_over or 'runs'}"
    by = row.produced_by.published
    elsewhere = [f"published with the module, measured {by}"] if by else []
    return " · ".join([value, *error, *elsewhere])


def error_of(quoted: Quoted) -> str:
    """Return the standard error of a number, or why there is none; "" where it says nothing."""
    row = quoted.row
    if row is None and not quoted.uncertainty.error and not quoted.uncertainty.unknown:
        return ""  # a lowest or highest training, or a number that chance has no part in
    if row is not None and row.exact:
        return "exact"
    if quoted.uncertainty.unknown:
        known = f"at least {quoted.uncertainty.error:.2g}; " if quoted.uncertainty.error else ""
        reason = row.no_spread if row else ""
        return f"{known}{reason or 'one training, never repeated'}"
    return f"{quoted.uncertainty.error:.2g}"


def unit_of(unit: str) -> str:
    """Return a unit as it follows its number."""
    return "" if unit == "1" else f"\N{NO-BREAK SPACE}{unit}"


def cited(page: Page, name: str, form: str, line: int) -> Markup:
    """Set a cited figure, with the number of its source."""
    fact = page.sources.ledger.facts.get(name)
    if fact is None:
        remedy = "add it to facts.yaml, with its source"
        return page.missing(name, line, "ML304", f"`{name}` is no cited figure", remedy)
    anchor = page.register.cite_fact(name)
    text = format_number(fact.value, form) if form else plain_number(fact.value)
    return set_cited(page, fact, anchor, text) + source_mark(page, fact, line)


def set_cited(page: Page, fact: Fact, anchor: str, text: str) -> Markup:
    """Return the element of a cited figure; its block tells where the figure was read."""
    page.mention(fact, anchor, text)
    return _FACT.format(f"{fact.value:.10g}", text)


def source_mark(page: Page, fact: Fact, line: int) -> Markup:
    """Return the raised number of a fact's source; it says if the fact was not read there."""
    if fact.source not in page.sources.references:
        remedy = "add it to references.bib"
        message = f"`{fact.source}`, the source of `{fact.id}`, is no reference"
        return page.missing(fact.source, line, "ML305", message, remedy)
    work = page.sources.references[fact.source]
    title = ", ".join(filter(None, [short(work, page.sources.references), fact.place]))
    anchor, number = page.register.cite(fact.source), page.register.number(fact.source)
    seen = _SECOND_HAND if fact.confidence == "secondary" else ""
    return _SOURCE.format(anchor, title, number, seen)


def seen(fact: Fact) -> str:
    """Return how a cited figure was seen, in words."""
    place = f", {fact.place}" if fact.place else ""
    return {
        "primary": f"read in the work{place}",
        "secondary": "second-hand, not read in the work"
        + (f"; its place there: {fact.place}" if fact.place else ""),
        "computed": f"from the work's formula or code{place}",
    }[fact.confidence]


def plain_number(value: float) -> str:
    """Set a cited number with all its digits, thousands apart where there are five or more."""
    text = f"{value:.10g}"
    if "e" in text and abs(value) > _SMALLEST:
        text = format(Decimal(text), "f")
    if text.lstrip("-").isdigit() and abs(value) >= 10_000:
        text = f"{int(value):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return text if "e" in text else text.replace("-", "\N{MINUS SIGN}")


def short(work: Reference, works: dict[str, Reference]) -> str:
    """Return "Song et al., 2023"."""
    return f"{_who(work)}, {year(work, works)}" if work.year else _who(work)


def year(work: Reference, works: dict[str, Reference]) -> str:
    """Return "2023", or "2021a" where `works` has others of that name and year."""
    alike = sorted(
        other.key
        for other in works.values()
        if (_who(other), other.year) == (_who(work), work.year)
    )
    return work.year + ("abcdefghijklmnop"[alike.index(work.key)] if alike[1:] else "")


def _who(work: Reference) -> str:
    names = [surname(author) for author in work.authors]
    many = len(names) > 2 or names[1:] == ["others"]
    return f"{names[0]} et al." if many else " and ".join(names) or work.title


def authors(work: Reference) -> str:
    """Return all names; "others", as BibTeX has it, becomes "et al."."""
    return ", ".join("et al." if name == "others" else name for name in work.authors)


def surname(author: str) -> str:
    """Return the family name of "Yang Song" or "Song, Yang"."""
    return author.partition(",")[0] if "," in author else author.split()[-1]
