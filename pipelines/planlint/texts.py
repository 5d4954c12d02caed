"""What plans say: their runs of text with their lines, numbers in them, names of concepts."""

import re
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


# A number that a page asserts is measured, cited or declared as given. Digits that belong to a
# name are none of this: "2D", "x_0", "W2", "DPM-Solver++(2M)", "SD 1.5", "CIFAR-10", "Level 3".
_NUMBER = re.compile(r"(?<![\w.])[-−~≈<>≤≥]?\d+(?:[.,]\d+)*(?:\s?[×x]\s?\d+)*(?:[eE][-−]?\d+)?")
_NAMES = re.compile(
    r"""
      DPM-Solver(?:\+\+)?(?:-\d)?(?:\s?\(?\d[MS]\)?)?         # DPM-Solver++(2M), DPM-Solver-3
    | \b(?:SD|SDXL|Stable\ Diffusion|SDXL\ Turbo)\ v?\d(?:\.\d)?\b
    | \b(?:CIFAR|LAION|GPT|COCO|ResNet|VGG|Inception)-?\d+[A-Z]?\b
    | \bImageNet[- ]\d+(?:\s?[×x]\s?\d+)?
    | \bCFG\+\+
    | \b(?:Modules?|Lessons?|Series|Exercises?|Questions?|Sections?|Figures?|Tables?|Parts?|Levels?
        |Steps?|Equations?|Algorithms?|Phases?|Cells?)\ \d+(?:\.\d+)*[a-z]?\b
    | \b(?:sections?|exercises?|questions?|modules?|lessons?)\ \d+(?:\.\d+)*\b
    | \(\d+(?:\.\d+){2}\)                                   # a lesson's number: (7.2.2)
    | \b\d[A-Z]{1,2}\b                                      # 2D, 1D, 2M
    | \b[A-Za-z_]\w*(?:[-.]\d\w*)*                          # x_0, W2, fp16, sd-1: letters first
    """,
    re.VERBOSE,
)
_WORDS = [
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
]
NUMERAL = rf"\d{{1,3}}|{'|'.join(_WORDS)}|zero"
POSITIVE_NUMERAL = rf"\d{{1,3}}|{'|'.join(_WORDS[1:])}"


def literal_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Yield position and text of each number that stands in no name."""
    blanked = _NAMES.sub(_blank_names_with_digits, text)
    for match in _NUMBER.finditer(blanked):
        yield match.start(), match[0]


def _blank_names_with_digits(match: re.Match[str]) -> str:
    return "_" * len(match[0]) if re.search(r"\d", match[0]) else match[0]


def value_of(text: str) -> int:
    """Return what a match of `NUMERAL` says."""
    word = text.lower()
    return int(word) if word.isdigit() else _WORDS.index("no" if word == "zero" else word)


_SMALL = re.compile(
    r"(?:an?|and|as|at|by|for|from|ha[sv]e?|in|into|is|its?|needs?|of|on|or|the|their|this|to|via"
    r"|with|new|concepts?|pattern|small|medium|trivial|gap|mentioned|introduced|developed|applied)"
)


def keywords(name: str) -> frozenset[str]:
    """Return a name's words without endings and small words: "the ODE views" → ode, view."""
    found = re.findall(r"[^\W_]+", name.lower())
    return frozenset(word.removesuffix("s") for word in found if not _SMALL.fullmatch(word))


def alike(one: str, other: str) -> bool:
    """Half of the words of the shorter name, at least, stand in the longer one."""
    first, second = keywords(one), keywords(other)
    shared = len(first & second)
    return bool(shared) and 2 * shared >= min(len(first), len(second))
