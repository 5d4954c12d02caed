"""What a page has quoted: measured values, cited figures and works, each once, in order.

The register gives every one an anchor. The numbers are listed on a page of their own, the works at
the end of the page that cites them.
"""

from dataclasses import dataclass, field

from pipelines.claims import (
    Expression,
    Uncertainty,
    evaluate,
    row_uncertainty,
    uncertainty_of,
)
from pipelines.contracts.keys import experiment_of, system_of
from pipelines.contracts.measurement import Fact, Ledger, Measurement
from pipelines.contracts.references import Reference
from pipelines.pages.places import Anchors, fit


@dataclass(frozen=True)
class Quoted:
    """One measured or computed number of the page, and how far chance moves it."""

    anchor: str
    key: str  # or the expression, as written
    value: float
    row: Measurement | None  # None: computed
    timed: bool
    expression: Expression | None = None  # of a computed number
    uncertainty: Uncertainty = Uncertainty()  # noqa: RUF009  a constant

    @property
    def error(self) -> float | None:
        """The standard error, or None where it is not known or chance has no part in it."""
        known = self.uncertainty.error > 0 and not self.uncertainty.unknown
        return self.uncertainty.error if known else None

    @property
    def spread_or_error(self) -> float | None:
        """What stands behind "±": a row's own spread, of a computed number its standard error."""
        return self.row.spread if self.row else self.error


@dataclass
class Register:
    """Everything quoted so far. `values` and the rest keep the order of first use."""

    ledger: Ledger
    references: dict[str, Reference]
    anchors: Anchors
    values: dict[str, Quoted] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)  # id → anchor
    works: dict[str, str] = field(default_factory=dict)  # reference key → anchor
    drawn: dict[str, str] = field(default_factory=dict)  # experiment → anchor

    def quote(self, expression: Expression, written: str) -> Quoted:
        """Register an expression's number and every row and fact behind it.

        Raises:
            MissingValues, ZeroDivisionError: As `claims.evaluate`.
        """
        value = float(evaluate(expression, self.ledger))
        for fact in expression.facts:
            self.cite_fact(fact)
        rows = [self.quote_row(key) for key in expression.keys]
        if expression.kind == "key":
            return rows[0]
        if written not in self.values:
            anchor = self.anchors.new(f"m-{fit(written)[:80]}")
            timed = any(row.timed for row in rows)
            moved = uncertainty_of(expression, self.ledger)
            self.values[written] = Quoted(anchor, written, value, None, timed, expression, moved)
        return self.values[written]

    def quote_row(self, key: str) -> Quoted:
        """Register a row that the ledger holds."""
        if key not in self.values:
            row = self.ledger.row(key)
            assert row is not None  # callers have looked
            anchor = self.anchors.new(f"m-{fit(key)}")
            timed = key not in self.ledger.measurements
            moved = row_uncertainty(row)
            self.values[key] = Quoted(anchor, key, row.value, row, timed, uncertainty=moved)
        return self.values[key]

    def inputs(self, quoted: Quoted) -> list[str]:
        """Return the anchors of all that a computed number is computed from."""
        of = quoted.expression
        rows = [self.values[key].anchor for key in of.keys] if of else []
        return rows + ([self.facts[fact] for fact in of.facts] if of else [])

    def cite_fact(self, fact: str) -> str:
        """Register a cited figure and its source; return its anchor."""
        if fact not in self.facts:
            self.facts[fact] = self.anchors.new(f"fact-{fact}")
            if self.ledger.facts[fact].source in self.references:
                self.cite(self.ledger.facts[fact].source)
        return self.facts[fact]

    def cite(self, key: str) -> str:
        """Register a work; return its anchor."""
        if key not in self.works:
            self.works[key] = self.anchors.new(f"bib-{fit(key)}")
        return self.works[key]

    def draw(self, experiment: str) -> str:
        """Register an experiment that a figure draws; return its anchor."""
        if experiment not in self.drawn:
            self.drawn[experiment] = self.anchors.new(f"experiment-{fit(experiment)}")
        return self.drawn[experiment]

    def number(self, key: str) -> int:
        """Return the place of a work in the list of references, from one."""
        return list(self.works).index(key) + 1

    # --- the lists of numbers, and the references ---

    @property
    def measured(self) -> list[Quoted]:
        """The measured numbers that are quoted."""
        return [quoted for quoted in self.values.values() if quoted.row and not quoted.timed]

    @property
    def clocked(self) -> list[Quoted]:
        """The quoted numbers that hang on the clock."""
        return [quoted for quoted in self.values.values() if quoted.row and quoted.timed]

    @property
    def published(self) -> dict[str, list[str]]:
        """Experiments that this build did not train, by when and on what they were measured."""
        found: dict[str, list[str]] = {}
        for row in (quoted.row for quoted in self.values.values()):
            made = row.produced_by.published if row else ""
            if row and made and experiment_of(row.key) not in found.setdefault(made, []):
                found[made].append(experiment_of(row.key))
        return found

    @staticmethod
    def by_system(rows: list[Quoted]) -> dict[str, list[Quoted]]:
        """Return rows by their systems, both in the order of first use."""
        found: dict[str, list[Quoted]] = {}
        for quoted in rows:
            found.setdefault(system_of(quoted.key), []).append(quoted)
        return found

    @property
    def computed(self) -> list[Quoted]:
        """The quoted numbers that are computed from others."""
        return [quoted for quoted in self.values.values() if not quoted.row]

    @property
    def cited(self) -> list[tuple[Fact, str]]:
        """The cited facts, with their anchors."""
        return [(self.ledger.facts[fact], anchor) for fact, anchor in self.facts.items()]

    @property
    def second_hand(self) -> bool:
        """Whether some cited figure was not read in the work that it is from."""
        return any(self.ledger.facts[fact].confidence == "secondary" for fact in self.facts)

    @property
    def reading(self) -> list[tuple[Reference, str]]:
        """The cited works, with their anchors."""
        return [(self.references[key], anchor) for key, anchor in self.works.items()]
