"""A plan in counts: one flat record for scripts, made from the typed plan.

The same keys for every kind of document; what a kind does not have is 0, empty or null.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipelines.blocks.cards import Card
from pipelines.blocks.exercise import Exercise
from pipelines.blocks.question import Question
from pipelines.contracts.blocks import Block, Item, Table, walk
from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.contracts.planning import (
    ChecklistItem,
    Example,
    Polarity,
    Review,
    Section,
    Severity,
)
from pipelines.contracts.problems import Problem, errors
from pipelines.contracts.spans import Text
from pipelines.plan import coverage
from pipelines.plan.inline import plain
from pipelines.plan.lines import normalise
from pipelines.plan.vocabulary import read_polarity

# A section is a check if its title says so: "Check #2", "Transfer questions",
# "Predict-and-verify". "Gradient checkpointing" does not.
_CHECK = re.compile(
    r"\bchecks?\b|^checkpoint\b|\btransfer questions?\b|^transfer$"
    r"|\bpredict(?:[- ]and[- ]|\s*&\s*)verify\b",
    re.IGNORECASE,
)
# "Explain: Sanity Checks" explains; "Elaborate: Check #2" checks.
_OTHERWISE = re.compile(
    r"(?:explain|elaborate|hook|recap|context|summari[sz]e|next)\b(?:\s+part \w+)?"
    r"\s*(?::|--+|[—–-])"
    r"(?!.*\bcheck\s*#?\d)",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(
    r"\W*(?:follow[- ]?ups?\b|(?:transition|purpose|tests|note|key \w+)\W{0,3}:)", re.IGNORECASE
)
_ASKED = re.compile(r"(?:check )?(?:question|prompt)s?$", re.IGNORECASE)
_PARENTHESIS = re.compile(r"\([^()]*\)")


def summary(plan: AnyPlan, problems: Iterable[Problem], text: str) -> dict[str, Any]:
    """Count what a plan holds.

    Args:
        problems: What the reader found.
        text: The input that the plan was read from.
    """
    reviews = plan.reviews if isinstance(plan, LessonPlan) else ()
    return {
        "type": plan.type,
        "title": plan.title,
        "slug": plan.id,
        "load": plan.meta.load or None,
        **_analysis(plan),
        "checklist": _checklist(plan),
        "reviews": [_review(review) for review in reviews],
        "lost": lost(plan, text),
        "guesses": len(plan.guesses),
        "errors": len(errors(list(problems))),
    }


def _analysis(plan: AnyPlan) -> dict[str, Any]:
    """Count tables and outline; a module plan has misconceptions and a sequence of lessons."""
    lesson = plan if isinstance(plan, LessonPlan) else None
    sections = numbered_sections(lesson) if lesson else []
    checks = [section for section in sections if is_check(section)]
    module = {"lessons": len(plan.sequence)} if isinstance(plan, ModulePlan) else {}
    return {
        **module,
        "student_concepts": len(lesson.student.concepts) if lesson else 0,
        "prerequisites": len(lesson.prerequisites) if lesson else 0,
        "gaps": len(lesson.gaps) if lesson else 0,
        "misconceptions": len(getattr(plan, "misconceptions", ())),
        "examples": _examples(lesson.examples if lesson else ()),
        "modalities": len(lesson.modalities) if lesson else 0,
        "outline_sections": len(sections),
        "check_sections": len(checks),
        "check_questions": sum(prompts(section.nodes) for section in checks),
        "exercises": [{"level": one.level.value} for one in exercises(plan)],
    }


def numbered_sections(plan: LessonPlan) -> list[Section]:
    """Return the top-level sections of the first outline that have a whole number, else all."""
    sections = plan.design.outline.sections if plan.design.outline else ()
    titled = [one for one in sections if plain(one.title)]
    return [one for one in titled if one.number.isdecimal()] or titled


def is_check(section: Section) -> bool:
    title = plain(section.title)
    return bool(_CHECK.search(title)) and not _OTHERWISE.match(title)


def prompts(nodes: Iterable[Block | Item]) -> int:
    """Count the questions posed among `nodes`, in their boxes and lists too.

    What stands inside a question belongs to it: its parts, follow-ups and answer. A card that
    asks is one question, and so is each row of a table that asks.
    """
    count = 0
    for node in nodes:
        if isinstance(node, Question):
            count += _is_posed(node)
        elif isinstance(node, Table):
            asks = any(_ASKED.match(plain(column)) for column in node.columns)
            count += sum(asks or "?" in " ".join(map(plain, row)) for row in node.rows)
        elif not isinstance(node, Exercise):
            inner = sum(prompts(getattr(node, name, ())) for name in ("nodes", "items", "cards"))
            count += inner or (isinstance(node, Card) and any("?" in one for one in _texts(node)))
    return count


def _texts(node: Block) -> Iterable[str]:
    return (one.text for one in walk(node) if isinstance(one, Text))


def _is_posed(question: Question) -> bool:
    """A line that only announces questions, follows one up or leads on poses none."""
    words = _words(question.prompt)
    if question.answer or question.parts:
        return bool(words or question.parts) and not _LEADS_ON.match(words)
    return bool(words) and not words.endswith(":") and not _LEADS_ON.match(words)


def _words(blocks: Iterable[Block]) -> str:
    parts = [plain(getattr(one, name, ())) for one in blocks for name in ("title", "spans")]
    return " ".join(part for part in parts if part).strip()


def exercises(plan: AnyPlan) -> list[Exercise]:
    outline = plan.design.outline if isinstance(plan, LessonPlan) else None
    return [node for node in walk(outline) if isinstance(node, Exercise)]


def _examples(examples: Iterable[Example]) -> dict[str, int]:
    words = Counter(polarity(example.type_raw) for example in examples)
    kinds = {kind: words[kind] for kind in ("positive", "negative", "other")}
    return {"total": sum(words.values()), **kinds}


def polarity(cell: str) -> str:
    """Return the word of a Type cell; a parenthesis counts only if nothing outside it tells."""
    for text in (_PARENTHESIS.sub("", cell).lower(), cell.lower()):
        found = read_polarity(text)
        if found is not Polarity.OTHER:
            return found.value if found in (Polarity.POSITIVE, Polarity.NEGATIVE) else "other"
    return "other"


def _checklist(plan: AnyPlan) -> dict[str, int]:
    ticks = Counter(
        node.ticked
        for node in walk(plan)
        if isinstance(node, ChecklistItem | Item) and node.ticked is not None
    )
    return {"ticked": ticks[True], "unticked": ticks[False]}


def _review(review: Review) -> dict[str, Any]:
    found = Counter(finding.severity for finding in review.findings)
    return {
        "iteration": review.iteration,
        "of": review.of,
        "date": review.date or None,
        "verdict": review.verdict or None,
        "findings": {severity.value: found[severity] for severity in Severity},
    }


def lost(plan: AnyPlan, text: str) -> int:
    """Return how many characters of the input stand in no segment and in no node of the plan."""
    text, at, held = normalise(text), 0, 0
    for segment in plan.segments:
        found = text.find(segment.raw, at)
        if found >= 0:
            at, held = found + len(segment.raw), held + len(segment.raw)
    return len(text) - held or coverage.lost(plan)
