"""What everything that is measured is called: parsed and written here, and nowhere else.

    heun@100,w=2                                      a sampling: sampler, steps, guidance scale
    ddim@4,w=5,trailing                               the same, and where its steps lie
    toy-edm/heun@100,w=2                              a system: an experiment and how it is sampled
    toy-edm/heun@100,w=2/off_manifold                 a key: a system and a metric
    toy-edm, toy-edm/heun, base/ddim,w=5,leading      plans may name many systems by a part
    heun@100/seed0, path/heun@100/x, nfe/heun@100     arrays of a sample file: what is kept of one

What belongs to a network and not to a sampler has another word in the sampler's place:
`toy-cd/train@3000/seconds`, `grid-edm/real@1/off_manifold`. Names are strings where they are keys
of JSON, values of YAML or written in a plan; whatever takes one apart or puts one together does it
with the types below. They read any spelling (`@007`, `w=2.0`) and write the normal one (`@7`,
`w=2`), by which rows and arrays are found. `parse` is cached: a name is taken apart once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

_EXPERIMENT = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_PLAIN_SAMPLER = r"[a-z0-9_]+"
_SAMPLER = rf"{_PLAIN_SAMPLER}(?:-[a-z0-9_]+)*"
_STEPS = r"\d{1,9}"
_SCALE = r"\d{1,9}(?:\.\d+)?"
SPACINGS = ("leading", "linspace", "trailing")  # diffusers' `timestep_spacing`
_SPACING = "|".join(SPACINGS)
_SAMPLED = rf"{_SAMPLER}@{_STEPS}(?:,w={_SCALE})?(?:,(?:{_SPACING}))?"
# of pictures: always with a scale
GUIDED_PATTERN = rf"{_PLAIN_SAMPLER}@{_STEPS},w={_SCALE}(?:,(?:{_SPACING}))?"
KEY_PATTERN = rf"{_EXPERIMENT}/{_SAMPLED}/[a-z][a-z0-9_]*"
_SAMPLING = re.compile(rf"({_SAMPLER})@({_STEPS})(?:,w=({_SCALE}))?(?:,({_SPACING}))?")
_NAMED = re.compile(
    rf"({_EXPERIMENT})(?:/({_SAMPLER})(?:@({_STEPS}))?(?:,w=({_SCALE}))?(?:,({_SPACING}))?)?"
)
_ARRAY = re.compile(rf"(?:(path|film|modes|nfe)/)?({_SAMPLED})(?:/(.+))?")
_SEED = re.compile(r"seed(\d{1,9})")
_KEY_IN_TEXT = re.compile(KEY_PATTERN)
_BORDER = re.compile(rf",(?!w=|(?:{_SPACING})(?:[\s,=]|$))")
_EQUALS = re.compile(r"(?<!,w)=")
TRAIN = "train"  # in a sampler's place, with as many steps as the training has


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a network is sampled.

    Attributes:
        sampler: Its name; a schedule of its own stands behind a dash, `consistency-late`.
        steps: How many; 1 of most that is no sampler.
        guidance: Scale of classifier-free guidance; None where the network has no classes.
        spacing: Which of the training's times the steps take, one of `SPACINGS` (Lin et al. 2024,
            table 2): `trailing` begins at pure noise, `leading` does not. "" of samplers that have
            times of their own.
    """

    sampler: str
    steps: int
    guidance: float | None = None
    spacing: str = ""

    @staticmethod
    @cache
    def parse(text: str) -> Sampling:
        """Read `ddim@50,w=7.5,trailing` or `heun@100`.

        Raises:
            ValueError: It is neither.
        """
        match = _SAMPLING.fullmatch(text)
        if not match:
            raise ValueError(f"`{text}` is no system; write like `ddim@50,w=7.5` or `heun@100`")
        return Sampling(match[1], int(match[2]), _scale(match[3]), match[4] or "")

    def __str__(self) -> str:
        return f"{self.sampler}@{self.steps}{_suffix(self.guidance, self.spacing)}"

    @property
    def base(self) -> str:
        """The sampler without its schedule: `consistency-late` → `consistency`."""
        return self.sampler.partition("-")[0]

    @property
    def schedule(self) -> str:
        """The name of its schedule: `consistency-late` → `late`, `consistency` → ""."""
        return self.sampler.partition("-")[2]

    def scheduled(self, name: str) -> Sampling:
        """Return the same by a schedule of its own."""
        return replace(self, sampler=f"{self.base}-{name}")

    def spaced(self, spacing: str) -> Sampling:
        """Return the same with its steps elsewhere."""
        return replace(self, spacing=spacing)

    def guided(self, guidance: float | None) -> Sampling:
        """Return the same at another guidance scale, or at none."""
        return replace(self, guidance=guidance)

    @property
    def scale(self) -> float:
        """The guidance scale; 1, which guides nothing, where the network is told no class."""
        return 1.0 if self.guidance is None else self.guidance


