"""The gates of planning: enough modalities, examples and misconceptions, gaps closed, scope said.

They are the items of the checklists that planners tick by hand; here the tables answer.
"""

from collections.abc import Sequence

from pipelines.blocks.exercise import Exercise, Level
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Example, Polarity, Prerequisite, Status
from pipelines.module.report import Report, first_words
from pipelines.plan.inline import plain
from pipelines.planlint.texts import alike

_MODALITIES, _MISCONCEPTIONS, _POSITIVE, _NEGATIVE = 3, 3, 2, 1


def check_modalities(plan: LessonPlan, report: Report) -> None:
    """Three ways to show the concept, each with a reason."""
    count = len(plan.modalities)
    if count < _MODALITIES:
        report.gate(
            report.heading("modalit", r"phase 3|design"),
            "ML501",
            f"{_counted_noun(count, 'modality', 'modalities')} planned, {_MODALITIES} are wanted",
            "plan to show the concept in words, pictures, formulas, numbers or by hand",
        )
    for row in plan.modalities:
        if not row.why:
            remedy = "say why this concept needs it, in the table's last column"
            report.gate(row.src.line, "ML502", f"no rationale for `{row.name}`", remedy)


def check_examples(plan: LessonPlan, report: Report) -> None:
    """Two positive examples and a negative one, each with a purpose."""
    positive = sum(_shows(row, Polarity.POSITIVE) for row in plan.examples)
    negative = sum(_shows(row, Polarity.NEGATIVE) for row in plan.examples)
    if positive < _POSITIVE or negative < _NEGATIVE:
        report.gate(
            report.heading("example", r"phase 2|anal"),
            "ML503",
            f"{positive} positive and {negative} negative examples planned,"
            f" {_POSITIVE} and {_NEGATIVE} are wanted",
            "a second positive example shows what varies, a negative one where the concept ends",
        )
    for row in plan.examples:
        if not row.purpose:
            remedy = "say what the student learns from it"
            report.gate(row.src.line, "ML504", f"no purpose of `{first_words(row.what)}`", remedy)


def _shows(row: Example, polarity: Polarity) -> bool:
    return row.polarity in (polarity, Polarity.BOTH)


def check_misconceptions(plan: LessonPlan, report: Report) -> None:
    """Three misconceptions, each with what disproves it."""
    count = len(plan.misconceptions)
    if count < _MISCONCEPTIONS:
        report.gate(
            report.heading("misconception", r"phase 2|anal"),
            "ML505",
            f"{_counted_noun(count, 'misconception', 'misconceptions')} planned for,"
            f" {_MISCONCEPTIONS} are wanted",
            "ask what a student who is wrong here would believe, and why",
        )
    for row in plan.misconceptions:
        if not row.negative_example:
            message = f"nothing disproves `{first_words(row.claim)}`"
            remedy = "name a case in which the mistake leads to a wrong answer"
            report.gate(row.src.line, "ML506", message, remedy)


def check_gaps(plan: LessonPlan, report: Report) -> None:
    """Every gap is closed somewhere, and every shortfall is in the gap table."""
    for gap in plan.gaps:
        if not gap.resolution:
            message = f"no resolution of `{first_words(gap.concept)}`"
            report.gate(gap.src.line, "ML507", message, "say where and how the lesson closes it")
    for row in plan.prerequisites:
        if _has_gap(row) and not any(
            alike(plain(row.concept), plain(gap.concept)) for gap in plan.gaps
        ):
            report.gate(
                row.src.line,
                "ML508",
                f"`{first_words(row.concept)}` is {_state(row)},"
                " and the gap table has no row for it",
                "add a row under `### Gap Resolution`, or a reason why the depth suffices",
            )


def _has_gap(row: Prerequisite) -> bool:
    stated = row.status in (Status.GAP, Status.MISSING)
    # an author who calls a shortfall "OK (small gap)" and reasons about it has decided
    return stated or (row.computed_gap and row.status is not Status.OK)


def _state(row: Prerequisite) -> str:
    if row.status in (Status.GAP, Status.MISSING):
        return f"a {row.status_raw.strip('* ')}" if row.status is Status.GAP else "missing"
    return f"{row.actual.level.value}, less than {row.required.level.value}"


def check_scope(plan: LessonPlan, report: Report) -> None:
    """The plan says what the lesson is about, and what not."""
    said = plan.design.scope
    missing: Sequence[str] = [
        name for name, text in (("IS", said.covers), ("is NOT", said.excludes)) if not text
    ]
    if missing:
        report.gate(
            report.heading("scope", r"phase 3|design"),
            "ML513",
            f"nothing says what the lesson {' and what it '.join(missing)} about",
            "write `**This lesson IS about:**` and `**This lesson is NOT about:**`, with bullets",
        )


def check_sitting(plan: LessonPlan, report: Report) -> None:
    """A second sitting begins with a section, and leaves one for the first."""
    number = plan.meta.second_sitting
    sections = plan.design.outline.sections if plan.design.outline else ()
    if number and number not in [one.number.rstrip(".") for one in sections[1:]]:
        lines = [text.lower() for text in report.plan_lines]
        line = next((i for i, text in enumerate(lines, 1) if "second sitting" in text), 1)
        remedy = "name the section that begins it, and not the first"
        report.problem(line, "ML324", f"no section `{number}` to begin again with", remedy)


def _counted_noun(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


def check_exercises(plan: LessonPlan, report: Report) -> None:
    """Every exercise has a level, and a led one something to hold the result against."""
    for block in report.blocks:
        if isinstance(block, Exercise):
            _level(block, plan, report)
            _guard(block, report)


def _level(block: Exercise, plan: LessonPlan, report: Report) -> None:
    if block.level is Level.UNKNOWN and not plan.meta.explicit_voice:  # there the reader complains
        report.problem(
            block.src.line,
            "ML517",
            f"no level of `{first_words(block.title)}`",
            "write `(Guided)`, `(Supported)` or `(Independent)` after the number",
            "warning",
            at=first_words(block.title),
        )


def _guard(block: Exercise, report: Report) -> None:
    """A student who is led needs to see whether the result is right."""
    led = block.level in (Level.GUIDED, Level.SUPPORTED)
    if led and not block.predictions and not block.expected:
        report.problem(
            block.src.line,
            "ML518",
            f"a {block.level.value} exercise, and nothing to hold the result against",
            "let the student predict before the run, or state what is expected",
            "warning",
            at=first_words(block.title),
        )
