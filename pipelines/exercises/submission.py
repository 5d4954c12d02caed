"""What a student hands in: a notebook, or a script of percent cells, read as code and no more."""

from __future__ import annotations

import ast
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts.exercise import Kind
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.exercises.percent import split_script
from pipelines.exercises.source import UNREAD

MOST = 30_000_000  # bytes of a notebook, pictures included
_ROLE = re.compile(r"\b(?P<kind>exercise|check)=\"(?P<name>[\w-]+)\"")
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Handed:
    """A cell of code as it was handed in. `name`: of the part that it writes or checks."""

    kind: Kind
    name: str
    code: str


def read_submission(file: Path) -> tuple[Handed, ...]:
    """Return the cells of code of a notebook or a script.

    Raises:
        InputProblems: It is neither, or cannot be read.
    """
    content = file.read_bytes()
    if len(content) > MOST:
        raise _unread(file, f"larger than {MOST // 1_000_000} MB", "clear the outputs first")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unread(file, "not UTF-8", "save it as a notebook or as Python") from error
    return tuple(_of_script(text) if file.suffix == ".py" else _of_notebook(file, text))


def _of_notebook(file: Path, text: str) -> list[Handed]:
    remedy = "hand in the notebook itself (.ipynb), or a script of percent cells (.py)"
    try:
        cells = json.loads(text)["cells"]
        return [_handed(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _unread(file, "this is no notebook", remedy) from error


def _handed(cell: dict[str, Any]) -> Handed:
    source, metadata = cell["source"], cell.get("metadata", {})
    code = "".join(source) if isinstance(source, list) else str(source)
    for kind in ("exercise", "check"):
        if isinstance(metadata, dict) and isinstance(metadata.get(kind), str):
            return Handed(kind, metadata[kind], plain_code(code))
    return Handed("given", "", plain_code(code))


def _of_script(text: str) -> list[Handed]:
    lines = text.splitlines()
    handed = []
    for cell in split_script(text).cells:
        if cell.markdown:
            continue
        head = lines[cell.line - 1] if 0 < cell.line <= len(lines) else ""
        role = _ROLE.search(head) if head.startswith("# %%") else None
        kind: Kind = role["kind"] if role else "given"  # type: ignore[assignment]
        handed.append(Handed(kind, role["name"] if role else "", plain_code(cell.text)))
    return handed


def plain_code(code: str) -> str:
    """Return a cell without the commands of a notebook, `%matplotlib` or `!pip`."""
    with suppress(SyntaxError):
        ast.parse(code)
        return code  # a line may begin with % inside an expression
    return _MAGIC.sub("", code)


def defined(code: str) -> set[str]:
    """Return the names that a cell defines at its top; none if it is no Python."""
    with suppress(SyntaxError, ValueError):
        names: set[str] = set()
        for node in ast.parse(code).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Assign):
                names |= {one.id for one in node.targets if isinstance(one, ast.Name)}
        return names
    return set()


def imported(code: str) -> set[str]:
    """Return the names that a cell imports."""
    with suppress(SyntaxError, ValueError):
        lines = ast.parse(code).body
        imports = (one for one in lines if isinstance(one, ast.Import | ast.ImportFrom))
        names = (name for one in imports for name in one.names)
        return {name.asname or name.name.partition(".")[0] for name in names}
    return set()


def _unread(file: Path, message: str, remedy: str) -> InputProblems:
    return InputProblems([Problem(str(file), 1, UNREAD, message, remedy)])
