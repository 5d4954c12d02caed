"""What an experiment file says: one trained network, or one evaluated system, each.

A YAML file in `lessons/<module>/experiments/`. The reader reports every mistake with its line.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.contracts.problems import InputProblems, Problem

Positive = Annotated[int, Field(gt=0)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Read = TypeVar("Read", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # same rules, ten times as fast


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Network(Strict):
    """The point network: `layers` hidden layers of `hidden` units on Fourier features."""

    hidden: Positive = 128
    layers: Positive = 3
    frequencies: tuple[float, ...] = (1.0, 2.0, 4.0)  # of the input point
    noise_frequencies: Positive = 8  # of the noise level


class Train(Strict):
    """How long and how fast. `options` are the method's own, checked by the method."""

    steps: Positive
    batch: Positive
    lr: float = Field(gt=0)
    betas: tuple[float, float] = (0.9, 0.999)
    ema: float = Field(0.999, ge=0, lt=1)
    options: dict[str, float | int | str | bool] = {}


class Evaluate(Strict):
    """Which samplers at which step counts; the re-noising levels of multistep sampling."""

    samplers: dict[str, tuple[Positive, ...]]
    levels: dict[Positive, tuple[float, ...]] = {}  # steps → noise levels after the first
    schedules: dict[Name, tuple[float, ...]] = {}  # name → such levels, `consistency-<name>@…`
    guidance: tuple[float, ...] = ()
    metrics: tuple[str, ...] = ()  # besides those that the data always get
    reference: str = ""  # "heun@150": the sampler that stands for the exact ODE endpoint


TRAINING = frozenset(("method", "data", "needs", "network", "train", "seed", "replicas"))
MEASURING = TRAINING | {"evaluate"}


class Experiment(Strict):
    """One network. `needs` maps a role (teacher) to the experiment that fills it."""

    name: str
    file: str
    title: str
    method: str
    data: str
    needs: dict[str, str] = {}
    network: Network = Network()
    train: Train
    evaluate: Evaluate
    seed: int = 0
    replicas: Positive = 1  # networks trained alike from seed, seed + 1, …
    spread_from: str = ""  # the experiment whose repetitions stand for those that this one lacks

    def part(self, fields: Collection[str]) -> str:
        """Return some fields as JSON: `TRAINING` decides its networks, `MEASURING` its rows."""
        return self.model_dump_json(include=set(fields))

    def for_training(self) -> Experiment:
        """Return what decides its networks, and nothing else: no title, no evaluation."""
        return self._only(TRAINING)

    def for_measuring(self) -> Experiment:
        """Return what decides its measurements, and nothing else: no title."""
        return self._only(MEASURING)

    def _only(self, fields: frozenset[str]) -> Experiment:
        kept = self.model_dump(include={"name", "file", *fields})
        return Experiment(**{"title": "", "evaluate": {"samplers": {}}} | kept)

    @property
    def evaluated(self) -> set[str]:
        """What its networks are evaluated with, `sampler@steps`: also schedules, the reference."""
        told = self.evaluate
        usual = {f"{name}@{n}" for name, counts in told.samplers.items() for n in counts}
        named = {f"consistency-{name}@{len(at) + 1}" for name, at in told.schedules.items()}
        return usual | named | ({told.reference} if told.reference else set())

    def measures(self, system: str) -> bool:
        """Say whether there are rows of a system; `train` and `real` are no samplers."""
        plain = system.partition(",")[0]
        return plain.partition("@")[0] in ("train", "real") or plain in self.evaluated


class Preset(Strict):
    """How much of everything a build spends. Nothing else may ask "is this a test?"."""

    name: str
    publish: bool  # pages of a preset that does not publish are stamped
    train_scale: float  # of the training steps
    samples: int  # evaluated points a system
    replicas: int | None = None  # at most this many a network; None: as the experiment says
    at_least: int = 1  # replicas of a network
    scenes: int = 8_000  # encoded for students of the tiny Stable Diffusion
    styled: int = 3_000  # the same, of each other style
    repeats: int = 7  # of each timing of the tiny Stable Diffusion
    prompts: int = 48  # captions a sampling seed, eight pictures each
    trainings: int = 1  # of each student of the tiny Stable Diffusion, from other seeds
    all_seeds: bool = False  # draw every picture, also where sampling.json says that fewer will do

    def steps(self, experiment: Experiment) -> int:
        return max(2, round(experiment.train.steps * self.train_scale))

    def seeds(self, experiment: Experiment) -> list[int]:
        wanted = max(experiment.replicas, self.at_least)
        count = wanted if self.replicas is None else min(self.replicas, wanted)
        return [experiment.seed + i for i in range(count)]


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(name="default", publish=True, train_scale=1.0, samples=20_000),
        Preset(
            name="smoke",
            publish=False,
            train_scale=0.004,
            samples=256,
            replicas=1,
            scenes=64,
            styled=64,
            prompts=2,
            repeats=1,
        ),
        Preset(  # for repetitions.json: see docs/experiments.md
            name="repeats",
            publish=True,
            train_scale=1.0,
            samples=20_000,
            at_least=5,
            prompts=16,
            trainings=5,
            all_seeds=True,
        ),
        Preset(
            name="full",
            publish=True,
            train_scale=1.0,
            samples=50_000,
            at_least=3,
            trainings=2,
            all_seeds=True,
        ),
    )
}


def teachers_of(students: int, teachers: int) -> list[int]:
    """Return which replica of the teacher each student learns from.

    Replica k from replica k if there are as many, so that a spread covers both; else all from
    the first.
    """
    return [k if teachers >= students else 0 for k in range(students)]


def load_experiment(path: Path) -> Experiment:
    """Read one experiment file.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    return load_strict(path, Experiment, "an experiment is a mapping", "write `method: …`")


def load_strict(path: Path, kind: type[Read], otherwise: str, remedy: str) -> Read:
    """Read a YAML file as a model that has a `name` and a `file` besides the file's own keys.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputProblems(
            [
                Problem(
                    file=str(path),
                    line=mark.line + 1 if mark else 1,
                    code="ML101",
                    message=f"not readable as YAML: {error}".splitlines()[0],
                    remedy="mend the syntax at this line",
                )
            ]
        ) from error
    if not isinstance(data, dict):
        raise InputProblems([Problem(str(path), 1, "ML102", otherwise, remedy)])
    try:
        return kind(**{**data, "name": path.stem, "file": str(path)})
    except ValidationError as error:
        node = yaml.compose(text, Loader=_Loader)
        raise InputProblems(
            _yaml_problem(path, text, node, item) for item in error.errors()
        ) from error


class _Filed(Protocol):
    @property
    def file(self) -> str: ...


def line_of(experiment: _Filed, *keys: str | int) -> int:
    """Return the one-based line of a key of an experiment's file, or of its nearest parent."""
    text = Path(experiment.file).read_text(encoding="utf-8")
    node = yaml.compose(text, Loader=_Loader)
    return _line_of(node, keys) if node else 1


def _yaml_problem(path: Path, text: str, node: yaml.Node | None, item: Any) -> Problem:
    line = _line_of(node, item["loc"])
    keys = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        message, remedy = (
            f"unknown key `{keys}`",
            "check the spelling; docs/experiments.md lists the keys",
        )
    elif item["type"] == "missing":
        message, remedy = f"missing key `{keys}`", "add it; docs/experiments.md lists the keys"
    else:
        message, remedy = f"`{keys}`: {item['msg']}", "give a value of the right kind"
    return Problem(str(path), line, "ML103", message, remedy, excerpt=text.splitlines()[line - 1])


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
