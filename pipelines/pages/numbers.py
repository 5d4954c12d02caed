"""Measured, computed and cited numbers as elements of a page."""

from decimal import Decimal

from markupsafe import Markup

from pipelines.claims import ClaimError, MissingValues, format_number, parse
from pipelines.contracts.measurement import Fact
from pipelines.contracts.references import Reference
from pipelines.pages.page import Page
from pipelines.pages.register import Quoted
from pipelines.pages.timing_mask import MARK

_VALUE = Markup('<data class="measured" value="{}" title="{}"{}><a href="#{}">{}</a></data>')
_BARE = Markup('<data class="measured" value="{}"{}><a href="#{}">{}</a></data>')
_FACT = Markup('<data class="cited" value="{}" title="{}"><a href="#{}">{}</a></data>')
_SOURCE = Markup('<sup class="source"><a href="#{}" title="{}">{}</a></sup>')
_SMALLEST = 1e-8  # below, zeros are harder to read than an exponent
_ADD_KEY = "check the spelling; measured keys stand in ledger.json"


def timed_mark(timed: bool) -> Markup:
    """Return the attribute of elements that depend on the clock."""
    return Markup(f" {MARK}") if timed else Markup("")


def measured(page: Page, written: str, form: str, line: int) -> Markup:
    """Set the number of an expression over ledger keys, linked to how it was measured."""
    try:
        quoted = page.register.quote(parse(written), written)
        spread = quoted.spread_or_error
        if spread is None and not page.sources.ledger.publish:
            form = form.rstrip("+")  # a trial build trains one network where others train more
        return set_value(quoted, format_number(quoted.value, form, spread))
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


def set_value(quoted: Quoted, text: str) -> Markup:
    """Return a number's element; its title says where the number comes from."""
    title = described(quoted)
    value = f"{quoted.value:.6g}"
    return _VALUE.format(value, title, timed_mark(quoted.timed), quoted.anchor, text)


def set_bare(quoted: Quoted, text: str) -> Markup:
    """Return a number's element without a title: where its description stands beside it."""
    value = f"{quoted.value:.6g}"
    return _BARE.format(value, timed_mark(quoted.timed), quoted.anchor, text)


def described(quoted: Quoted) -> str:
    """Return a number in one line: value, spread, standard error; computed ones with how.

    Its key, counts and seeds stand in its row, to which it links: pages hold hundreds of numbers.
    """
    error = [] if quoted.error is None else [f"standard error {quoted.error:.2g}"]
    row = quoted.row
    if row is None:
        return " · ".join([f"computed: {quoted.key}", *error])
    value = f"{row.value:.4g}{unit_of(row.unit)}"
    if row.spread is not None:
        value += f" ± {row.spread:.2g} over {row.spread_over or 'runs'}"
    return " · ".join([value, *error])


def error_of(quoted: Quoted) -> str:
    """Return the standard error of a measured row, or why there is none."""
    row = quoted.row
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
    """Set a cited figure, linked to its conditions, with the number of its source."""
    fact = page.sources.ledger.facts.get(name)
    if fact is None:
        remedy = "add it to facts.yaml, with its source"
        return page.missing(name, line, "ML304", f"`{name}` is no cited figure", remedy)
    anchor = page.register.cite_fact(name)
    text = format_number(fact.value, form) if form else plain_number(fact.value)
    number = _FACT.format(f"{fact.value:.10g}", about(fact), anchor, text)
    return number + source_mark(page, fact, line)


def source_mark(page: Page, fact: Fact, line: int) -> Markup:
    """Return the raised number of a fact's source in the list of references."""
    if fact.source not in page.sources.references:
        remedy = "add it to references.bib"
        message = f"`{fact.source}`, the source of `{fact.id}`, is no reference"
        return page.missing(fact.source, line, "ML305", message, remedy)
    work = page.sources.references[fact.source]
    title = ", ".join(filter(None, [short(work, page.sources.references), fact.place]))
    return _SOURCE.format(
        page.register.cite(fact.source), title, page.register.number(fact.source)
    )


def about(fact: Fact) -> str:
    """Return what a cited fact is about, with its conditions and place."""
    return "; ".join(filter(None, [fact.what, fact.conditions, fact.place]))


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
