"""Digests of code as `provenance` makes them, without reading what has been read before.

Reading the syntax trees of all that the rules name takes most of a second, and what comes of one
hangs on the text of its file and on the names of the package's modules. So that is kept from one
run to the next, by these.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cached_property
from pathlib import Path

from pipelines import provenance
from pipelines.recalled import Recalled


class Digests:
    """Digests of the package's code; `code` says what `provenance.code_digest` says."""

    def __init__(self, recalled: Recalled) -> None:
        self.recalled = recalled
        self._read: dict[str, tuple[list[str], str]] = {}

    def code(self, *modules: str) -> str:
        """Return a short digest over `modules` and all package modules that they import."""
        seen: set[str] = set()
        waiting = list(modules)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self._module(name)[0])
        joined = "\n".join(f"{name} {self._module(name)[1]}" for name in sorted(seen))
        return hashlib.sha256(joined.encode()).hexdigest()[:12]

    def _module(self, name: str) -> tuple[list[str], str]:
        """Return what a module imports of the package, and the digest of its own code."""
        if name not in self._read:
            if name not in self._files:
                raise ModuleNotFoundError(f"no module {name} in this package")
            key = hashlib.sha256(self._reader + self._files[name].read_bytes()).hexdigest()
            kept = self.recalled.get(key)
            if kept is None:
                imported = sorted(provenance.imported(name))
                kept = [imported, provenance._module_digest(name)]
                self.recalled.put(key, kept)
            self._read[name] = kept[0], kept[1]
        return self._read[name]

    @cached_property
    def _files(self) -> dict[str, Path]:
        """The files of the package's modules, by name."""
        found = {}
        for path in (provenance.ROOT / provenance.PACKAGE).rglob("*.py"):
            *folders, last = path.relative_to(provenance.ROOT).with_suffix("").parts
            found[".".join(folders if last == "__init__" else (*folders, last))] = path
        return found

    @cached_property
    def _reader(self) -> bytes:
        """What else an answer hangs on: Python, how trees are read, the names of all modules."""
        code = [Path(provenance.__file__), Path(__file__)]
        names = "\n".join(sorted(self._files))
        content = b"\0".join([sys.version.encode(), *(file.read_bytes() for file in code)])
        return hashlib.sha256(content + names.encode()).digest()
