"""Problems as SARIF 2.1.0, the OASIS format that code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipelines.contracts.codes import TITLES
from pipelines.contracts.problems import Problem

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
