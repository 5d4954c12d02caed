"""What YAML may hold here: plain values under names, each name once.

YAML can say much more: dates, objects, references that grow without bound, another value for a
name that has one. Who writes a file of ours means none of this. It is found in the events of the
parser, before anything is made of them, in one pass and without recursion.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipelines.contracts.problems import Problem

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # same rules, ten times as fast
DEEPEST = 20  # nested lists and mappings; ours have four
LONGEST = 18  # digits of a whole number
_TAG = "tag:yaml.org,2002:"
_ODD_BOOLEAN = re.compile(r"(?:yes|no|on|off)", re.IGNORECASE)


def form_problems(text: str, file: str) -> Iterator[Problem]:
    """Yield what a YAML text holds that no file of ours may hold, each with its line.

    After the first thing that cannot be read nothing more is said.
    """
    loader = _Loader(text)
    reading = _Reading(file, text.split("\n"), loader)
    try:
        while loader.check_event():
            event = loader.get_event()
            yield from reading.event(event)
            if len(reading.around) > DEEPEST:
                return
    except (yaml.YAMLError, ValueError) as error:  # of letters that no file may hold, too
        mark = getattr(error, "problem_mark", None)
        told = f"not readable as YAML: {error}".splitlines()[0]
        yield reading.problem(mark.line + 1 if mark else 1, told, "mend the syntax", "ML101")
    finally:
        loader.dispose()


@dataclass
class _Open:
    """A list or a mapping that is being read; `names` is None for a list."""

    names: dict[str, int] | None
    named: bool = False  # the next event is the value of a name


@dataclass
class _Reading:
    file: str
    lines: list[str]
    loader: Any
    around: list[_Open] = field(default_factory=list)

    def event(self, event: yaml.Event) -> Iterator[Problem]:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionEndEvent):
            self.around.pop()
            return
        if not isinstance(event, yaml.NodeEvent):
            return
        is_name = self._is_name_next()
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            yield self.problem(line, f"`{event.anchor}` stands for something else", "write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            yield from self._collection(event, line, is_name=is_name)
        elif isinstance(event, yaml.ScalarEvent):
            yield from self._name(event, line) if is_name else self._value(event, line)

    def _is_name_next(self) -> bool:
        """Whether the event that comes is a mapping's name, and note that it has come."""
        inside = self.around[-1] if self.around else None
        if inside is None or inside.names is None:
            return False
        inside.named = not inside.named
        return inside.named

    def _collection(
        self, event: yaml.CollectionStartEvent, line: int, *, is_name: bool
    ) -> Iterator[Problem]:
        mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag:
            yield self._tagged(event.tag, line)
        if is_name:
            yield self.problem(line, "a name that is no word", "write `name: value`")
        self.around.append(_Open({} if mapping else None))
        if len(self.around) > DEEPEST:
            yield self.problem(line, f"nested deeper than {DEEPEST} times", "nest it less")

    def _name(self, event: yaml.ScalarEvent, line: int) -> Iterator[Problem]:
        names = self.around[-1].names
        assert names is not None
        name = event.value
        if event.tag:
            yield self._tagged(event.tag, line)
        elif not self._names_something(event):
            yield self.problem(line, f"`{name[:60]}` is no name", "put it in quotes, or mend it")
        if name in names:
            message = f"`{name[:60]}` is already at line {names[name]}"
            yield self.problem(line, message, "keep one of the two")
        names.setdefault(name, line)

    def _value(self, event: yaml.ScalarEvent, line: int) -> Iterator[Problem]:
        written, kind = event.value, self._kind(event)
        if event.tag:
            yield self._tagged(event.tag, line)
        elif kind == "timestamp":
            yield self.problem(line, f"`{written}` is a date", "put it in quotes")
        elif kind == "bool" and _ODD_BOOLEAN.fullmatch(written):
            remedy = "write true, false or a number"
            yield self.problem(line, f"`{written}` is a truth value", remedy)
        elif kind == "int" and len(written) >= LONGEST:
            yield self.problem(line, f"a number of {len(written)} digits", "write fewer")
        elif kind == "float" and not _is_finite(written):
            yield self.problem(line, f"`{written[:60]}` is no finite number", "write one")

    def _names_something(self, event: yaml.ScalarEvent) -> bool:
        """Whether a name is a word or, below the top of a file or an entry, a step count."""
        kind, mappings = self._kind(event), sum(one.names is not None for one in self.around)
        return kind == "str" or (kind == "int" and mappings > 1 and len(event.value) < LONGEST)

    def _kind(self, event: yaml.ScalarEvent) -> str:
        """Return what a scalar would be read as."""
        tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        return str(tag).removeprefix(_TAG)

    def _tagged(self, tag: str, line: int) -> Problem:
        told = tag.replace(_TAG, "!!")[:60]
        return self.problem(line, f"`{told}` says what to read it as", "leave it out")

    def problem(self, line: int, message: str, remedy: str, code: str = "ML103") -> Problem:
        excerpt = self.lines[line - 1] if line <= len(self.lines) else ""
        return Problem(self.file, line, code, message, remedy, excerpt=excerpt[:160])


def _is_finite(written: str) -> bool:
    """Whether YAML's spelling of a float, `.inf` and `1_0.5` among them, is a number."""
    try:
        return math.isfinite(float(written.replace("_", "")))
    except ValueError:
        return ":" in written  # minutes and seconds, base sixty: finite, and no model takes them
