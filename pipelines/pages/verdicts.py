"""Claims as a page shows them: the sentence, the verdict, the check and the numbers behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

from pipelines.blocks.claim import Claim
from pipelines.claims import (
    DECIDED,
    ClaimError,
    Expression,
    Margin,
    State,
    Verdict,
    comparisons_of,
    evaluate,
    evaluate_claim,
    format_number,
    missing,
    parse,
)
from pipelines.pages.numbers import plain_number
from pipelines.pages.page import Page
from pipelines.pages.register import Quoted


class Outcome(StrEnum):
    """What became of a claim; the value is the class of its box."""

    HOLDS = "holds"
    PARTLY = "partly"
    FAILS_AS_SAID = "fails-as-said"
    UNDECIDED = "undecided"
    CONTRADICTED = "contradicted"
    UNMEASURED = "unmeasured"


WORDS = {
    Outcome.HOLDS: ("✓", "Holds"),
    Outcome.PARTLY: ("◐", "Holds partly"),
    Outcome.FAILS_AS_SAID: ("✗", "Does not hold"),
    Outcome.UNDECIDED: ("≈", "Undecided"),
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
        each: Its comparisons, where there are several, each with its margin in words.
    """

    said: bool
    verdict: Verdict | None
    formula: Markup
    figures: Markup = Markup()  # noqa: RUF009  a constant
    quoted: tuple[Quoted, ...] = ()
    each: tuple[tuple[Markup, str], ...] = ()

    @property
    def margin(self) -> Margin | None:
        """How far the check is from its border."""
        return self.verdict.margin if self.verdict else None

    @property
    def state(self) -> State | None:
        """What the measurements say of the check; None where they are missing."""
        return self.margin.state if self.margin else None

    @property
    def contradicted(self) -> bool:
        """Whether the measurements decide against what the plan says."""
        return self.state == (State.FAILS if self.said else State.HOLDS)

    @property
    def sigmas(self) -> float:
        """How far what the plan says lies from turning, in standard errors; below 0: it has."""
        if self.margin is None:
            return -math.inf
        return self.margin.sigmas if self.said else -self.margin.sigmas

    @property
    def margin_text(self) -> str:
        """The margin in words, for people."""
        return margin_in_words(self.margin) if self.margin else ""


@dataclass(frozen=True)
class ClaimView:
    """A judged claim, ready to be set: its check, and what is said to fail, if anything is."""

    claim: Claim
    checks: tuple[Checked, ...]

    @property
    def outcome(self) -> Outcome:
        """What became of the claim."""
        states = [check.state for check in self.checks]
        if None in states:
            return Outcome.UNMEASURED
        if any(check.contradicted for check in self.checks):
            return Outcome.CONTRADICTED
        if State.UNDECIDED in states:
            return Outcome.UNDECIDED
        if self.claim.fails:
            return Outcome.PARTLY
        return Outcome.HOLDS if self.claim.holds else Outcome.FAILS_AS_SAID

    @property
    def thinnest(self) -> Checked:
        """The check that is nearest to turning, or that has turned farthest."""
        return min(self.checks, key=lambda check: check.sigmas)

    @property
    def margin_text(self) -> str:
        """The margin of the check that decides, in words; beyond two against the text, so said."""
        text = self.thinnest.margin_text
        return f"{text} against the text" if self.thinnest.contradicted and text else text

    @property
    def turned(self) -> str:
        """What to tell of a claim that is not as the text says, in words; else nothing."""
        if self.outcome is Outcome.CONTRADICTED:
            said = "holds" if self.thinnest.said else "does not hold"
            found = "does not" if self.thinnest.said else "does"
            return f"The text says that it {said}; in this build it {found}."
        if self.outcome is Outcome.UNDECIDED:
            return "This build does not decide it: chance alone could have made the difference."
        return ""

    @property
    def refuted(self) -> bool:
        """Whether the page sets what was found before what was expected.

        By what the plan says, so that a clock does not change how a page is made up; a claim that
        turned tells nothing that was found before.
        """
        said = not self.claim.holds or bool(self.claim.fails)
        return said and (self.timed or not self.turned)

    @property
    def quoted(self) -> tuple[Quoted, ...]:
        """The numbers of all its checks, each once."""
        return tuple(dict.fromkeys(one for check in self.checks for one in check.quoted))

    @property
    def missing(self) -> list[str]:
        """Names that nothing was measured or cited under."""
        verdicts = [check.verdict for check in self.checks if check.verdict]
        return list(dict.fromkeys(name for verdict in verdicts for name in verdict.missing))

    @property
    def timed(self) -> bool:
        """Whether the verdict depends on the clock."""
        return any(one.timed for one in self.quoted)

    @property
    def sign(self) -> str:
        """The outcome as a sign."""
        return WORDS[self.outcome][0]

    @property
    def word(self) -> str:
        """The outcome as a word."""
        return WORDS[self.outcome][1]


