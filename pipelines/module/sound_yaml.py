"""YAML files of a module, read so that nothing odd in them is taken for what it is not.

First its form (`contracts.yaml_form`), then its type, which pydantic checks, then its numbers:
pydantic takes `'6000'` and `true` for numbers, and any number for one that a computer can handle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from pipelines.contracts.input_files import read_input
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.contracts.yaml_form import form_problems
from pipelines.plan.lines import decode

Read = TypeVar("Read", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST = 10_000_000  # of anything that is counted: ten times what the longest training has
_AT_MOST = {  # of what memory or time grows with
    **{"replicas": 1_000, "hidden": 16_384, "layers": 256, "channels": 16_384, "heads": 1_024},
    **{"batch": 1_000_000, "noise_frequencies": 16_384, "width": 16_384, "tokens": 16_384},
    **{"size": 8_192, "chunk": 1_024, "batches": 1_024, "seed": 2**31 - 1},
}


def read_sound(file: Path, read: Callable[[Path], Read]) -> Read:
    """Read a YAML file as a model.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    text = sound_text(file)
    found = read(file)
    node = yaml.compose(text, Loader=_Loader)
    assert node, "a model was read from it"
    if problems := list(_wrong_numbers(str(file), text, node, found.model_dump(), "")):
        raise InputProblems(problems)
    return found


def sound_text(file: Path) -> str:
    """Return the text of a YAML file that holds nothing but plain values under names.

    Raises:
        InputProblems: It cannot be read, or holds more than that.
    """
    text = decode(read_input(file), str(file))
    if problems := list(form_problems(text, str(file))):
        raise InputProblems(problems)
    return text


def _wrong_numbers(
    file: str, text: str, node: yaml.Node, meant: Any, name: str
) -> Iterator[Problem]:
    """Yield the numbers of a model that its file does not write as numbers, or that are absurd."""
    if isinstance(node, yaml.MappingNode) and isinstance(meant, Mapping):
        for key, value in node.value:
            inner = meant.get(key.value, meant.get(_number(key.value)))
            yield from _wrong_numbers(file, text, value, inner, key.value)
    elif isinstance(node, yaml.SequenceNode) and isinstance(meant, list | tuple):
        for value, inner in zip(node.value, meant, strict=False):
            yield from _wrong_numbers(file, text, value, inner, name)
    elif fault := _fault(node, meant, name):
        line, written = node.start_mark.line + 1, str(node.value)[:60]
        message, remedy = f"`{name}: {written}` {fault}", "write the number that is meant"
        excerpt = text.splitlines()[line - 1]
        yield Problem(file, line, "ML103", message, remedy, excerpt=excerpt)


def _number(written: str) -> int | str:
    return int(written) if written.isdecimal() else written


def _fault(node: yaml.Node, meant: Any, name: str) -> str:
    if isinstance(meant, bool) or not isinstance(meant, int | float):
        return ""
    if node.tag.endswith(":bool"):
        return "is a truth value, where a number should be"
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return "is a text, where a number should be"
    most = _AT_MOST.get(name, _MOST)
    return f"is more than {most}, which no build can do" if abs(meant) > most else ""
