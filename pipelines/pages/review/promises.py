"""What a plan promises its students, a row or a bullet at a time, and the places it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from pipelines.contracts.blocks import Block, List, walk
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Example, Modality, ModalityFamily
from pipelines.contracts.spans import Role, Spans, Text
from pipelines.plan.inline import plain
from pipelines.planlint.omissions import OMITTED

_PICTURE = re.compile(r"\b(figures?|diagrams?|plots?|drawings?|pictures?)\b", re.IGNORECASE)


class Kind(StrEnum):
    """What is promised."""

    PREREQUISITE = "prerequisite"
    GAP = "gap resolution"
    MISCONCEPTION = "misconception"
    EXAMPLE = "example"
    MODALITY = "modality"
    ANALOGY = "analogy"
    GUARD = "guard of an analogy"
    SCOPE = "scope"
    DEPTH = "depth target"


@dataclass(frozen=True)
class Promise:
    """Something planned that the page should deliver.

    Attributes:
        what: As the plan says it.
        more: What else the plan says of it: weaker words to look for.
        refs: Names of places that the author gives; none: to be inferred.
        omitted: Why it is not on the page, if the author says so.
        number: Of a misconception's row.
        family: Of a modality.
        lessons: Slugs of the lessons that a prerequisite comes from.
        deep: A depth target that students shall be able to work with.
        nth: Its place among those of its kind, from one.
    """

    kind: Kind
    what: Spans
    more: str
    line: int
    refs: tuple[str, ...] = ()
    omitted: str = ""
    number: int = 0
    family: ModalityFamily | None = None
    lessons: tuple[str, ...] = ()
    deep: bool = False
    nth: int = 1

    @property
    def anchor(self) -> str:
        """Where the review shows what became of it."""
        return f"promise-{self.kind.name.lower()}-{self.nth}"

    @property
    def pictured(self) -> bool:
        """Whether a picture is promised: by a visual modality, or an example that says so."""
        said = self.kind is Kind.EXAMPLE and bool(_PICTURE.search(plain(self.what)))
        return said or self.family is ModalityFamily.VISUAL


def promises(plan: LessonPlan) -> list[Promise]:
    """Return what the planning of a lesson promises, in the order of the plan."""
    found = [*_prerequisites(plan), *_rows(plan), *_analogies(plan), *_scope(plan)]
    counts: Counter[Kind] = Counter()
    numbered = []
    for one in found:
        counts[one.kind] += 1
        numbered.append(replace(one, nth=counts[one.kind]))
    return numbered


def _prerequisites(plan: LessonPlan) -> Iterator[Promise]:
    for row in plan.prerequisites:
        slugs = tuple(one.slug for one in row.sources if one.slug)
        said = (*row.reasoning, *_joined(row.extra))
        yield _promise(Kind.PREREQUISITE, row.concept, said, row.src.line, lessons=slugs)
    for gap in plan.gaps:
        yield _promise(Kind.GAP, gap.concept, gap.resolution, gap.src.line)


def _rows(plan: LessonPlan) -> Iterator[Promise]:
    for row in plan.misconceptions:
        said = (*row.negative_example, *row.where, *_joined(row.extra))
        yield _promise(Kind.MISCONCEPTION, row.claim, said, row.src.line, number=row.number)
    for example in plan.examples:
        yield _promise(Kind.EXAMPLE, example.what, _of_example(example), example.src.line)
    for modality in plan.modalities:
        what = (Text(text=f"{modality.name}: "), *modality.what)
        said = _of_modality(modality)
        yield _promise(Kind.MODALITY, what, said, modality.src.line, family=modality.family)


def _analogies(plan: LessonPlan) -> Iterator[Promise]:
    for kind, rows in (
        (Kind.ANALOGY, plan.design.analogies_extended),
        (Kind.GUARD, plan.design.analogies_misleading),
    ):
        for row in rows:
            what = (Text(text=row.name),) if row.name else row.spans
            yield _promise(kind, what, row.spans, row.src.line)


def _scope(plan: LessonPlan) -> Iterator[Promise]:
    for block in plan.design.scope.covers:
        for item in block.items if isinstance(block, List) else ():
            spans = _spans_of(item.nodes)
            yield _promise(Kind.SCOPE, spans, (), item.src.line)
    for target in plan.design.scope.depth_targets:
        deep = (target.depth.second or target.depth.level).rank >= 3
        said = (Text(text=target.depth.note), *target.said)
        yield _promise(Kind.DEPTH, target.concept, said, target.src.line, deep=deep)


def _promise(kind: Kind, what: Spans, said: Spans, line: int, **more: object) -> Promise:
    roles = [one for one in walk((what, said)) if isinstance(one, Role)]
    refs = tuple(dict.fromkeys(one.target for one in roles if one.name == "ref"))
    why = next((one.target for one in roles if one.name == OMITTED), "")
    return Promise(kind, _shown(what), _words(said), line, refs, why, **more)  # type: ignore[arg-type]


def _of_example(row: Example) -> Spans:
    return (*row.purpose, *row.why, *_joined(row.extra))


def _of_modality(row: Modality) -> Spans:
    return (*row.why, *_joined(row.extra))


def _joined(extra: dict[str, Spans]) -> Spans:
    return tuple(span for spans in extra.values() for span in spans)


def _spans_of(blocks: tuple[Block, ...]) -> Spans:
    return tuple(span for block in blocks for span in getattr(block, "spans", ()))


def _shown(spans: Spans) -> Spans:
    """Return what is said, without the places that follow it and the bracket that opens them."""
    at = next((i for i, one in enumerate(spans) if _of_place(one)), len(spans))
    kept = spans[:at]
    if at < len(spans) and kept and isinstance(kept[-1], Text):
        return (*kept[:-1], Text(text=kept[-1].text.removesuffix("(").rstrip()))
    return kept


def _of_place(span: object) -> bool:
    return isinstance(span, Role) and span.name in ("ref", OMITTED)


def _words(spans: Spans) -> str:
    return plain(tuple(one for one in spans if not isinstance(one, Role)))
