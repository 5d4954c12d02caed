"""A round → its place in the plan: numbered, after all others; no other byte changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.any_plan import read_text
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.planning import Review
from pipelines.contracts.problems import InputProblems, Problem, errors
from pipelines.plan.lines import fenced, normalise
from pipelines.planwriter.format import plan_content
from pipelines.rounds.contents import Contents, contents_of, digest_of
from pipelines.rounds.locations import ID
from pipelines.rounds.reading import Incoming, lines_of_findings
from pipelines.rounds.register import digest_of_round

_TITLED = re.compile(r"\(Iteration [^()]*\)")
_MADE_FOR = re.compile(r"(?m)^(\*\*Made for:\*\* .*)$")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}$")
_ANEW = (
    "open the review page of the present plan in the browser that holds the round: it marks what"
    " was written of places that have changed; look at them again and export"
)


def merged(plan_text: str, plan_file: str, incoming: Incoming) -> str:
    """Return a plan with a round as its last.

    Args:
        plan_text: As it lies on the disk.

    Raises:
        InputProblems: The round was made for another version, is in the plan already, or cannot
            stand in it without changing how the rest is read.
    """
    plan = _lesson(plan_text, plan_file)
    contents = contents_of(plan)
    if problems := [*_of_another(plan, contents, incoming), *_again(plan, incoming)]:
        raise InputProblems(problems)
    after = _with_round(plan_text, plan, _numbered(plan, incoming))
    read = _lesson(after, plan_file)
    if contents_of(read).version != contents.version or not _as_meant(plan, read, incoming):
        message = "the plan would be read otherwise with this round in it"
        remedy = "look for headings or fences in the round's text, and write them otherwise"
        raise InputProblems([Problem(incoming.file, 1, "ML706", message, remedy)])
    return after


def _lesson(text: str, file: str) -> LessonPlan:
    plan, problems = read_text(normalise(text), file)
    if isinstance(plan, LessonPlan):
        return plan
    remedy = "name the plan of the lesson that was reviewed"
    raise InputProblems([*errors(problems), Problem(file, 1, "ML108", "no lesson plan", remedy)])


# --- was it made for this plan? ---


def _of_another(plan: LessonPlan, contents: Contents, incoming: Incoming) -> Iterator[Problem]:
    """Yield what differs between the version that a round was made for and the present one."""
    if incoming.lesson and incoming.lesson != plan.id:
        message = f"made for the lesson `{incoming.lesson}`, and the plan is of `{plan.id}`"
        yield Problem(incoming.file, 1, "ML707", message, "name the plan of that lesson")
        return
    differences = list(_differences(plan, contents, incoming))
    if incoming.version == contents.version and not differences:
        return
    message = f"made for version {incoming.version}, and the plan is {contents.version}"
    if not differences:
        message += "; what the round names is as it was, something else has changed"
    yield Problem(incoming.file, 1, "ML707", message, _ANEW)
    yield from differences


def _differences(plan: LessonPlan, contents: Contents, incoming: Incoming) -> Iterator[Problem]:
    now = contents.spots
    said = [*_of_places(contents, incoming), *_of_what_it_names(contents, incoming)]
    said += [
        ("", f"the plan's {name.replace('_', ' ')} differ")
        for name, digest in incoming.parts.items()
        if contents.parts.get(name) != digest
    ]
    for name, message in said:
        line = now[name].src.line if name in now else 1
        yield Problem(plan.file, line, "ML707", message, "look at it again")


def _of_places(contents: Contents, incoming: Incoming) -> Iterator[tuple[str, str]]:
    """Yield what differs on the page, by the name of the spot; Markdown does not hold it."""
    now = contents.spots
    for name, digest in incoming.places.items():
        if name not in now:
            yield name, f"`{name}` was on the page and is not any more"
        elif now[name].digest != digest:
            yield name, f"{now[name].label} (`{name}`) has changed"
    for name in now if incoming.places else ():
        if name not in incoming.places:
            yield name, f"{now[name].label} (`{name}`) is new"


def _of_what_it_names(contents: Contents, incoming: Incoming) -> Iterator[tuple[str, str]]:
    """Yield what was written of a spot that is not there, or says something else now."""
    for one in incoming.looked_at:
        if one.place and one.place not in contents.spots:
            yield one.place, f"“{one.what}”: `{one.place}` is not on the page"
        elif one.seal.text and not contents.with_digest(one.seal.text):
            yield one.place, f"“{one.what}” was written of other words than stand there now"


def _again(plan: LessonPlan, incoming: Incoming) -> Iterator[Problem]:
    digest = digest_of(incoming.text)
    for number, review in enumerate(plan.reviews, 1):
        if digest_of_round(review) == digest:
            message = f"it is round {number} of the plan, line {review.src.line}"
            yield Problem(incoming.file, 1, "ML708", message, "nothing is to be done")


# --- the text ---


def _numbered(plan: LessonPlan, incoming: Incoming) -> list[str]:
    """Return the lines of a round with its iteration, its digest, and the ids of its findings."""
    lines = incoming.text.rstrip("\n").split("\n")
    number = len(plan.reviews) + 1
    for count, line in reversed(list(enumerate(lines_of_findings(incoming), 1))):
        lines[line + 1 : line + 1] = ["", f"**{ID}:** {number}.{count}"]
        if lines[line + 3 : line + 4] == [""]:
            del lines[line + 3]
    lines[0] = _titled(lines[0], plan.reviews)
    own = rf"\1\n**Round:** `{digest_of(incoming.text)}`"
    lines = _MADE_FOR.sub(own, "\n".join(lines), count=1).split("\n")
    deeper, (inside, _) = "#" * (_level(plan) - 2), fenced(lines)
    return [
        f"{deeper}{line}" if line.startswith("#") and not code else line
        for line, code in zip(lines, inside, strict=True)
    ]


def _titled(title: str, reviews: tuple[Review, ...]) -> str:
    last = next((one for one in reversed(reviews) if one.iteration is not None), None)
    number = (last.iteration or 0) + 1 if last else len(reviews) + 1
    of = max(number, (last.of or 0) if last else 0)
    iteration = f"(Iteration {number}/{of})"
    bare = _TITLED.sub("", title).rstrip()
    return f"{bare} {iteration}"


def _level(plan: LessonPlan) -> int:
    """Return the level of the headings that begin reviews."""
    lines = {one.src.line for one in plan.reviews}
    levels = [one.level for one in plan.segments if one.src.line in lines]
    return max(levels[-1:] or [2]) or 2


def _with_round(text: str, plan: LessonPlan, lines: list[str]) -> str:
    """Put a round behind the last one, before the rule that may end it; else at the end."""
    old = [match[0] for match in _LINE.finditer(text) if match[0]]
    ends = [one.src.end for one in (*plan.reviews, *plan.fix_passes)] if plan.reviews else []
    at = min(max(ends, default=len(old)), len(old))
    while at and (not old[at - 1].strip("\ufeff \t\r\n") or (ends and _RULE.match(old[at - 1]))):
        at -= 1
    end = "\r\n" if "\r\n" in text else "\n"
    before, behind = "".join(old[:at]), "".join(old[at:])
    opened = "" if before.endswith(("\n", "\r")) or not before else end
    blank = end if behind.strip() and behind[0] not in "\r\n" else ""
    return f"{before}{opened}{end}{end.join(lines)}{end}{blank}{behind}"


def _as_meant(before: LessonPlan, after: LessonPlan, incoming: Incoming) -> bool:
    """Whether the reviews are read as before, and the round behind them as by itself."""
    count = len(before.reviews)
    same = plan_content(after.reviews[:count]) == plan_content(before.reviews)
    return (
        same
        and len(after.reviews) == count + 1
        and len(after.reviews[-1].findings) == len(incoming.review.findings)
    )
