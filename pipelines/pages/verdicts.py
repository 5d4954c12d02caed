"""Claims as a page shows them: the sentence, the verdict, the check and the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from pipelines.claims import ClaimError, Expression, Verdict, judge, missing, parse
from pipelines.contracts.plan import Claim
from pipelines.pages.numbers import describe, measured, plain_number, source_mark
from pipelines.pages.page import Page
from pipelines.pages.register import Quoted


class Outcome(StrEnum):
    """What became of a claim; the value is the class of its box."""

    HOLDS = "holds"
    PARTLY = "partly"
    FAILS_AS_SAID = "fails-as-said"
    CONTRADICTED = "contradicted"
    UNMEASURED = "unmeasured"


WORDS = {
    Outcome.HOLDS: ("✓", "Holds"),
    Outcome.PARTLY: ("◐", "Holds partly"),
    Outcome.FAILS_AS_SAID: ("✗", "Does not hold"),
    Outcome.CONTRADICTED: ("!", "Not as the text says"),
    Outcome.UNMEASURED: ("?", "Not measured"),
}


@dataclass(frozen=True)
class Checked:
    """One check of a claim, judged.

    Attributes:
        said: Whether the plan says that it holds.
        formula: The check, with names.
        figures: The check, with numbers in the places of names; empty if one is missing.
    """

    said: bool
    verdict: Verdict | None
    formula: Markup
    figures: Markup = Markup()  # noqa: RUF009  a constant
    quoted: tuple[Quoted, ...] = ()

    @property
    def as_said(self) -> bool | None:
        """Whether the measurements agree with the plan; None where they are missing."""
        if self.verdict is None or self.verdict.holds is None:
            return None
        return self.verdict.holds == self.said


@dataclass(frozen=True)
class ClaimView:
    """A judged claim, ready to be set: its check, and what is said to fail, if anything is."""

    claim: Claim
    checks: tuple[Checked, ...]

    @property
    def outcome(self) -> Outcome:
        agree = [check.as_said for check in self.checks]
        if None in agree:
            return Outcome.UNMEASURED
        if not all(agree):
            return Outcome.CONTRADICTED
        if self.claim.fails:
            return Outcome.PARTLY
        return Outcome.HOLDS if self.claim.holds else Outcome.FAILS_AS_SAID

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        return tuple(dict.fromkeys(one for check in self.checks for one in check.quoted))

    @property
    def missing(self) -> list[str]:
        verdicts = [check.verdict for check in self.checks if check.verdict]
        return list(dict.fromkeys(name for verdict in verdicts for name in verdict.missing))

    @property
    def timed(self) -> bool:
        """Whether the verdict depends on the clock."""
        return any(one.timed for one in self.quoted)

    @property
    def sign(self) -> str:
        return WORDS[self.outcome][0]

    @property
    def word(self) -> str:
        return WORDS[self.outcome][1]


def view_claim(page: Page, claim: Claim) -> ClaimView:
    """Judge a claim by the page's ledger; a page that is not strict shows what is missing."""
    checks = [_checked(page, claim, claim.check, claim.holds)]
    if claim.fails:
        checks.append(_checked(page, claim, claim.fails, said=False))
    return ClaimView(claim, tuple(checks))


def _checked(page: Page, claim: Claim, check: str, said: bool) -> Checked:
    try:
        verdict = judge(check, page.sources.ledger)
        expression = parse(check)
    except (ClaimError, ZeroDivisionError) as error:
        remedy = "mend the check; docs/authoring.md, Claims"
        mark = page.missing(check, claim.src.line, "ML302", str(error), remedy)
        return Checked(said, None, mark)
    lacking = [_lack(page, claim, name) for name in missing(expression, page.sources.ledger)]
    quoted = tuple(page.register.quote_row(row.key) for row in verdict.rows)
    for fact in verdict.facts:
        page.register.cite_fact(fact.id)
    formula = readable(expression, lambda leaf: _name(page, leaf))
    numbers = readable(expression, lambda leaf: _number(page, leaf)) if not lacking else Markup()
    return Checked(said, verdict, formula, numbers, quoted)


def _lack(page: Page, claim: Claim, name: str) -> Markup:
    remedy = "check the spelling; measured keys stand in ledger.json"
    return page.missing(name, claim.src.line, "ML401", f"nothing measured: `{name}`", remedy)


def _name(page: Page, leaf: Expression) -> Markup:
    """Set a key or a fact by name, linked to its row if there is one."""
    if leaf.kind == "number":
        return Markup(plain_number(leaf.number))
    if leaf.kind == "key":
        quoted = page.register.values.get(leaf.name)
        link = Markup('<a href="#{}"><code>{}</code></a>')
        bare = Markup('<code class="missing">{}</code>')
        return link.format(quoted.anchor, leaf.name) if quoted else bare.format(leaf.name)
    fact = page.sources.ledger.facts.get(leaf.name)
    if fact is None:
        return Markup('<code class="missing">{}</code>').format(leaf.name)
    link = Markup('<a href="#{}">{}</a>')
    return link.format(page.register.cite_fact(fact.id), fact.what)


def _number(page: Page, leaf: Expression) -> Markup:
    if leaf.kind == "number":
        return Markup(plain_number(leaf.number))
    if leaf.kind == "key":
        return measured(page, leaf.name, "", 0)
    fact = page.sources.ledger.facts[leaf.name]
    value = Markup('<data class="cited" value="{}">{}</data>')
    text = plain_number(fact.value)
    return value.format(f"{fact.value:.10g}", text) + source_mark(page, fact, 0)


_BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "negative": 7}
_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "*": "×", "-": "−"}
_COMPARISON = 4
_ATOM = 9


def readable(node: Expression, leaf: Callable[[Expression], Markup]) -> Markup:
    """Set an expression with mathematical signs and no more parentheses than it needs."""
    if node.kind in ("key", "fact", "number"):
        return leaf(node)
    if node.kind in ("abs", "min", "max"):
        inner = Markup(", ").join(readable(part, leaf) for part in node.parts)
        return Markup("|{}|").format(inner) if node.kind == "abs" else _call(node.kind, inner)
    binding = _BINDING.get(node.kind, _COMPARISON)
    parts = [_nested(part, leaf, binding, i) for i, part in enumerate(node.parts)]
    if node.kind in ("not", "negative"):
        return Markup("not {}" if node.kind == "not" else "−{}").format(*parts)
    sign = Markup(" <span class='op'>{}</span> ").format(_SIGNS.get(node.kind, node.kind))
    return sign.join(parts)


def _call(name: str, parts: Markup) -> Markup:
    return Markup("{}({})").format(name, parts)


def _nested(
    part: Expression, leaf: Callable[[Expression], Markup], binding: int, place: int
) -> Markup:
    """Put parentheses around an operand that binds less than its operator."""
    inner = readable(part, leaf)
    own = _ATOM if not part.parts or part.kind in ("abs", "min", "max") else _rank(part.kind)
    needed = own < binding or (own == binding and place > 0 and own in (5, 6))
    return Markup("({})").format(inner) if needed else inner


def _rank(kind: str) -> int:
    return _BINDING.get(kind, _COMPARISON)


def evidence(view: ClaimView) -> list[tuple[Quoted, str]]:
    """Return the rows behind a claim, each with its description."""
    return [(one, describe(one.row)) for one in view.quoted if one.row]