REAL = Sampling("real", 1)  # fresh data of the plane: what a perfect sampler would score


@dataclass(frozen=True, slots=True)
class SystemKey:
    """An experiment's networks and how they are sampled."""

    experiment: str
    sampling: Sampling

    @staticmethod
    @cache
    def parse(text: str) -> SystemKey:
        """Read `toy-cd/consistency@1`.

        Raises:
            ValueError: It is no system.
        """
        match = _NAMED.fullmatch(text)
        if not (match and match[3]):
            raise ValueError(f"`{text}` is no system; write like `toy-cd/consistency@1`")
        sampling = Sampling(match[2], int(match[3]), _scale(match[4]), match[5] or "")
        return SystemKey(match[1], sampling)

    def __str__(self) -> str:
        return f"{self.experiment}/{self.sampling}"

    def key(self, metric: str) -> str:
        """Return the key of a metric, as ledgers have it."""
        return str(MeasurementKey(self, metric))


@dataclass(frozen=True, slots=True)
class MeasurementKey:
    """A system and what was measured of it."""

    system: SystemKey
    metric: str

    @staticmethod
    @cache
    def parse(text: str) -> MeasurementKey:
        """Read `toy-cd/consistency@1/off_manifold`.

        Raises:
            ValueError: It is no key.
        """
        if not _KEY_IN_TEXT.fullmatch(text):
            raise ValueError(f"`{text}` is no key; write like `toy-cd/consistency@1/off_manifold`")
        system, _, metric = text.rpartition("/")
        return MeasurementKey(SystemKey.parse(system), metric)

    def __str__(self) -> str:
        return f"{self.system}/{self.metric}"

    @property
    def experiment(self) -> str:
        return self.system.experiment

    @property
    def sampling(self) -> Sampling:
        return self.system.sampling

    @property
    def of_experiment(self) -> str:
        """The key within its experiment: `consistency@1/off_manifold`."""
        return f"{self.sampling}/{self.metric}"


@dataclass(frozen=True, slots=True)
class SystemPattern:
    """Systems as plans name them: one in full, all of a sampler, or all of an experiment.

    Attributes:
        sampler: "" for every sampler.
        steps: None for every number of steps.
        guidance: Without steps it tells figures which curve is meant; a clock takes every scale.
        spacing: The same of where steps lie.
    """

    experiment: str
    sampler: str = ""
    steps: int | None = None
    guidance: float | None = None
    spacing: str = ""

    @staticmethod
    @cache
    def parse(text: str) -> SystemPattern:
        """Read `toy-edm`, `toy-edm/euler`, `base/ddim,w=5,leading` or a system in full.

        Raises:
            ValueError: It is none of these.
        """
        match = _NAMED.fullmatch(text)
        if not match:
            raise ValueError(f"`{text}` names no systems; write like `toy-edm/euler`")
        steps = None if match[3] is None else int(match[3])
        guidance, spacing = _scale(match[4]), match[5] or ""
        return SystemPattern(match[1], match[2] or "", steps, guidance, spacing)

    def __str__(self) -> str:
        if not self.sampler:
            return self.experiment
        steps = "" if self.steps is None else f"@{self.steps}"
        return f"{self.experiment}/{self.sampler}{steps}{_suffix(self.guidance, self.spacing)}"

    def covers(self, other: SystemPattern) -> bool:
        """Tell whether all that others mean is meant by these words too."""
        if self.steps is not None:
            return self == other
        return self.experiment == other.experiment and self.sampler in ("", other.sampler)

    @property
    def sampling(self) -> Sampling:
        """How the one system that is meant is sampled.

        Raises:
            ValueError: More than one is meant.
        """
        if self.steps is None:
            raise ValueError(f"`{self}` names no number of steps")
        return Sampling(self.sampler, self.steps, self.guidance, self.spacing)

    def on_curve(self, sampling: Sampling) -> bool:
        """Tell whether a sampling is as these words say, however many its steps are."""
        return sampling == Sampling(self.sampler, sampling.steps, self.guidance, self.spacing)


