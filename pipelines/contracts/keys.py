"""What everything that is measured is called: parsed and written here, and nowhere else.

    heun@100,w=2                                      a sampling: sampler, steps, guidance scale
    toy-edm/heun@100,w=2                              a system: an experiment and how it is sampled
    toy-edm/heun@100,w=2/off_manifold                 a key: a system and a metric
    toy-edm/heun, toy-edm                             plans may name many systems by a part
    seed0, path/…, film/…                             what a sample file holds of a sampling

What belongs to a network and not to a sampler has another word in the sampler's place:
`toy-cd/train@3000/seconds`, `real@20000`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

_EXPERIMENT = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_SAMPLER = r"[a-z0-9_]+(?:-[a-z0-9_]+)*"
_GUIDANCE = r"\d+(?:\.\d+)?"
_METRIC = r"[a-z][a-z0-9_]*"
SAMPLING_PATTERN = rf"{_SAMPLER}@\d+(?:,w={_GUIDANCE})?"
GUIDED_PATTERN = rf"{_SAMPLER}@\d+,w={_GUIDANCE}"
KEY_PATTERN = rf"{_EXPERIMENT}/{SAMPLING_PATTERN}/{_METRIC}"
_SAMPLING = re.compile(rf"({_SAMPLER})@(\d+)(?:,w=({_GUIDANCE}))?")
_SYSTEM = re.compile(rf"({_EXPERIMENT})/({SAMPLING_PATTERN})")
_KEY = re.compile(rf"({_EXPERIMENT}/{SAMPLING_PATTERN})/({_METRIC})")
_ANY = re.compile(rf"({_EXPERIMENT})(?:/({_SAMPLER})(?:,w=({_GUIDANCE}))?)?")
_ARRAY = re.compile(rf"(?:(path|film)/)?({SAMPLING_PATTERN})/(.+)")
_IN_TEXT = re.compile(KEY_PATTERN)


@dataclass(frozen=True, order=True, slots=True)
class Sampling:
    """How a network is sampled.

    Attributes:
        sampler: Its name; a schedule of its own stands behind a dash, `consistency-late`.
        steps: One or more; of what is no sampler, how many there are.
        guidance: Scale of classifier-free guidance; None where the network is told no class.
    """

    sampler: str
    steps: int
    guidance: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `ddim@50,w=7.5` or `heun@100`.

        Raises:
            ValueError: It is neither.
        """
        match = _SAMPLING.fullmatch(text)
        if not match:
            raise ValueError(f"`{text}` is no system; write like `ddim@50,w=7.5` or `heun@100`")
        return cls(match[1], int(match[2]), None if match[3] is None else float(match[3]))

    def __str__(self) -> str:
        return f"{self.unguided}{guidance_suffix(self.guidance)}"

    @property
    def unguided(self) -> str:
        """The name without its guidance: `heun@100`."""
        return f"{self.sampler}@{self.steps}"

    @property
    def base(self) -> str:
        """The sampler behind a schedule of its own: `consistency-late` → `consistency`."""
        return self.sampler.partition("-")[0]

    @property
    def scale(self) -> float:
        """The guidance scale; 1, which guides nothing, where the network is told no class."""
        return 1.0 if self.guidance is None else self.guidance


