"""Mutations: one line of a source file made wrong, and the test that has to notice.

They stand in the YAML files of this folder. `python tests/sabotage/run.py` makes each of them in a
copy of the project and runs its test there, which must fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
KINDS = (
    "sign",
    "swap",
    "weight",
    "off-by-one",
    "stop-gradient",
    "average",
    "time",
    "precision",
    "seed",
    "formula",
)


@dataclass(frozen=True)
class Mutation:
    """What is made wrong.

    Attributes:
        name: Of the mutation, one of its own.
        of: The method, sampler, schedule, metric or setting of a scheduler that it breaks.
        kind: One of KINDS.
        file: The source, from the project's folder.
        old, new: What stands there once, and what is put in its place.
        test: The pytest node that must fail with an AssertionError.
    """

    name: str
    of: str
    kind: str
    file: str
    old: str
    new: str
    test: str

    def applied(self, text: str) -> str:
        """Return the source with the mistake in it.

        Raises:
            ValueError: What is to be replaced does not stand there once.
        """
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.name}: `{self.old}` stands {count} times in {self.file}")
        return text.replace(self.old, self.new)


def read_mutations() -> list[Mutation]:
    """Read every mutation of this folder, file by file."""
    return [
        Mutation(**entry)
        for path in sorted(HERE.glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
