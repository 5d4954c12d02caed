"""Reads YAML as typed models, and names every mistake with its line.

Two shapes: a file that is one mapping (experiments, recipes, checkpoints), and a file that is a
list of mappings (facts, glossary).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipelines.contracts.problems import InputProblems, Problem

Read = TypeVar("Read", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # same rules, ten times as fast
_KEYS = "docs/experiments.md lists the keys"


def load_strict(path: Path, kind: type[Read], otherwise: str, remedy: str) -> Read:
    """Read a YAML file as a model that has a `name` and a `file` besides the file's own keys.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unreadable(str(path), error) from error
    if not isinstance(data, dict):
        raise InputProblems([Problem(str(path), 1, "ML102", otherwise, remedy)])
    try:
        return kind(**{**data, "name": path.stem, "file": str(path)})
    except ValidationError as error:
        node = yaml.compose(text, Loader=_Loader)
        raise InputProblems(_problems(str(path), text, node, error, _KEYS)) from error


def read_entries(
    text: str, file: str, kind: type[Read], problems: list[Problem]
) -> Iterator[Read]:
    """Read a YAML list of mappings as models that have a `line` besides the keys of an entry.

    Args:
        problems: What is wrong with an entry is added here, and the entry left out.

    Raises:
        InputProblems: The text is no YAML, or another shape.
    """
    fields = ", ".join(name for name in kind.model_fields if name != "line")
    for node in _mappings(text, file):
        data = {**_constructed(node), "line": node.start_mark.line + 1}
        try:
            yield kind.model_validate(data)
        except ValidationError as error:
            known = f"the fields of an entry are {fields}"
            problems += _problems(file, text, node, error, known)


class _Filed(Protocol):
    @property
    def file(self) -> str: ...


def line_of(filed: _Filed, *keys: str | int) -> int:
    """Return the one-based line of a key of an experiment's file, or of its nearest parent."""
    text = Path(filed.file).read_text(encoding="utf-8")
    node = yaml.compose(text, Loader=_Loader)
    return _line_of(node, keys) if node else 1


def _mappings(text: str, file: str) -> list[yaml.MappingNode]:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _unreadable(file, error) from error
    if node is None:
        return []
    entries = node.value if isinstance(node, yaml.SequenceNode) else [node]
    wrong = [entry for entry in entries if not isinstance(entry, yaml.MappingNode)]
    if not wrong and isinstance(node, yaml.SequenceNode):
        return list(entries)
    line = (wrong or [node])[0].start_mark.line + 1
    remedy = "begin each with `- `, the first key and a colon"
    raise InputProblems([Problem(file, line, "ML102", "this file is a list of mappings", remedy)])


def _constructed(node: yaml.MappingNode) -> dict[Any, Any]:
    """Return one entry as plain data: no tags beyond YAML's own, so no objects."""
    loader = _Loader("")
    try:
        return dict(loader.construct_mapping(node, deep=True))
    except yaml.YAMLError:
        return {}  # every field is then missing, and reported at this entry's line
    finally:
        loader.dispose()


def _unreadable(file: str, error: yaml.YAMLError | UnicodeDecodeError) -> InputProblems:
    mark = getattr(error, "problem_mark", None)
    message = f"not readable as YAML: {error}".splitlines()[0]
    line, remedy = mark.line + 1 if mark else 1, "mend the syntax at this line"
    return InputProblems([Problem(file, line, "ML101", message, remedy)])


def _problems(
    file: str, text: str, node: yaml.Node | None, error: ValidationError, known: str
) -> Iterator[Problem]:
    """Yield what a model says is wrong with a node; `known` says which keys there are."""
    for item in error.errors():
        line, keys = _line_of(node, item["loc"]), ".".join(map(str, item["loc"]))
        if item["type"] == "extra_forbidden":
            message, remedy = f"unknown key `{keys}`", f"check the spelling; {known}"
        elif item["type"] == "missing":
            message, remedy = f"missing key `{keys}`", f"add it; {known}"
        else:
            message, remedy = f"`{keys}`: {item['msg']}", "give a value of the right kind"
        excerpt = text.splitlines()[line - 1]
        yield Problem(file, line, "ML103", message, remedy, excerpt=excerpt)


def _line_of(node: yaml.Node | None, location: tuple[Any, ...]) -> int:
    """Return the one-based line of the deepest key of `location` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, node = key.start_mark.line + 1, value
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line
