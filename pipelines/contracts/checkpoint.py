"""What a file about a published checkpoint says: which weights, pinned, and what they draw.

A YAML file in `lessons/<module>/checkpoints/`. The reader reports every mistake with its line.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from pipelines.contracts.experiment import Name, Positive
from pipelines.contracts.files import Strict
from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import SystemName
from pipelines.contracts.yaml_input import load_strict

CHECKPOINTS = "checkpoints"  # their folder in a module and in a build; in cards, their preset
Text = Annotated[str, Field(min_length=1)]


class Pinned(Strict):
    """A repository of the hub at one commit: a branch or a tag could change under a name."""

    repository: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")


class Weights(Pinned):
    """One file of a repository; safetensors, because reading a pickle runs what it holds."""

    file: str = Field(pattern=r"^[A-Za-z0-9][\w-]*(?:[./][\w-]+)*\.safetensors$")


class Adapter(Weights):
    weight: float = 1.0


class Model(Pinned):
    """A folder of diffusers' format; `variant` names its weights in half precision."""

    variant: Literal["fp16"] | None = None


class Checkpoint(Strict):
    """One published model, with what is put on it.

    Attributes:
        unet: A U-Net of another repository in the place of the model's own.
        adapters: LoRA files, fused into the model in this order.
        size: Pixels along each side.
        chunk: Pictures that are drawn at once.
        batches: Pictures at once whose denoising loop is timed.
        licence: Its name, and what has to be accepted before a download.
    """

    name: str
    file: str
    title: Text
    licence: Text
    model: Model
    unet: Weights | None = None
    adapters: dict[Name, Adapter] = Field(default_factory=dict)
    size: Annotated[int, Field(gt=0, multiple_of=64)]
    prompts: Annotated[tuple[Text, ...], Field(min_length=1)]
    systems: Annotated[tuple[SystemName, ...], Field(min_length=1)]
    chunk: Positive = 1
    batches: tuple[Positive, ...] = (1,)

    @property
    def samplings(self) -> tuple[Sampling, ...]:
        """What is drawn, in order."""
        return tuple(map(Sampling.parse, self.systems))

    @property
    def sources(self) -> tuple[Pinned, ...]:
        """All that is taken from the hub."""
        own = (self.unet,) if self.unet else ()
        return (self.model, *own, *self.adapters.values())


def load_checkpoint(path: Path) -> Checkpoint:
    """Read one file.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    return load_strict(path, Checkpoint, "a checkpoint is a mapping", "write `model: …`")
