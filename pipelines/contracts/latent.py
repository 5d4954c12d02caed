"""What a recipe of the tiny Stable Diffusion says: its shapes, and how each part is trained.

A YAML file in `lessons/<module>/latent/`. The reader reports every mistake with its line.
"""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pipelines.contracts.experiment import Positive
from pipelines.contracts.files import Strict
from pipelines.contracts.yaml_input import load_strict

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0)]
JUDGE = "judge.safetensors"  # the scene classifier, beside the parts of a base
SIDE = 64  # pixels of a scene along each side


class Shape(Strict):
    """A convolutional network: one channel count a resolution, each half the one before."""

    channels: tuple[Positive, ...]
    layers: Positive = 1
    groups: Positive = 2  # of the group norms

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        """Say that a group norm could not be built, before a training starts."""
        if any(width % self.groups for width in self.channels):
            raise ValueError("every channel count must be a multiple of `groups`")
        return self


class AutoencoderShape(Shape):
    """An AutoencoderKL; many channels a group train better here."""

    channels: tuple[Positive, ...] = (16, 32, 64, 64)
    latents: Positive = 4


class TextShape(Strict):
    """A CLIPTextModel."""

    width: Positive = 96
    layers: Positive = 2
    heads: Positive = 4
    tokens: Positive = 16  # of a prompt, its begin and end among them


class UnetShape(Shape):
    """A UNet2DConditionModel: the first resolution without attention, the others with."""

    channels: tuple[Positive, ...] = (64, 128)
    groups: Positive = 4
    heads: Positive = 4


class Tuning(Strict):
    """How one part is trained: Muon for matrices, Adam for vectors and embeddings."""

    steps: Positive
    batch: Positive
    lr: Rate  # of Muon
    adam_lr: Rate = 2e-3
    warm_up: Positive = 20  # steps until the full rate
    fall: Share = 0.5  # the share of the steps, at the end, over which the rate falls to nothing
    ema: float = Field(0.0, ge=0, lt=1)
    bfloat16: bool = False  # where torch.autocast thinks it safe; faster for large pictures


class Parts(Strict):
    """The trainings of a base, in the order of their needs."""

    judge: Tuning
    perception: Tuning
    autoencoder: Tuning
    decoder: Tuning
    denoiser: Tuning


class Base(Strict):
    """A text-to-picture model trained from nothing.

    Attributes:
        bank: Encoded scenes that the denoiser learns from.
        caption_dropout: Share of captions emptied, for guidance.
        latent_noise: Standard deviation of the noise on scaled latents when the decoder is tuned.
    """

    name: str
    file: str
    title: str
    seed: int = 0
    autoencoder: AutoencoderShape = AutoencoderShape()
    text: TextShape = TextShape()
    unet: UnetShape = UnetShape()
    bank: Positive = 20_000
    caption_dropout: Share = 0.1
    latent_noise: float = Field(0.03, ge=0)
    train: Parts

    @property
    def latent_side(self) -> int:
        """Positions of a latent along each side."""
        return SIDE >> (len(self.autoencoder.channels) - 1)


# What each part's weights depend on: fields of the recipe, and the parts before it.
DEPENDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "judge": (("seed",), ()),
    "perception": (("seed",), ()),
    "autoencoder": (("seed", "autoencoder"), ("perception",)),
    "decoder": (("latent_noise",), ("autoencoder", "perception")),
    "denoiser": (("text", "unet", "bank", "caption_dropout"), ("autoencoder",)),
}


def settings_of(recipe: Base, part: str) -> dict[str, Any]:
    """Return all of a recipe that the weights of one part depend on, as plain data.

    A checkpoint or a published part stays good when only something else of its recipe changes.
    """
    fields, before = DEPENDS[part]
    plain = recipe.model_dump(mode="json")
    own = {name: plain[name] for name in fields} | {f"train.{part}": plain["train"][part]}
    return {
        key: value for name in before for key, value in settings_of(recipe, name).items()
    } | own


def shortened(recipe: Base, scale: float) -> Base:
    """Return a recipe with `scale` times the steps of every part and of the bank."""

    def fewer(number: int, least: int) -> int:
        return max(least, round(number * scale))

    parts = {
        name: tuning.model_copy(update={"steps": fewer(tuning.steps, 2)})
        for name, tuning in recipe.train
    }
    bank = fewer(recipe.bank, recipe.train.denoiser.batch)
    return recipe.model_copy(update={"train": Parts(**parts), "bank": bank})


def load_base(path: Path) -> Base:
    """Read one recipe.

    Raises:
        InputProblems: All that is wrong with the file, each with its line.
    """
    return load_strict(path, Base, "a recipe is a mapping", "write `title: …`")