@dataclass(frozen=True, slots=True)
class ArrayKey:
    """The name of an array in a sample file: what is kept of a sampling.

    Attributes:
        part: `seed0` of samples and of the shares of the modes; `x`, `level` or `scale` of a walk.
        kind: "" for samples, `path` for recorded walks, `film` for watched crowds, `modes`, `nfe`.
    """

    sampling: Sampling
    part: str = ""
    kind: str = ""

    @staticmethod
    def find(name: str) -> ArrayKey | None:
        """Read `heun@100/seed0` or `path/heun@100/x`; None for arrays of no sampling."""
        match = _ARRAY.fullmatch(name)
        if not match:
            return None
        return ArrayKey(Sampling.parse(match[2]), match[3] or "", match[1] or "")

    @staticmethod
    def of_seed(sampling: Sampling, seed: int, kind: str = "") -> ArrayKey:
        """Return the name of what the network of one seed draws, `heun@100/seed0`."""
        return ArrayKey(sampling, f"seed{seed}", kind)

    def __str__(self) -> str:
        return "/".join(filter(None, (self.kind, str(self.sampling), self.part)))

    @property
    def of_samples(self) -> bool:
        """Whether it holds the samples of one seed."""
        return not self.kind and bool(_SEED.fullmatch(self.part))

    @property
    def seed(self) -> int:
        """The seed of the network that drew it.

        Raises:
            ValueError: The name tells none.
        """
        match = _SEED.fullmatch(self.part)
        if not match:
            raise ValueError(f"`{self}` is not of one seed")
        return int(match[1])


def _scale(text: str | None) -> float | None:
    return None if text is None else float(text)


def _suffix(guidance: float | None, spacing: str) -> str:
    scale = "" if guidance is None else f",w={written_scale(guidance)}"
    return f"{scale},{spacing}" if spacing else scale


@cache
def written_scale(guidance: float) -> str:
    """Return a guidance scale as names have it: `7.5`, `2`.

    Raises:
        ValueError: No name can say it: it is below zero, very large, or no number.
    """
    written = format(Decimal(repr(float(guidance))), "f").removesuffix(".0")
    if not re.fullmatch(_SCALE, written):
        raise ValueError(f"{guidance} is no guidance scale")
    return written


def experiment_of(name: str) -> str:
    """Return the experiment that a key, a system or a plan's words begin with.

    It is what stands before the first slash, whether or not the rest can be read.
    """
    return name.partition("/")[0]


def system_of(key: str) -> str:
    """Return the system of a key.

    Raises:
        ValueError: It is no key.
    """
    return str(MeasurementKey.parse(key).system)


def key_of(system: str, metric: str) -> str:
    """Return the key of a metric of a system, both as they are written.

    Where a plan's words are no system, that is what nothing is measured under.
    """
    return f"{system}/{metric}"


def keys_in(text: str) -> list[str]:
    """Return the keys that stand in a text, each once."""
    return list(dict.fromkeys(found.group() for found in _KEY_IN_TEXT.finditer(text)))


def named_by_any(patterns: Iterable[str], system: str) -> bool:
    """Tell whether a plan's words mean a system, itself perhaps named by a part.

    Words that can not be read mean what is written in the same words, and no more.
    """
    return any(_means(pattern, system) for pattern in patterns)


def _means(pattern: str, system: str) -> bool:
    try:
        return SystemPattern.parse(pattern).covers(SystemPattern.parse(system))
    except ValueError:
        return pattern == system


def listed(option: str) -> tuple[str, ...]:
    """Return the parts of a list of systems; a comma within a name parts none."""
    return tuple(part for one in _BORDER.split(option) if (part := one.strip()))


def titled(part: str) -> tuple[str, str]:
    """Return a part of such a list and the title that follows it: `toy-cd/consistency@1 = CD`."""
    said, *title = _EQUALS.split(part, maxsplit=1)
    return said.strip(), "".join(title).strip()


def untitled(option: str) -> tuple[str, ...]:
    """Return the parts of a list of systems without their titles."""
    return tuple(titled(part)[0] for part in listed(option))
