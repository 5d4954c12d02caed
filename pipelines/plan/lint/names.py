"""What a plan says, held against what the build knows: numbers, keys, sources, figures, claims.

The reader has checked the form; here every name must lead somewhere and every number must be
measured, cited or given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contracts.plan import Claim, FigureRequest, Node, Role, Src, TableRequest
from pipelines.plan.anchors import identity, nearest, places_of
from pipelines.plan.lint.report import Report
from pipelines.plan.numbers import literal_numbers
from pipelines.plan.requests import experiment_names
from pipelines.plan.texts import all_runs, page_runs, roles, texts
from pipelines.registry import FIGURES, TABLES

if TYPE_CHECKING:
    from pipelines.claims import Expression
    from pipelines.contracts.experiment import Experiment
    from pipelines.contracts.measurement import Fact
    from pipelines.contracts.references import Reference
    from pipelines.contracts.student import Student

ROLES = ("value", "fact", "cite", "given", "lesson", "ref", "term")
_COMPARISONS = {"and", "or", "not", "<", "<=", ">", ">=", "=="}


def check_names(
    report: Report,
    facts: Mapping[str, Fact],
    citations: Mapping[str, Reference],
    experiments: Mapping[str, Experiment | Student],
) -> None:
    check = _Names(report, facts, citations, experiments)
    check.numbers()
    check.roles()
    check.requests()


@dataclass
class _Names:
    out: Report
    facts: Mapping[str, Fact]
    citations: Mapping[str, Reference]
    experiments: Mapping[str, Experiment | Student]

    def __post_init__(self) -> None:
        self.plan = self.out.plan
        self.places = places_of(self.plan, self.out.blocks)

    def report(self, line: int, code: str, message: str, remedy: str, at: str = "") -> None:
        self.out.problem(line, code, message, remedy, at=at)

    # --- numbers ---

    def numbers(self) -> None:
        severity = "error" if self.plan.meta.explicit_voice else "warning"
        for spans, src in page_runs(self.plan):
            for text in texts(spans):
                for at, number in literal_numbers(text):
                    self.number(text, at, number, src, severity)

    def number(self, text: str, at: int, number: str, src: Src, severity: str) -> None:
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
                self.role(role)

    def role(self, role: Role) -> None:
        if role.name == "value":
            self.value(role)
        elif role.name == "fact":
            self.known(role, "ML304", "fact", self.facts, "facts.yaml")
        elif role.name == "cite":
            self.known(role, "ML305", "reference", self.citations, "references.bib")
        elif role.name == "ref":
            self.known(role, "ML307", "figure, table, claim, formula or heading", self.places, "")
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
            self.key(key, line)
        for fact in expression.facts:
            if fact not in self.facts:
                hint = nearest(fact, self.facts)
                self.report(line, "ML304", f"`{fact}` is no fact", f"add it to facts.yaml{hint}")
        return expression

    def key(self, key: str, line: int) -> None:
        name, system, _ = key.split("/")
        experiment = self.experiments.get(name)
        if not experiment:
            self.no_experiment(name, line)
            return
        if not experiment.measures(system):
            message = f"`{name}` is not evaluated with `{system}`"
            systems = ", ".join(sorted(experiment.evaluated))
            self.report(line, "ML312", message, f"it is with {systems}")

    def no_experiment(self, name: str, line: int) -> None:
        remedy = "experiments are the files of the module's experiments folder"
        hint = nearest(name, self.experiments)
        self.report(line, "ML303", f"`{name}` is no experiment", remedy + hint)

    # --- figures, tables, claims ---

    def requests(self) -> None:
        seen: dict[str, int] = {}
        for block in self.out.blocks:
            name = identity(block)
            if name and name in seen:
                remedy = "give it another `:id:`"
                message = f"`{name}` is already at line {seen[name]}"
                self.report(block.src.line, "ML313", message, remedy)
            seen.setdefault(name, block.src.line)
            if isinstance(block, FigureRequest):
                self.figure(block)
            elif isinstance(block, TableRequest):
                self.table(block)
            elif isinstance(block, Claim):
                self.claim(block)

    def figure(self, block: FigureRequest) -> None:
        entry = FIGURES.get(block.figure)
        if not entry:
            hint = nearest(block.figure, FIGURES)
            message = f"unknown figure `{block.figure}`"
            self.report(block.src.line, "ML308", message, f"one of {', '.join(FIGURES)}{hint}")
            return
        known = entry.roles + entry.options
        self.options(block, block.options, required=entry.roles, known=known)
        self.experiments_of(block, [(role, block.options.get(role, "")) for role in entry.roles])

    def table(self, block: TableRequest) -> None:
        known = TABLES.get(block.table)
        if known is None:
            hint = nearest(block.table, TABLES)
            message = f"unknown table `{block.table}`"
            self.report(block.src.line, "ML308", message, f"one of {', '.join(TABLES)}{hint}")
            return
        self.options(block, block.options, required=known[:1], known=known)
        systems = [(name, block.options.get(name, "")) for name in known if name != "metrics"]
        self.experiments_of(block, systems)

    def options(
        self,
        block: Node,
        options: Mapping[str, str],
        required: Iterable[str],
        known: Collection[str],
    ) -> None:
        for name in required:
            if not options.get(name):
                message = f"the option `:{name}:` is missing"
                self.report(block.src.line, "ML309", message, "name an experiment for it")
        for name in options:
            if name not in known:
                remedy = f"the options are {', '.join(known)}{nearest(name, known)}"
                line = self.option_line(block.src, name)
                self.report(line, "ML309", f"unknown option `:{name}:`", remedy)

    def option_line(self, src: Src, name: str) -> int:
        for line in range(src.line, src.end + 1):
            if self.out.line(line).strip().startswith(f":{name}:"):
                return line
        return src.line

    def experiments_of(self, block: Node, options: list[tuple[str, str]]) -> None:
        for option, value in options:
            for name in experiment_names(value):
                if name not in self.experiments:
                    self.no_experiment(name, self.option_line(block.src, option))

    def claim(self, block: Claim) -> None:
        if not block.check:
            return  # the reader has complained
        self.check(block.check, self.option_line(block.src, "check"))
        if block.fails:
            self.check(block.fails, self.option_line(block.src, "fails"))

    def check(self, text: str, line: int) -> None:
        from pipelines.claims import ClaimError, parse_check

        if not self.parsed(text, line, "ML310"):
            return
        try:
            parse_check(text)
        except ClaimError as error:
            self.report(line, "ML310", str(error), "compare with < <= > >= or ==")
