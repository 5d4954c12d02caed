"""All runs of spans that a page shows, each with the lines that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from pipelines.contracts.plan import AnyPlan, LessonPlan, ModulePlan
from pipelines.contracts.spans import Record, Role, Span, Spans, Src, Voice
from pipelines.module.requests import page_blocks

_SPANS = get_args(get_args(Span)[0])
_LEAVES = (str, int, Src, type(None))  # hold no spans; most values are of these


def page_runs(plan: AnyPlan) -> Iterator[tuple[Spans, Src]]:
    """Yield what the student reads: notes to the builder are left out."""
    if isinstance(plan, LessonPlan) and plan.design.outline:
        for section in plan.design.outline.sections:
            yield section.title, replace(section.src, end=section.src.line)
    for block in page_blocks(plan):
        yield from _runs(block, block.src)
    if isinstance(plan, ModulePlan):
        for row in (*plan.sequence, *plan.misconceptions):
            yield from _runs(row, row.src)


def runs_of(value: Any, src: Src) -> Iterator[tuple[Spans, Src]]:
    """Yield what the student reads of a block, or of a tuple of blocks or spans."""
    yield from _runs(value, src)


def all_runs(plan: AnyPlan) -> Iterator[tuple[Spans, Src]]:
    """Yield every run of the document, the builder's and the reviewers' too."""
    everywhere = Src(file=plan.file, line=1, end=1)
    yield from _runs(plan, everywhere, voices=frozenset(Voice))


def roles(spans: Spans) -> Iterator[Role]:
    """Yield the roles of a run, those inside emphasis and links too."""
    for span in spans:
        if isinstance(span, Role):
            yield span
        else:
            yield from roles(getattr(span, "spans", ()))


def texts(spans: Spans) -> Iterator[str]:
    """Yield the plain texts of a run: no mathematics, code or roles."""
    for span in spans:
        if span.type == "text":
            yield span.text
        else:
            yield from texts(getattr(span, "spans", ()))


def _runs(
    value: Any, src: Src, voices: frozenset[Voice] = frozenset({Voice.STUDENT})
) -> Iterator[tuple[Spans, Src]]:
    """Look through models, tuples and mappings for tuples of spans."""
    if isinstance(value, Record):
        fields = value.__dict__
        if fields.get("voice", Voice.STUDENT) in voices:
            here = fields.get("src", src)
            for inner in fields.values():
                if not isinstance(inner, _LEAVES):
                    yield from _runs(inner, here, voices)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _runs(inner, src, voices)
    elif isinstance(value, tuple) and value:
        if isinstance(value[0], _SPANS):
            yield value, src
        else:
            for inner in value:
                yield from _runs(inner, src, voices)
