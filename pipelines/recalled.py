"""Answers that were worked out before, kept on disk by a digest of all that they depend on.

An answer is taken only under its own key, so that one that is out of date is never found; and the
file begins with the hash of the rest, so that one that was damaged holds nothing. Without the file
everything is worked out again. Standard library only.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(".snakemake/recalled")  # where builds keep such files; goes with `make clean`
_MOST = 2000  # answers in a file; beyond that only those that were asked for are kept


class Recalled:
    """A table of answers; what is new in it is written by `save`."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self._answers = _read(file) if file else {}
        self._asked: set[str] = set()
        self._new = False

    def get(self, key: str) -> Any:
        """Return an answer, or None where there is none."""
        self._asked.add(key)
        return self._answers.get(key)

    def remember(self, key: str, answer: Any) -> None:
        self._asked.add(key)
        self._answers[key] = answer
        self._new = True

    def save(self) -> None:
        """Write the table if it holds anything new; a file that cannot be written is no fault."""
        if not self.file or not self._new:
            return
        if len(self._answers) > _MOST:
            self._answers = {key: self._answers[key] for key in self._asked & self._answers.keys()}
        text = json.dumps(self._answers, separators=(",", ":"))
        aside = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(f"{_hash(text)}\n{text}", encoding="utf-8")
            aside.replace(self.file)
        except OSError:
            return
        self._new = False


def _read(file: Path) -> dict[str, Any]:
    try:
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
        answers = json.loads(text) if digest == _hash(text) else {}
    except (OSError, ValueError):
        return {}
    return answers if isinstance(answers, dict) else {}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
