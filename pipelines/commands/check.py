"""`check exercise FILE`: what a student has written, held against the exercise's own checks.

FILE is a notebook, or a script of percent cells, in the folder of the unzipped materials. It runs
in a process of its own, within limits of time and memory; that is no prison for hostile code. The
exercise is found by the name in the notebook, among the lessons.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from pipelines.contracts.keys import experiment_of
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.exercises.checking import Report, check_submission
from pipelines.exercises.notebook import nbgrader_notebook, with_words
from pipelines.exercises.quoting import quote, read_measured
from pipelines.exercises.running import WEIGHTS
from pipelines.exercises.source import (
    FOLDER,
    UNREAD,
    ExerciseSource,
    load_exercise,
    support_file,
)
from pipelines.exercises.submission import read_submission


def add(parser: argparse.ArgumentParser) -> None:
    """Name what is checked, and where the exercise, its models and numbers lie."""
    parser.add_argument("kind", choices=("exercise",))
    parser.add_argument("file", type=Path, metavar="FILE", help="a notebook or a percent script")
    parser.add_argument("--source", type=Path, help="of the exercise; else found by the name")
    parser.add_argument("--lessons", type=Path, default=Path("lessons"))
    parser.add_argument(
        "--materials", type=Path, help="the unzipped folder; else that of the file"
    )
    parser.add_argument(
        "--build", type=Path, default=Path("build"), help="whose numbers are quoted"
    )
    parser.add_argument(
        "--nbgrader",
        type=Path,
        metavar="NOTEBOOK",
        help="write the exercise for nbgrader, solutions and hidden tests included; run nothing",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Print what became of each part; fail unless all are right."""
    handed = read_submission(args.file)
    written = load_exercise(args.source or _found(args.file, args.lessons))
    plan = Path(written.file).parents[1] / "plan.md"
    measured = _measured(written, args.build, _about(args.file))
    source = quote(written, measured)
    if args.nbgrader:
        return _write_for_nbgrader(args.nbgrader, source, plan, measured)
    materials = args.materials or args.file.resolve().parent
    support = [support_file(plan, name) for name in source.head.support]
    report = check_submission(source, handed, support, _models(source, materials))
    if args.format == "json":
        shown = report.model_dump(mode="json") | {"right": report.right}
        print(json.dumps(shown, indent=1, ensure_ascii=False))
    else:
        print("\n".join(_lines(report, plan)))
    return 0 if report.right else 1


def _write_for_nbgrader(
    file: Path, source: ExerciseSource, plan: Path, measured: dict[str, float]
) -> int:
    """Write what `nbgrader generate_assignment` takes in, and print its path."""
    from pipelines.pages.exercises import place_words
    from pipelines.publishing.page_inputs import read_lesson

    lesson, _ = read_lesson(plan)
    text = nbgrader_notebook(source, lesson.id, measured, place_words(lesson))
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8", newline="\n") as made:  # it may have been edited
        made.write(text)
    print(file)
    return 0


def _about(file: Path) -> dict[str, Any]:
    """Return what a notebook says of its exercise; nothing if it does not, or is a script."""
    if file.suffix != ".ipynb":
        return {}
    try:
        about = json.loads(file.read_text(encoding="utf-8"))["metadata"]["exercise"]
        return about if isinstance(about, dict) else {}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def _measured(source: ExerciseSource, build: Path, about: dict[str, Any]) -> dict[str, float]:
    """Return the numbers that an exercise quotes: of the build at hand, else of the notebook."""
    told = about.get("measured")
    kept = told.items() if isinstance(told, dict) else ()
    found = {str(key): float(one) for key, one in kept if isinstance(one, int | float)}
    names = dict.fromkeys(map(experiment_of, source.quoted))
    files = [build / "measurements" / f"{name}.json" for name in names]
    return found | read_measured([file for file in files if file.is_file()])


def _found(file: Path, lessons: Path) -> Path:
    """Return the source of a notebook's exercise, by the name in it or by its file's name."""
    about = _about(file)
    name = Path(str(about.get("name", file.stem))).name
    lesson = Path(str(about.get("lesson", "*"))).name
    places = sorted(lessons.glob(f"*/{lesson}/{FOLDER}/{name}.py"))
    if len(places) == 1:
        return places[0]
    remedy = "name it: --source lessons/<module>/<lesson>/exercises/<name>.py"
    many = f"{len(places)} exercises are" if places else "no exercise is"
    message = f"{many} called `{name}`"
    raise InputProblems([Problem(str(file), 1, UNREAD, message, remedy)])


def _models(source: ExerciseSource, materials: Path) -> dict[str, Path]:
    """Return the models that an exercise loads, from the unzipped materials."""
    found: dict[str, Path] = {}
    missing = []
    for name in source.head.models:
        places = [materials / WEIGHTS / f"{name}.safetensors", materials / WEIGHTS / name]
        there = [place for place in places if place.exists()]
        found |= {name: there[0]} if there else {}
        missing += [] if there else [name]
    if missing:
        remedy = "unzip materials.zip, and work there; or name the folder: --materials DIR"
        message = f"no weights of {', '.join(missing)} in {materials / WEIGHTS}"
        raise InputProblems([Problem(str(materials), 1, UNREAD, message, remedy)])
    return found


def _lines(report: Report, plan: Path) -> list[str]:
    words = _words(plan) if any(part.see for part in report.parts) else {}
    lines = [report.title]
    for part in report.parts:
        said = with_words(part.said, words)
        lines.append(f"  {part.name}: {part.status}" + (f". {said}" if said else ""))
    return [*lines, *(f"  Note: {note}" for note in report.notes)]


def _words(plan: Path) -> dict[str, str]:
    """Return the places of the lesson in words, with the address of each on its page."""
    from pipelines.pages.exercises import lesson_places
    from pipelines.publishing.page_inputs import read_lesson

    lesson, _ = read_lesson(plan)
    return {
        name: f"{one.words} of the lesson ({lesson.id}/index.html#{one.anchor})"
        for name, one in lesson_places(lesson).items()
    }
