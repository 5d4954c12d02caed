"""Claims that say nothing, and sentences that their checks do not bear.

What can be seen without measurements; `planlint.check_claims` looks again when there are some.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipelines.blocks.claim import Claim
from pipelines.contracts.keys import experiment_of
from pipelines.contracts.spans import Role, Spans, Src
from pipelines.module.report import Report
from pipelines.module.requested import option_line
from pipelines.planlint.texts import runs_of
from pipelines.planlint.wording import Kind, Said, Sentence, said, sentences
from pipelines.planlint.wording import words as w

if TYPE_CHECKING:
    from pipelines.claims import Expression
    from pipelines.claims.ranges import Bounds
    from pipelines.module.build_catalog import Experiments
    from pipelines.planlint.wording.fitting import Checks

_SAME = "say in the check what the sentence says, or in the sentence what the check says"
_REMEDIES = {
    "ML316": "ask for a factor in the check, or leave the word out",
    "ML317": _SAME,
}


def check_wording(report: Report, experiments: Experiments, used: set[int]) -> set[int]:
    """Hold claims against their checks; return the runs that were looked at, by identity.

    Args:
        used: Where the freed roles are added that were needed.
    """
    seen = set[int]()
    for block in report.blocks:
        if isinstance(block, Claim):
            runs = list(claim_runs(block))
            seen |= {id(spans) for spans, _ in runs}
            _Claim(report, block, experiments, used).look(
                [(one, src) for spans, src in runs for one in sentences(spans)]
            )
    return seen


def claim_runs(claim: Claim) -> Iterator[tuple[Spans, Src]]:
    """Yield the runs that a claim states: its text, and its phrase for tables."""
    yield from runs_of(claim.nodes, claim.src)
    if claim.short:
        yield claim.short, claim.src


def words_of(claim: Claim) -> list[str]:
    """Return all words of a claim, in small letters and in order."""
    runs = (spans for spans, _ in claim_runs(claim))
    return [token.word for spans in runs for one in sentences(spans) for token in one.words]


@dataclass
class _Claim:
    report: Report
    claim: Claim
    experiments: Experiments
    used: set[int]

    def look(self, sentences: list[tuple[Sentence, Src]]) -> None:
        from pipelines.claims import ClaimError, parse_check
        from pipelines.contracts.metrics import range_of
        from pipelines.planlint.wording.fitting import Checks

        self.codes = set[str]()
        try:
            written = {"check": self.claim.check, "fails": self.claim.fails}
            nodes = {name: parse_check(text) for name, text in written.items() if text}
        except ClaimError:
            return  # said elsewhere
        self.range_of: Bounds = lambda key: range_of(key, self.data(key))
        ceilings = {key: self.range_of(key)[1] for node in nodes.values() for key in node.keys}
        for name, node in nodes.items():
            self.emptiness(name, node, sentences)
        checks = Checks(tuple(nodes.values()), ceilings)
        for sentence, src in sentences:
            for one in said(sentence):
                if message := _misfit(one, sentence, checks):
                    self.misfit(one, sentence, src, message)
        self.needless()

    def data(self, key: str) -> str:
        return getattr(self.experiments.get(experiment_of(key)), "data", "")

    # --- checks by themselves ---

    def emptiness(
        self, name: str, node: Expression, sentences: list[tuple[Sentence, Src]]
    ) -> None:
        from pipelines.claims.ranges import comparisons, reach

        line = option_line(self.report, self.claim.src, name)
        for one in comparisons(node):
            found = reach(one, self.range_of)
            if found.settled is not None:
                word = "fail" if found.settled else "hold"
                message = f"claim `{self.claim.id}` has a comparison that cannot {word}"
                remedy = "compare with what the numbers can miss; docs/experiments.md has ranges"
                self.say("ML314", line, message, remedy, at=_option_text(self.report, line))
            elif found.at_end and not any(_says_end(sentence) for sentence, _ in sentences):
                message = f"claim `{self.claim.id}` holds at the end of a scale only"
                remedy = "say so: all, every, none"
                self.say("ML315", line, message, remedy, at=_option_text(self.report, line))

    # --- words ---

    def misfit(self, one: Said, sentence: Sentence, src: Src, what: tuple[str, str]) -> None:
        code, message = what
        found = sentence.stretch(one.first, one.end)
        if not found:
            return
        piece, at, text = found
        if piece.role:
            self.used.add(id(piece.role))
            return
        line, column = self.report.place(piece.text, at, len(text), src)
        self.say(code, line, message.format(text), _REMEDIES[code], at=text, column=column)

    def say(
        self, code: str, line: int, message: str, remedy: str, *, at: str = "", column: int = 0
    ) -> None:
        self.codes.add(code)
        if code not in self.claim.freed:
            severity = "error" if self.report.plan.meta.explicit_voice else "warning"
            self.report.problem(line, code, message, remedy, severity, at=at, column=column)

    def needless(self) -> None:
        for code in self.claim.freed:
            if code.startswith("ML3") and code not in self.codes:
                line = option_line(self.report, self.claim.src, "freed")
                message = f"claim `{self.claim.id}` is freed of {code} without need"
                self.report.problem(line, "ML319", message, "take it away", "warning", at=code)


def _option_text(report: Report, line: int) -> str:
    """Return what an option's line says after its name."""
    return report.line_text(line).strip().partition(": ")[2]


def _says_end(sentence: Sentence) -> bool:
    """Whether a sentence names the end of a scale: all, every, none, not one."""
    words = [token.word for token in sentence.words]
    return not (w.ENDS.isdisjoint(words) and w.NOT_ONE.isdisjoint(pairwise(words)))


def _misfit(one: Said, sentence: Sentence, checks: Checks) -> tuple[str, str] | None:
    """Return code and message where a check does not bear what is said."""
    match one.kind:
        case Kind.MAGNITUDE if one.size and not checks.has(one.size):
            return "ML317", "the check has no number for `{}`, or has it on the other side"
        case Kind.DEGREE if not checks.has_margin:
            return "ML316", "`{}` promises more than an order, and the check asks for no more"
        case Kind.SET if _too_few(one, checks):
            return "ML317", "`{}` speaks of all of a set, and the check does not compare them"
        case Kind.QUANTITY if not checks.cites and one.quantity not in checks.quantities:
            return "ML317", f"`{{}}` speaks of {one.quantity}, and the check has no such number"
        case Kind.RELATION if not checks.relates:
            return "ML317", "`{}` compares two systems, and the check compares none"
        case Kind.CHANGE if _contrary(one, sentence, checks):
            return "ML317", "by the check the numbers of `{}` lie the other way round"
    return None


def _too_few(one: Said, checks: Checks) -> bool:
    """Whether a superlative lacks its set: three systems, or as many as the sentence counts."""
    at_end = checks.quantities <= {"modes"} and checks.has_margin
    return checks.count_of_systems < max(3, one.members) and not at_end


def _contrary(one: Said, sentence: Sentence, checks: Checks) -> bool:
    first, second = (sentence.objects[at] for at in one.numbers)
    if not (isinstance(first, Role) and isinstance(second, Role)):
        return False
    return checks.denies(first.target, second.target, one.rises)
