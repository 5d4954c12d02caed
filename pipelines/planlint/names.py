"""What a plan says, held against what the build knows: numbers, keys, sources, figures, claims.

The reader has checked the form; here every name must lead somewhere and every number must be
measured, cited or given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.blocks.claim import Claim
from pipelines.contracts.keys import MeasurementKey
from pipelines.contracts.metrics import is_held_out, on_held_out
from pipelines.contracts.plan import LessonPlan, ModuleLesson
from pipelines.contracts.planning import Concept, LessonRef, Prerequisite
from pipelines.contracts.spans import Role, Src
from pipelines.module.report import Report
from pipelines.module.requested import (
    anchors_of,
    check_requests,
    nearest,
    no_experiment,
    option_line,
)
from pipelines.plan.vocabulary import read_references
from pipelines.planlint.omissions import OMITTED, check_omissions
from pipelines.planlint.texts import all_runs, literal_numbers, page_runs, roles, texts
from pipelines.planlint.two_sided import BEST, unbounded

if TYPE_CHECKING:
    from pipelines.claims import Expression
    from pipelines.contracts.measurement import Fact
    from pipelines.contracts.references import Reference
    from pipelines.module.build_catalog import Experiments

ROLES = ("value", "fact", "cite", "given", "lesson", "ref", "term", "freed", OMITTED)
_COMPARISONS = {"and", "or", "not", "<", "<=", ">", ">=", "=="}


def check_names(
    report: Report,
    facts: Mapping[str, Fact],
    citations: Mapping[str, Reference],
    experiments: Experiments,
) -> None:
    """Hold numbers, roles, requests and claims against what the build knows."""
    check = _Names(report, facts, citations, experiments)
    check.check_numbers()
    check.roles()
    check_omissions(report)
    check_requests(report, experiments)
    check.claims()


@dataclass
class _Names:
    out: Report
    facts: Mapping[str, Fact]
    citations: Mapping[str, Reference]
    experiments: Experiments

    def __post_init__(self) -> None:
        self.plan = self.out.plan
        self.anchors = anchors_of(self.plan, self.out.blocks)

    def report(self, line: int, code: str, message: str, remedy: str, at: str = "") -> None:
        self.out.problem(line, code, message, remedy, at=at)

    # --- numbers ---

    def check_numbers(self) -> None:
        severity = "error" if self.plan.meta.explicit_voice else "warning"
        for spans, src in page_runs(self.plan):
            for text in texts(spans):
                for at, number in literal_numbers(text):
                    self.report_number(text, at, number, src, severity)

    def report_number(self, text: str, at: int, number: str, src: Src, severity: str) -> None:
        line, column = self.out.place(text, at, len(number), src)
        self.out.problem(
            line,
            "ML301",
            f"literal number `{number}` in text for the student",
            "measure it with {value}, cite it with {fact}, declare it with {given},"
            " or set it as mathematics or code",
            severity,
            at=number,
            column=column,
        )

    # --- roles ---

    def roles(self) -> None:
        for spans, _ in all_runs(self.plan):
            for role in roles(spans):
                self.check_role(role)

    def check_role(self, role: Role) -> None:
        if role.name == "value":
            self.value(role)
        elif role.name == "freed":
            self.freed(role)
        elif role.name == "fact":
            self.known(role, "ML304", "fact", self.facts, "facts.yaml")
        elif role.name == "cite":
            self.known(role, "ML305", "reference", self.citations, "references.bib")
        elif role.name == "ref":
            self.known(role, "ML307", "figure, table, claim, formula or heading", self.anchors, "")
        elif role.name not in ROLES:
            remedy = f"the roles are {', '.join(ROLES)}"
            self.report(
                role.line, "ML306", f"unknown role `{{{role.name}}}`", remedy, f"{{{role.name}}}"
            )
        if role.name in ("value", "fact"):
            self.format(role)

    def format(self, role: Role) -> None:
        from pipelines.claims import FORMAT

        if not FORMAT.fullmatch(role.format):
            self.report(
                role.line,
                "ML311",
                f"unknown format `{role.format}`",
                "percent0-2, 0f-4f, 2g, 3g, int, ratio, ratio1; a trailing + adds the spread",
                role.format,
            )

    def known(self, role: Role, code: str, what: str, names: Collection[str], file: str) -> None:
        if role.target not in names:
            hint = nearest(role.target, names)
            remedy = f"add it to {file}" if file else "give the thing this id"
            self.report(role.line, code, f"`{role.target}` is no {what}", f"{remedy}{hint}")

    def freed(self, role: Role) -> None:
        """Words may be freed from the lint of words, digits not from that of numbers."""
        for _, number in literal_numbers(role.target):
            message = f"literal number `{number}` in freed text"
            self.report(role.line, "ML301", message, "measure it, cite it or declare it", number)
        if not role.format:
            remedy = "write {freed}`words|why nothing has to measure them`"
            self.report(role.line, "ML319", "freed without a reason", remedy, role.target)

    def value(self, role: Role) -> None:
        expression = self.parsed(role.target, role.line, "ML302")
        if expression and expression.kind in _COMPARISONS:
            remedy = "name one measured number, or compute one"
            self.report(role.line, "ML302", "a comparison is no number", remedy)

    def parsed(self, text: str, line: int, code: str) -> Expression | None:
        from pipelines.claims import ClaimError, parse

        try:
            expression = parse(text)
        except ClaimError as error:
            place = f"{text[: error.column]}⟨here⟩{text[error.column :]}"
            remedy = "an operator has a space on both sides; docs/authoring.md, Claims"
            self.report(line, code, f"{error} in `{place[:120]}`", remedy)
            return None
        for key in expression.keys:
            self.check_key(key, line)
        for fact in expression.facts:
            if fact not in self.facts:
                hint = nearest(fact, self.facts)
                self.report(line, "ML304", f"`{fact}` is no fact", f"add it to facts.yaml{hint}")
        return expression

    def check_key(self, key: str, line: int) -> None:
        found = MeasurementKey.parse(key)
        name, experiment = found.experiment, self.experiments.get(found.experiment)
        if not experiment:
            no_experiment(self.out, self.experiments, name, line)
        elif key != str(found):
            message = f"no row is called `{key}`"
            self.report(line, "ML312", message, f"write it as rows are called, `{found}`")
        elif not experiment.measures(found.sampling):
            message = f"`{name}` is not evaluated with `{found.sampling}`"
            systems = ", ".join(sorted(experiment.evaluated))
            self.report(line, "ML312", message, f"it is with {systems}")
        elif is_held_out(found.metric) and not experiment.draws_held_out(found.sampling):
            message = f"`{found.system}` is not drawn for held-out captions"
            self.report(line, "ML312", message, f"add it to `held_out` in {experiment.file}")

    # --- claims ---

    def claims(self) -> None:
        for block in self.out.blocks:
            if isinstance(block, Claim):
                self.claim(block)

    def claim(self, block: Claim) -> None:
        if not block.check:
            return  # the reader has complained
        self.check(block.check, option_line(self.out, block.src, "check"))
        if block.fails:
            self.check(block.fails, option_line(self.out, block.src, "fails"))

    def check(self, text: str, line: int) -> None:
        from pipelines.claims import ClaimError, parse_check
        from pipelines.claims.ranges import comparisons

        if not self.parsed(text, line, "ML310"):
            return
        try:
            node = parse_check(text)
        except ClaimError as error:
            self.report(line, "ML310", str(error), "compare with < <= > >= or ==")
            return
        for one in comparisons(node):
            self.caption_sets(one, line)
        for key in unbounded(node):
            message = f"`{key}` is called higher, and may be as high as it likes"
            best = BEST[MeasurementKey.parse(key).metric]
            self.report(line, "ML322", message, f"bound it: `other < {key} <= {best:g}`")

    def caption_sets(self, comparison: Expression, line: int) -> None:
        """Report systems that are compared on different captions."""
        keys = [MeasurementKey.parse(key) for key in comparison.keys]
        held_out = {key.system for key in keys if is_held_out(key.metric)}
        seen = {key.system for key in keys if on_held_out(key.metric)}
        if held_out and seen and held_out != seen:
            message = "rows of seen and of held-out captions, and not of the same systems"
            remedy = "compare systems on the same captions, or each system with itself"
            self.report(line, "ML320", message, remedy)


_Mention = tuple[LessonRef, int]


def check_lesson_links(
    plan: LessonPlan, report: Report, sequence: Sequence[ModuleLesson], built: Collection[str]
) -> None:
    """Report mentions of a lesson that should be in this module and is not."""
    known = {row.slug for row in sequence} | set(built)
    mentions = [*_of_roles(plan), *_of_tables(plan)]
    for reference, line in mentions:
        if reference.slug and reference.slug not in known and _should_be_here(plan, reference):
            report.gate(
                line,
                "ML520",
                f"this module has no lesson `{reference.slug}`",
                f"the lessons are {', '.join(sorted(known))}{nearest(reference.slug, known)}",
                at=reference.slug,
            )


def _should_be_here(plan: LessonPlan, reference: LessonRef) -> bool:
    module = plan.meta.module_number
    return bool(module) and reference.number.startswith(module + ".")


def _of_roles(plan: LessonPlan) -> Iterator[_Mention]:
    for spans, _ in all_runs(plan):
        for role in roles(spans):
            if role.name == "lesson":
                yield from ((one, role.line) for one in read_references(role.target))


def _of_tables(plan: LessonPlan) -> Iterator[_Mention]:
    rows: tuple[Concept | Prerequisite, ...] = (*plan.student.concepts, *plan.prerequisites)
    for row in rows:
        yield from ((one, row.src.line) for one in row.sources)