@dataclass(frozen=True, order=True, slots=True)
class SystemKey:
    """An experiment's networks and how they are sampled."""

    experiment: str
    sampling: Sampling

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `toy-cd/consistency@1`.

        Raises:
            ValueError: It is no system.
        """
        match = _SYSTEM.fullmatch(text)
        if not match:
            raise ValueError(f"`{text}` is no system; write like `toy-cd/consistency@1`")
        return cls(match[1], Sampling.parse(match[2]))

    def __str__(self) -> str:
        return f"{self.experiment}/{self.sampling}"

    def key(self, metric: str) -> MeasurementKey:
        return MeasurementKey(self, metric)


@dataclass(frozen=True, order=True, slots=True)
class MeasurementKey:
    """A system and what was measured of it."""

    system: SystemKey
    metric: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `toy-cd/consistency@1/off_manifold`.

        Raises:
            ValueError: It is no key.
        """
        match = _KEY.fullmatch(text)
        if not match:
            raise ValueError(f"`{text}` is no key; write like `toy-cd/consistency@1/off_manifold`")
        return cls(SystemKey.parse(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.system}/{self.metric}"

    @property
    def experiment(self) -> str:
        return self.system.experiment

    @property
    def sampling(self) -> Sampling:
        return self.system.sampling


@dataclass(frozen=True, slots=True)
class SystemPattern:
    """Systems as plans name them: one in full, or all of a sampler, or all of an experiment.

    Attributes:
        sampler: "" for every sampler.
        steps: None for every number of steps.
        guidance: None for every scale, unless the steps are given.
    """

    experiment: str
    sampler: str = ""
    steps: int | None = None
    guidance: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `toy-edm`, `toy-edm/euler`, `base/ddim,w=5` or a system in full.

        Raises:
            ValueError: It is none of these.
        """
        if match := _SYSTEM.fullmatch(text):
            one = Sampling.parse(match[2])
            return cls(match[1], one.sampler, one.steps, one.guidance)
        match = _ANY.fullmatch(text)
        if not match:
            raise ValueError(f"`{text}` names no systems; write like `toy-edm/euler`")
        return cls(match[1], match[2] or "", None, None if match[3] is None else float(match[3]))

    def __str__(self) -> str:
        if not self.sampler:
            return self.experiment
        steps = "" if self.steps is None else f"@{self.steps}"
        return f"{self.experiment}/{self.sampler}{steps}{guidance_suffix(self.guidance)}"

    def matches(self, system: SystemKey) -> bool:
        """Tell whether a system is among those that are meant."""
        if self.steps is not None:
            return system == SystemKey(self.experiment, self.sampling)
        return system.experiment == self.experiment and self.sampler in (
            "",
            system.sampling.sampler,
        )

    @property
    def sampling(self) -> Sampling:
        """How the one system that is meant is sampled.

        Raises:
            ValueError: More than one is meant.
        """
        if self.steps is None:
            raise ValueError(f"`{self}` names no steps; write like `{self}@4`")
        return Sampling(self.sampler, self.steps, self.guidance)


@dataclass(frozen=True, slots=True)
class ArrayKey:
    """An array of a sample file: what is kept of a sampling.

    Attributes:
        kind: "" for samples, `path` for recorded walks, `film` for watched crowds.
        part: `seed0` of samples; `x` or `level` of a walk.
    """

    sampling: Sampling
    part: str
    kind: str = ""

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Read `heun@100/seed0` or `path/heun@100/x`; None for arrays of no sampling."""
        match = _ARRAY.fullmatch(text)
        return cls(Sampling.parse(match[2]), match[3], match[1] or "") if match else None

    def __str__(self) -> str:
        return f"{self.kind}{'/' if self.kind else ''}{self.sampling}/{self.part}"


def guidance_suffix(guidance: float | None) -> str:
    """Return what a guidance scale adds to a name: `,w=7.5`, `,w=2` or nothing.

    Raises:
        ValueError: No name can say this scale.
    """
    if guidance is None:
        return ""
    written = repr(float(guidance)).removesuffix(".0")
    if not re.fullmatch(_GUIDANCE, written):
        raise ValueError(f"{guidance} is no guidance scale that a name can say")
    return f",w={written}"


def named_by_any(patterns: Iterable[str], system: str) -> bool:
    """Tell whether a plan's words mean a system.

    Raises:
        ValueError: The words name no systems.
    """
    found = SystemKey.parse(system)
    return any(SystemPattern.parse(pattern).matches(found) for pattern in patterns)


def keys_in(text: str) -> list[str]:
    """Return the keys that stand in a text, each once."""
    return list(dict.fromkeys(found.group() for found in _IN_TEXT.finditer(text)))


def unguided(system: SystemKey) -> SystemKey:
    """Return the same system without guidance."""
    return replace(system, sampling=replace(system.sampling, guidance=None))
