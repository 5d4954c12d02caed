"""Files of two builds: which are the same, which only hold other numbers, which differ.

A file whose bytes differ is within tolerance if what it holds beside numbers is the same, and what
made it differ is within tolerance itself: for weights, samples and measurements the numbers of
their experiment, for what is made on the way to them the numbers that were made from it, for all
else the files that it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePosixPath

from pipelines.contracts.evidence import Evidence, Product
from pipelines.contracts.keys import experiment_of
from pipelines.verification.numbers import NumberPair, Status, worst

_OF_EXPERIMENTS = ("models", "samples", "measurements")  # folders: a file, or a folder, for each


@dataclass(frozen=True)
class ProductPair:
    """A file of two builds.

    Attributes:
        why: What differs, where it is not only numbers.
    """

    name: str
    status: Status
    why: str = ""


def compare_products(
    one: Evidence, other: Evidence, numbers: Mapping[str, NumberPair]
) -> dict[str, ProductPair]:
    """Return all files of both that do not hang on the clock, by name."""
    judge = _Judge(one, other, numbers)
    names = sorted(one.products.keys() | other.products.keys())
    return {name: judge.pair(name) for name in names if not judge.timed(name)}


@dataclass
class _Judge:
    one: Evidence
    other: Evidence
    numbers: Mapping[str, NumberPair]
    known: dict[str, ProductPair] = field(default_factory=dict)
    of_experiment: dict[str, list[Status]] = field(default_factory=dict)
    in_folder: dict[PurePosixPath, list[str]] = field(default_factory=dict)
    made_from: dict[PurePosixPath, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, pair in self.numbers.items():
            self.of_experiment.setdefault(experiment_of(key), []).append(pair.status)

        for name in self.other.products:
            for folder in PurePosixPath(name).parents:
                self.in_folder.setdefault(folder, []).append(name)
        for side in (self.one, self.other):  # a reference keeps no inputs
            for name, product in side.products.items():
                for source in product.inputs:
                    self.made_from.setdefault(PurePosixPath(source), []).append(name)

    def timed(self, name: str) -> bool:
        both = (self.one.products.get(name), self.other.products.get(name))
        return any(product is not None and product.sha256 is None for product in both)

    def pair(self, name: str) -> ProductPair:
        if name not in self.known:
            self.known[name] = ProductPair(name, Status.IDENTICAL)  # a ring of inputs ends here
            self.known[name] = self._judged(name)
        return self.known[name]

    def _judged(self, name: str) -> ProductPair:
        one, other = self.one.products.get(name), self.other.products.get(name)
        if one is None or other is None:
            lacking = "the first" if one is None else "the second"
            return ProductPair(name, Status.DIFFERENT, f"{lacking} build does not have it")
        if one.sha256 == other.sha256:
            return ProductPair(name, Status.IDENTICAL)
        if one.frame != other.frame:
            return ProductPair(name, Status.DIFFERENT, "more than numbers differs")
        return self._explained(name, one, other)

    def _explained(self, name: str, one: Product, other: Product) -> ProductPair:
        trained = PurePosixPath(name).parts[0] in _OF_EXPERIMENTS
        if found := self._numbers_of(name):
            status = worst(found)
            if status is Status.IDENTICAL:  # rounding that no number shows
                status = Status.WITHIN
            return ProductPair(name, status, _of_numbers(status))
        inputs = sorted({*one.inputs, *other.inputs})
        statuses = {name: self._input(name) for name in inputs}
        status = worst(list(statuses.values()))
        if status is not Status.IDENTICAL:
            blamed = next(name for name, one in statuses.items() if one is status)
            return ProductPair(name, status, f"made from `{blamed}`")
        if trained and (found := self._numbers_from(name)):
            status = worst([Status.WITHIN, *found])
            return ProductPair(name, status, _of_numbers(status))
        if trained:
            return ProductPair(name, Status.UNKNOWN, "nothing measured tells how far")
        return ProductPair(name, Status.DIFFERENT, "made otherwise from the same files")

    def _numbers_of(self, name: str) -> list[Status]:
        """Return how the numbers of a file's own experiment stand."""
        folder, *below = PurePosixPath(name).parts
        own = below[0].split(".")[0] if folder in _OF_EXPERIMENTS else ""
        return self.of_experiment.get(own, [])

    def _numbers_from(self, name: str) -> list[Status]:
        """Return how the first numbers stand that were made from a file, by way of others."""
        found: list[Status] = []
        known, waiting = {name}, [name]
        while waiting:
            path = PurePosixPath(waiting.pop())
            for one in chain(*(self.made_from.get(at, ()) for at in (path, *path.parents))):
                if numbers := self._numbers_of(one):
                    found += numbers
                elif one not in known:
                    known.add(one)
                    waiting.append(one)
        return found

    def _input(self, name: str) -> Status:
        """Return how an input stands: of a folder its worst file, of a source its hash."""
        if name in self.one.products or name in self.other.products:
            return Status.IDENTICAL if self.timed(name) else self.pair(name).status
        if inside := self.in_folder.get(PurePosixPath(name)):
            return worst([self.pair(one).status for one in inside if not self.timed(one)])
        same = self.one.sources.get(name) == self.other.sources.get(name)
        return Status.IDENTICAL if same else Status.DIFFERENT


def _of_numbers(status: Status) -> str:
    return {
        Status.WITHIN: "",
        Status.UNKNOWN: "a number that was made from it differs, and has no tolerance",
        Status.DIFFERENT: "a number that was made from it is beyond its tolerance",
    }[status]
