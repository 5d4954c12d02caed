"""Where the numbers of a block come from: what its control opens, in place.

A text ends in a small button that opens a popover; claims, figures and measured tables, which have
details of their own, list their numbers there. Each entry leads to a row of the lists of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from pipelines.claims import Expression
from pipelines.contracts.keys import MeasurementKey, SystemKey, system_of
from pipelines.contracts.measurement import Fact
from pipelines.pages.mentions import Gathered, Mention, rows_behind
from pipelines.pages.naming import metric_title, row_words, system_words
from pipelines.pages.numbers import error_of, plain_number, seen, short, timed_mark, unit_of
from pipelines.pages.page import Page
from pipelines.pages.places import Place
from pipelines.pages.register import Quoted
from pipelines.pages.verdicts import readable

_CONTROL = Markup(
    '<button type="button" class="whence" id="{id}" popovertarget="{id}-list"'
    ' aria-label="{label}"></button>'
    '<small popover class="sources" id="{id}-list" role="group" aria-labelledby="{id}">'
    '{entries} <button type="button" popovertarget="{id}-list" popovertargetaction="hide">Close'
    "</button></small>"
)
_ENTRY = Markup('<a href="{}">{}</a> {}.')
_TIMED = Markup("<span{}>{}</span>")


def control(page: Page, gathered: Gathered) -> Markup:
    """Return the button after a text and what it opens; nothing where there is no number."""
    if not gathered.mentions:
        return Markup("")
    anchor = page.places.anchors.new("numbers")
    gathered.place = Place(anchor, page.section.label)
    many = len(gathered.mentions)
    label = f"Where these {many} numbers come from" if many > 1 else "Where this number comes from"
    return _CONTROL.format(id=anchor, label=label, entries=entries(page, gathered))


def entries(page: Page, gathered: Gathered) -> Markup:
    """Return what is to be said of the numbers of a block, and keep where they are used.

    Each entry begins with a link to the row of its number, by which the stylesheet sets it on a
    line of its own: pages hold hundreds of them, and an element less for each.
    """
    mentions = list(gathered.mentions.values())
    place = gathered.place or page.section
    for mention in mentions:
        page.uses.add(rows_behind(mention, page.register), place)
    cells = [mention for mention in mentions if mention.in_cells]
    single = [_entry(page, mention) for mention in mentions if not mention.in_cells]
    return Markup(" ").join([*single, *_systems(page, cells), *_differences(page, cells)])


def _entry(page: Page, mention: Mention) -> Markup:
    source = mention.source
    if isinstance(source, Fact):
        return _linked(page, mention.anchor, mention.shown, _of_fact(page, source))
    words = _of_row(page, source) if source.row else _of_computed(page, source)
    made = _linked(page, mention.anchor, mention.shown, words)
    return _TIMED.format(timed_mark(True), made) if source.timed else made


def _linked(page: Page, anchor: str, shown: Sequence[str], words: str) -> Markup:
    return _ENTRY.format(f"{page.lists}#{anchor}", ", ".join(shown), words)


def _of_row(page: Page, quoted: Quoted) -> str:
    row = quoted.row
    assert row is not None
    value = f"{_digits(row.value)}{unit_of(row.unit)}"
    if row.spread is not None:
        value += f" ± {row.spread:.2g} over {row.spread_over or 'runs'}"
    words = row_words(page.sources, row.key)
    return _joined(words, value, _chance(quoted), *_counts([quoted]))


def _of_computed(page: Page, quoted: Quoted) -> str:
    assert quoted.expression is not None
    words = expression_words(page, quoted.expression)
    return _joined(f"computed: {words}", _digits(quoted.value), _chance(quoted))


def _of_fact(page: Page, fact: Fact) -> str:
    works = page.sources.references
    work = short(works[fact.source], works) if fact.source in works else fact.source
    return _joined(fact.what, fact.conditions, f"{work}: {seen(fact)}")


def _digits(value: float) -> str:
    return plain_number(float(f"{value:.4g}"))


def _chance(quoted: Quoted) -> str:
    error = error_of(quoted)
    return f"standard error {error}" if error[:1].isdigit() or error.startswith("at") else error


def _counts(rows: Iterable[Quoted]) -> list[str]:
    """Return how many samples, repeats or networks stand behind rows, and their seeds."""
    measured = [quoted.row for quoted in rows if quoted.row]
    counts = dict.fromkeys(row.n for row in measured)
    seeds = dict.fromkeys(seed for row in measured for seed in row.seeds)
    words = [f"n = {', '.join(map(plain_number, counts))}"]
    word = "seed" if len(seeds) == 1 else "seeds"
    return words + ([f"{word} {', '.join(map(str, seeds))}"] if seeds else [])


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def expression_words(page: Page, expression: Expression) -> str:
    """Return what a number is computed from, in words; what all rows have in common once."""
    keys = [MeasurementKey.parse(key) for key in expression.keys]
    metrics = {key.metric for key in keys}
    common = f"{metric_title(keys[0].metric)}: " if len(keys) > 1 and len(metrics) == 1 else ""

    def words(leaf: Expression) -> Markup:
        if leaf.kind == "number":
            return escape(plain_number(leaf.number))
        if leaf.kind == "fact":
            said = page.sources.ledger.facts[leaf.name].what
        elif common:
            said = system_words(page.sources, MeasurementKey.parse(leaf.name).system)
        else:
            said = row_words(page.sources, leaf.name)
        return escape(f"({said})" if len(keys) + len(expression.facts) > 1 else said)

    return common + readable(expression, words).striptags()


def _systems(page: Page, cells: list[Mention]) -> list[Markup]:
    """Return one entry for each system of a table: its rows stand together in the lists."""
    found: dict[str, list[Mention]] = {}
    for mention in cells:
        if isinstance(mention.source, Quoted) and mention.source.row:
            found.setdefault(system_of(mention.source.key), []).append(mention)
    return [_system(page, system, mentions) for system, mentions in found.items()]


def _system(page: Page, system: str, mentions: list[Mention]) -> Markup:
    name = system_words(page.sources, SystemKey.parse(system))
    rows = [one.source for one in mentions if isinstance(one.source, Quoted)]
    return _linked(page, mentions[0].anchor, [name], _joined(*_counts(rows)))


def _differences(page: Page, cells: list[Mention]) -> list[Markup]:
    computed = [one for one in cells if isinstance(one.source, Quoted) and not one.source.row]
    words = "computed from these rows; the lists have their standard errors"
    return [_linked(page, one.anchor, ["Differences"], words) for one in computed[:1]]