def margin_in_words(margin: Margin) -> str:
    """Return how far a comparison lies from turning: "3.2 standard errors"."""
    if math.isinf(margin.sigmas):
        if margin.uncertainty.unknown:
            return "how far chance moves it was not measured"
        cited = margin.node.facts and not margin.node.keys
        return "cited, as printed" if cited else "no part and no training differs"
    count = abs(margin.sigmas)
    text = f"{count:.0f}" if count >= 10 else f"{count:.1f}"
    known = "at most " if margin.uncertainty.unknown else ""
    leans = "for it" if margin.sigmas > 0 else "against it"
    within = f" {leans}, within {DECIDED:.0f}" if count < DECIDED else ""
    independent = "" if margin.paired else "; rows that were not drawn alike count as independent"
    return f"{known}{text} standard errors{within}{independent}"


def next_to_turn(views: Iterable[ClaimView], count: int = 10) -> list[ClaimView]:
    """Return the claims that lie nearest to turning, thinnest first.

    Not those that are cited or exact; nor those on the clock, which differ from run to run.
    """
    moved = [view for view in views if math.isfinite(view.thinnest.sigmas) and not view.timed]
    return sorted(moved, key=lambda view: view.thinnest.sigmas)[:count]


def view_claim(page: Page, claim: Claim) -> ClaimView:
    """Judge a claim by the page's ledger; a page that is not strict shows what is missing."""
    checks = [_checked(page, claim, claim.check, claim.holds)]
    if claim.fails:
        checks.append(_checked(page, claim, claim.fails, said=False))
    return ClaimView(claim, tuple(checks))


def _checked(page: Page, claim: Claim, check: str, said: bool) -> Checked:
    try:
        verdict = evaluate_claim(check, page.sources.ledger)
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
    each = () if lacking else comparisons_of(expression, page.sources.ledger)
    margins = tuple(
        (readable(one.node, lambda leaf: _number(page, leaf)), _signed(one))
        for one in (each if len(each) > 1 else ())
    )
    return Checked(said, verdict, formula, numbers, quoted, margins)


def _signed(margin: Margin) -> str:
    word = {State.HOLDS: "holds", State.FAILS: "does not hold", State.UNDECIDED: "undecided"}
    return f"{word[margin.state]}, {margin_in_words(margin)}"


def _lack(page: Page, claim: Claim, name: str) -> Markup:
    remedy = "check the spelling; measured keys stand in ledger.json"
    return page.missing(name, claim.src.line, "ML401", f"nothing measured: `{name}`", remedy)


def _name(page: Page, leaf: Expression) -> Markup:
    """Set a key or a fact by name, marked if there is no row."""
    if leaf.kind == "number":
        return Markup(plain_number(leaf.number))
    fact = page.sources.ledger.facts.get(leaf.name)
    if fact and leaf.kind == "fact":
        return escape(fact.what)
    known = leaf.name in page.register.values
    return (
        escape(leaf.name) if known else Markup('<span class="missing">{}</span>').format(leaf.name)
    )


def _number(page: Page, leaf: Expression) -> Markup:
    """Set a number as text; what its claim unfolds says where it comes from."""
    value = float(evaluate(leaf, page.sources.ledger))
    text = format_number(value) if leaf.kind == "key" else plain_number(value)
    if leaf.kind == "key":
        quoted = page.register.quote_row(leaf.name)
        page.mention(quoted, quoted.anchor, text)
    if leaf.kind == "fact":
        fact = page.sources.ledger.facts[leaf.name]
        page.mention(fact, page.register.cite_fact(fact.id), text)
    return escape(text)


_BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "negative": 7}
_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "*": "×", "-": "−"}
_COMPARISON = 4
_FUNCTIONS = ("abs", "min", "max", "lowest", "highest")
_ATOM = 9


def readable(node: Expression, leaf: Callable[[Expression], Markup]) -> Markup:
    """Set an expression with mathematical signs and no more parentheses than it needs."""
    if node.kind in ("key", "fact", "number"):
        return leaf(node)
    if node.kind in _FUNCTIONS:
        inner = Markup(", ").join(readable(part, leaf) for part in node.parts)
        return Markup("|{}|").format(inner) if node.kind == "abs" else _call(node.kind, inner)
    binding = _BINDING.get(node.kind, _COMPARISON)
    parts = [_nested(part, leaf, binding, i) for i, part in enumerate(node.parts)]
    if node.kind in ("not", "negative"):
        return Markup("not {}" if node.kind == "not" else "−{}").format(*parts)
    return Markup(f" {escape(_SIGNS.get(node.kind, node.kind))} ").join(parts)


def _call(name: str, parts: Markup) -> Markup:
    return Markup("{}({})").format(name, parts)


def _nested(
    part: Expression, leaf: Callable[[Expression], Markup], binding: int, place: int
) -> Markup:
    """Put parentheses around an operand that binds less than its operator."""
    inner = readable(part, leaf)
    own = (
        _ATOM
        if not part.parts or part.kind in _FUNCTIONS
        else _BINDING.get(part.kind, _COMPARISON)
    )
    needed = own < binding or (own == binding and place > 0 and own in (5, 6))
    return Markup("({})").format(inner) if needed else inner
