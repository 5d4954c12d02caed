"""`index FOLDER`: in which lesson each concept was mentioned, introduced, developed, applied."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pipelines.commands.folders import read_plans
from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.problems import errors
from pipelines.contracts.spans import DepthLevel
from pipelines.planlint.concepts import ConceptIndex, Entry, concept_index
from pipelines.planlint.disagreements import disagreements

LEVELS = (
    DepthLevel.MENTIONED,
    DepthLevel.INTRODUCED,
    DepthLevel.DEVELOPED,
    DepthLevel.APPLIED,
)


def add(parser: argparse.ArgumentParser) -> None:
    """Name the folder, and the form of the output."""
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="as JSON, with file and line")


def run(args: argparse.Namespace) -> int:
    """Print the index, and to the error stream what does not agree; fail on unreadable files."""
    shelf = read_plans([args.folder])
    index = concept_index(shelf.plans.values())
    found = [one for lesson in index.course.lessons for one in disagreements(index, lesson)]
    unreadable = errors(shelf.problems)
    if args.json:
        print(json.dumps(as_data(index), indent=1, ensure_ascii=False))
    else:
        print(as_text(index))
    for problem in sorted([*unreadable, *found]):
        print(problem, file=sys.stderr)
    return 1 if unreadable else 0


def as_data(index: ConceptIndex) -> dict[str, Any]:
    """Return the index as plain data."""
    return {
        "lessons": [_lesson_data(index, lesson) for lesson in index.course.lessons],
        "concepts": [_concept_data(entry) for entry in index.concepts.values()],
    }


def _lesson_data(index: ConceptIndex, lesson: LessonPlan) -> dict[str, str | None]:
    before, after = index.course.neighbours(lesson)
    return {
        "slug": lesson.id,
        "number": index.course.number_of(lesson) or None,
        "title": lesson.title,
        "previous": before or None,
        "next": after or None,
    }


def _concept_data(entry: Entry) -> dict[str, Any]:
    evidence = [
        {"lesson": one.lesson, "depth": one.level.value, "by": one.by, "at": str(one.src)}
        for one in entry.events
    ]
    levels = {level.value: entry.lessons(level) for level in LEVELS}
    return {"name": entry.name, **levels, "evidence": evidence}


def as_text(index: ConceptIndex) -> str:
    """Return a line for each lesson, then for each concept its depths and lessons."""
    lines = []
    for lesson in index.course.lessons:
        before, after = index.course.neighbours(lesson)
        number = index.course.number_of(lesson) or "-"
        lines.append(f"{number} {lesson.id} (after {before or '-'}, before {after or '-'})")
    for entry in index.concepts.values():
        lines += ["", entry.name]
        lines += [
            f"  {level.value}: {', '.join(lessons)}"
            for level in LEVELS
            if (lessons := entry.lessons(level))
        ]
    return "\n".join(lines)
