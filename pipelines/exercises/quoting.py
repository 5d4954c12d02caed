"""Measured numbers in the cells of an exercise: `value("key")` in code, a role in text."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipelines.claims.formats import format_number
from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import Measurements
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.exercises.source import Alternative, Cell, ExerciseSource

UNKNOWN, FORMAT = "ML401", "ML311"
DIGITS = 4  # of a number in code
_CALL = "value"
_ROLE = re.compile(r"\{value\}`(?P<key>[^`|]+)(?:\|(?P<form>[^`]*))?`")
_GIVEN = re.compile(r"\{given\}`([^`]*)`")


def read_measured(files: list[Path]) -> dict[str, float]:
    """Return the values of all rows of measurement files, by key."""
    rows = (row for file in files for row in Measurements.model_validate(read_json(file)).root)
    return {row.key: row.value for row in rows}


def quote(source: ExerciseSource, measured: Mapping[str, float]) -> ExerciseSource:
    """Return an exercise with measured numbers in place of what asks for them.

    Raises:
        InputProblems: Nothing was measured under a key, or a format is unknown.
    """
    problems: list[Problem] = []
    quoting = _Quoting(source.file, measured, problems)
    cells = tuple(map(quoting.cell, source.cells))
    others = tuple(map(quoting.alternative, source.alternatives))
    if problems:
        raise InputProblems(problems)
    return replace(source, cells=cells, alternatives=others)


class _Quoting:
    def __init__(self, file: str, measured: Mapping[str, float], problems: list[Problem]) -> None:
        self.file, self.measured, self.problems = file, measured, problems

    def cell(self, cell: Cell) -> Cell:
        text = self.text if cell.kind == "text" else self.code
        return replace(cell, text=text(cell.text, cell.line))

    def alternative(self, one: Alternative) -> Alternative:
        return replace(one, text=self.code(one.text, one.line))

    def known(self, key: str, line: int) -> float:
        if key not in self.measured:
            message = f"nothing was measured under `{key}`"
            remedy = "check its spelling; the measurements folder of a build has all keys"
            self.problems.append(Problem(self.file, line, UNKNOWN, message, remedy))
        return self.measured.get(key, 0.0)

    def code(self, code: str, line: int) -> str:
        """Put numbers in place of calls `value("key")`; lines stay lines."""
        lines = code.splitlines()
        for call in sorted(_calls(code), key=lambda one: (one.lineno, one.col_offset))[::-1]:
            key = call.args[0].value  # type: ignore[attr-defined]
            number = repr(float(f"{self.known(key, line + call.lineno - 1):.{DIGITS}g}"))
            at = call.lineno - 1
            raw = lines[at].encode()
            raw = raw[: call.col_offset] + number.encode() + raw[call.end_col_offset :]
            lines[at] = raw.decode()
        return "\n".join(lines)

    def text(self, text: str, line: int) -> str:
        """Put numbers in place of roles."""

        def number(match: re.Match[str]) -> str:
            at = line + text.count("\n", 0, match.start())
            try:
                return format_number(self.known(match["key"], at), match["form"] or "")
            except ValueError as error:
                remedy = "docs/authoring.md lists the formats"
                self.problems.append(Problem(self.file, at, FORMAT, str(error), remedy))
                return ""

        return _GIVEN.sub(r"\1", _ROLE.sub(number, text))


def _calls(code: str) -> list[ast.Call]:
    """Return the calls `value("key")`, each on one line."""
    return [
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == _CALL
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and node.lineno == node.end_lineno
    ]
