"""Problems for people (text), scripts (JSON), code scanning (SARIF) and GitHub (annotations)."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from pipelines.contracts.codes import TITLES
from pipelines.contracts.problems import Problem, errors, harmless

_RED, _YELLOW, _CYAN, _BOLD, _RESET = (f"\x1b[{n}m" for n in (31, 33, 36, 1, 0))


def in_colour(stream: TextIO) -> bool:
    """Colour is for terminals, and for nobody who has set NO_COLOR (https://no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def as_text(problems: Sequence[Problem], plans: int, *, colour: bool = False) -> str:
    """Return each problem with its excerpt and remedy, and a line of counts."""
    stopping = len(errors(problems))
    counts = f"{plans} plan(s): {stopping} error(s), {len(problems) - stopping} warning(s)"
    return "\n".join([*(_coloured(one) if colour else str(one) for one in problems), counts])


def _coloured(problem: Problem) -> str:
    hue = _RED if problem.severity == "error" else _YELLOW
    head = f"{_BOLD}{problem.place}{_RESET}: {hue}{problem.severity} {problem.code}{_RESET}"
    excerpt, carets = problem.marked()[:1], problem.marked()[1:]
    lines = [
        f"{head}: {harmless(problem.message)}",
        *excerpt,
        *(line.replace("^", f"{hue}^", 1) + _RESET for line in carets),
        f"{_CYAN}remedy:{_RESET} {harmless(problem.remedy)}",
    ]
    return "\n    ".join(lines)


def as_json(problems: Sequence[Problem], plans: int) -> str:
    """Return the problems as JSON, with counts."""
    stopping = len(errors(problems))
    found = [{**asdict(one), "title": TITLES[one.code]} for one in problems]
    counts = {"plans": plans, "errors": stopping, "warnings": len(problems) - stopping}
    return json.dumps({**counts, "problems": found}, indent=1, ensure_ascii=False)


def as_github(problems: Sequence[Problem], plans: int) -> str:
    """Return a workflow command a problem, which GitHub shows beside the line."""
    return "\n".join(map(_annotation, problems))


def _annotation(problem: Problem) -> str:
    options: dict[str, object] = {"file": problem.file, "line": max(problem.line, 1)}
    if problem.column:
        options |= {"col": problem.column, "endColumn": problem.end_column}
    options["title"] = f"{problem.code} {TITLES[problem.code]}"
    written = ",".join(f"{key}={_option(str(value))}" for key, value in options.items())
    return f"::{problem.severity} {written}::{_data(f'{problem.message}; {problem.remedy}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _option(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_PAGES = Path(__file__).resolve().parents[2] / "docs" / "problems"


def as_sarif(problems: Sequence[Problem], plans: int) -> str:
    """Return one run with the rules that were broken and a result for each problem."""
    codes = sorted({problem.code for problem in problems})
    driver = {
        "name": "measured-lessons",
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes.index(problem.code)) for problem in problems],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(code: str) -> dict[str, Any]:
    """Return what is known of a code; its page is linked where the documentation lies."""
    page = _PAGES / f"{code}.md"
    rule: dict[str, Any] = {"id": code, "shortDescription": {"text": TITLES[code]}}
    if page.is_file():
        text = page.read_text(encoding="utf-8")
        rule |= {"helpUri": page.as_uri(), "help": {"text": text, "markdown": text}}
    return rule


def _result(problem: Problem, index: int) -> dict[str, Any]:
    return {
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": f"{problem.message}. Remedy: {problem.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(problem.file)},
                    "region": _region(problem),
                }
            }
        ],
    }


def _region(problem: Problem) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": max(problem.line, 1)}
    if problem.column:
        end = max(problem.end_column, problem.column)
        region |= {"startColumn": problem.column, "endColumn": end}
    if problem.excerpt:
        region["snippet"] = {"text": problem.excerpt}
    return region


def _uri(file: str) -> str:
    """Paths below the working folder stay relative, so that a host finds them in its tree."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


FORMATS: dict[str, Callable[[Sequence[Problem], int], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
