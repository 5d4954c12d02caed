"""What a latent experiment says: a model made from the base, or a combination of such models.

A YAML file in `lessons/<module>/latent/`. The reader reports every mistake with its line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipelines.contracts.experiment import Preset, Strict
from pipelines.contracts.latent import Tuning
from pipelines.contracts.yaml_input import load_strict

SYSTEM = re.compile(r"([a-z0-9_]+)@(\d+),w=(\d+(?:\.\d+)?)")
SystemName = Annotated[str, Field(pattern=f"^{SYSTEM.pattern}$")]
BESIDE = (  # in a sampler's place: a training, renders, the round trip, the parts of a pipeline
    "train",
    "renders",
    "loads",
    "shapes",
    "sd15-shapes",
    *(f"autoencoder-{style}" for style in ("base", "pencil", "night")),
    *("text", "unet", "scheduler", "vae"),
)
Option = bool | int | float | str
System = tuple[str, int, float]  # sampler, steps, guidance


class Student(Strict):
    """One model.

    Attributes:
        needs: Role → the experiment that fills it.
        adapters: Role → weight; of a combination, which trains nothing.
        options: The method's own settings, checked by the method.
        style: In which style its pictures are judged.
        systems: What is drawn and measured, `lcm@4,w=1`; w = 1 is no guidance.
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
    timed: tuple[SystemName, ...] = ()
    seed: int = 0
    spread_from: str = ""

    @property
    def evaluated(self) -> set[str]:
        """What its pictures are drawn with."""
        return set(self.systems)

    def measures(self, system: str) -> bool:
        """Say whether there are rows of a system; some stand for what is no sampler."""
        return system in self.systems or system.partition("@")[0] in BESIDE

    def shortened(self, preset: Preset) -> Student:
        """Return the experiment with as many training steps as the preset spends."""
        if self.train is None:
            return self
        steps = max(2, round(self.train.steps * preset.train_scale))
        return self.model_copy(update={"train": self.train.model_copy(update={"steps": steps})})

    def again(self, k: int) -> Student:
        """Return the experiment as it is trained for the k-th time, from another seed."""
        return self.model_copy(update={"seed": self.seed + k})


def system(name: str) -> System:
    """Read `ddim@50,w=7.5`."""
    match = SYSTEM.fullmatch(name)
    if not match:
        raise ValueError(f"`{name}` is no system; write like `ddim@50,w=7.5`")
    return match[1], int(match[2]), float(match[3])


def system_name(system: System) -> str:
    """Return the name that `system` reads."""
    sampler, steps, w = system
    return f"{sampler}@{steps},w={w:g}"


def load_student(path: Path) -> Student:
    """Read one experiment.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    return load_strict(path, Student, "an experiment is a mapping", "write `method: …`")
