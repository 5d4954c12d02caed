"""What a latent experiment says: a model made from the base, or a combination of such models.

A YAML file in `lessons/<module>/latent/`. The reader reports every mistake with its line.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from pipelines.contracts.experiment import Preset
from pipelines.contracts.files import Strict
from pipelines.contracts.keys import GUIDED_PATTERN, Sampling
from pipelines.contracts.latent import Tuning
from pipelines.contracts.yaml_input import load_strict

SPACED = ("ddim", "pndm", "euler", "euler_ancestral", "dpmpp_2m", "unipc")  # told their times
SAMPLERS = (*SPACED, "lcm")  # which has times of its own, those of its training


def _drawable(system: str) -> str:
    """Check a system of pictures: a sampler that is there, and times that its name says."""
    sampling = Sampling.parse(system)
    if sampling.sampler not in SAMPLERS:
        raise ValueError(f"no sampler `{sampling.sampler}`; there are {', '.join(SAMPLERS)}")
    if sampling.sampler in SPACED and not sampling.spacing:
        both = f"`{sampling.spaced('trailing')}`, or `{sampling.spaced('leading')}` as shipped"
        raise ValueError(f"`{system}` does not say where its steps lie; write {both}")
    if sampling.sampler not in SPACED and sampling.spacing:
        own = sampling.spaced("")
        raise ValueError(f"`{sampling.sampler}` has times of its own; write `{own}`")
    return system


SystemName = Annotated[str, Field(pattern=f"^{GUIDED_PATTERN}$"), AfterValidator(_drawable)]
DECOYS = ("blurred-renders", "repeated-renders", "exchanged-renders", "noise", "grey")
BESIDE = (  # in a sampler's place: a training, renders, the round trip, the parts of a pipeline
    "train",
    "renders",
    *DECOYS,
    "loads",
    "shapes",
    "sd15-shapes",
    *(f"autoencoder-{style}" for style in ("base", "pencil", "night")),
    *("text", "unet", "scheduler", "vae"),
)
Option = bool | int | float | str


TRAINING = frozenset(("method", "needs", "adapters", "train", "options", "style", "seed"))
MEASURING = TRAINING | {"systems", "held_out"}
TIMING = TRAINING | {"timed"}


class LatentExperiment(Strict):
    """One model.

    Attributes:
        needs: Role → the experiment that fills it.
        adapters: Role → weight; of a combination, which trains nothing.
        options: The method's own settings, checked by the method.
        style: In which style its pictures are judged.
        systems: What is drawn and measured, `lcm@4,w=1`; w = 1 is no guidance.
        held_out: Which of them are also drawn for captions that no training has seen.
        timed: Whose denoising loop is timed.
        spread_from: The experiment whose repetitions stand for those that this one lacks.
    """

    name: str
    file: str
    title: str
    method: str
    needs: dict[str, str] = Field(default_factory=dict)
    adapters: dict[str, float] = Field(default_factory=dict)
    train: Tuning | None = None
    options: dict[str, Option] = Field(default_factory=dict)
    style: str = "base"
    systems: tuple[SystemName, ...]
    held_out: tuple[SystemName, ...] = ()
    timed: tuple[SystemName, ...] = ()
    seed: int = 0
    spread_from: str = ""

    @field_validator("held_out")
    @classmethod
    def _also_seen(cls, held_out: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Say that what is drawn for held-out captions has nothing to be held against."""
        drawn = set(map(Sampling.parse, info.data.get("systems", ())))
        for system in held_out:
            if drawn and Sampling.parse(system) not in drawn:
                raise ValueError(f"`{system}` is none of `systems`; add it there too")
        return held_out

    def fields_as_json(self, fields: Collection[str]) -> str:
        """Return some fields as JSON: `TRAINING` decides its weights, `MEASURING` its rows."""
        return self.model_dump_json(include=set(fields))

    def for_training(self) -> LatentExperiment:
        """Return what decides its weights, and nothing else: no title, no systems."""
        return self._only(TRAINING)

    def for_measuring(self) -> LatentExperiment:
        """Return what decides its measurements, and nothing else: no title."""
        return self._only(MEASURING)

    def for_timing(self) -> LatentExperiment:
        """Return what decides its timings, and nothing else: no title."""
        return self._only(TIMING)

    def _only(self, fields: frozenset[str]) -> LatentExperiment:
        kept = self.model_dump(include={"name", "file", *fields})
        return LatentExperiment(**{"title": "", "systems": ()} | kept)

    @property
    def samplings(self) -> tuple[Sampling, ...]:
        """What its pictures are drawn with, in order."""
        return tuple(map(Sampling.parse, self.systems))

    @property
    def evaluated(self) -> set[str]:
        """The same as names."""
        return set(map(str, self.samplings))

    def measures(self, sampling: Sampling) -> bool:
        """Say whether there are rows of a system; some stand for what is no sampler."""
        return sampling in self.samplings or sampling.sampler in BESIDE

    def draws_held_out(self, sampling: Sampling) -> bool:
        """Say whether a system is also drawn for captions that no training has seen."""
        rendered = self.method == "base" and sampling.sampler == "renders"
        return rendered or sampling in map(Sampling.parse, self.held_out)

    def shortened(self, preset: Preset) -> LatentExperiment:
        """Return the experiment with as many training steps as the preset spends."""
        if self.train is None:
            return self
        steps = max(2, round(self.train.steps * preset.train_scale))
        return self.model_copy(update={"train": self.train.model_copy(update={"steps": steps})})

    def again(self, k: int) -> LatentExperiment:
        """Return the experiment as it is trained for the k-th time, from another seed."""
        return self.model_copy(update={"seed": self.seed + k})


def load_latent_experiment(path: Path) -> LatentExperiment:
    """Read one experiment.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    return load_strict(path, LatentExperiment, "an experiment is a mapping", "write `method: …`")
