"""What every training on the tiny Stable Diffusion starts from: a pipeline and encoded scenes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from torch import Tensor, nn
from torch.func import functional_call

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent.denoiser import tokens_of
from pipelines.methods.latent.pipeline import with_adapters
from pipelines.methods.latent.process import Predict, Process
from pipelines.scenes.grammar import all_captions


@dataclass(frozen=True)
class Batch:
    """Scenes of one step.

    Attributes:
        x0: Scaled latents; `noise` is Gaussian, in the same shape.
        condition: The encoder_hidden_states of the captions, (B, T, D); `empty`: those of none.
        captions: Numbers in `all_captions`, (B,).
    """

    x0: Tensor
    noise: Tensor
    condition: Tensor
    empty: Tensor
    captions: Tensor
    generator: torch.Generator

    def __len__(self) -> int:
        return len(self.x0)

    def twice(self) -> Batch:
        """Return every scene twice, with the same noise."""
        parts = (self.x0, self.noise, self.condition, self.empty, self.captions)
        x0, noise, condition, empty, captions = (torch.cat([part, part]) for part in parts)
        return Batch(x0, noise, condition, empty, captions, self.generator)

    def uniform(self, low: float, high: float) -> Tensor:
        """Return numbers evenly spread between bounds, (B, 1, 1, 1)."""
        u = torch.rand(len(self.x0), 1, 1, 1, generator=self.generator)
        return (low + (high - low) * u).to(self.x0.device)

    def more_noise(self) -> Tensor:
        """Return fresh noise of the shape of x0."""
        drawn = torch.randn(self.x0.shape, generator=self.generator)
        return drawn.to(self.x0.device)

    def choice(self, among: Tensor) -> Tensor:
        """Return one of the times `among` for each row, evenly spread over the batch: (B,)."""
        u = (torch.arange(len(self.x0)) + torch.rand(len(self.x0), generator=self.generator)) / (
            len(self.x0)
        )
        order = torch.randperm(len(self.x0), generator=self.generator)
        return among[(u[order] * len(among)).long()].to(self.x0.device)


class TrainingContext:
    """A pipeline whose text encoder and autoencoder stay as they are, and cached latents.

    Attributes:
        teacher: Its U-Net as it was, frozen.
        pipeline: What a student begins as: the teacher, or with an adapter fused into it.
        hidden_states: Of every caption, and last those of none, (601, T, D).
        told: A U-Net that is told the guidance already, if a student begins as one.
    """

    def __init__(
        self,
        pipeline: StableDiffusionPipeline,
        latents: Arrays,
        adapter: Path | None = None,
        told: UNet2DConditionModel | None = None,
    ) -> None:
        self.pipeline, self.device = pipeline, pipeline.device
        self.teacher, self.told = pipeline.unet, told
        if adapter:
            self.teacher = copied(pipeline.unet)
            with_adapters(pipeline, {adapter: 1.0})
        for module in (pipeline.unet, pipeline.text_encoder, pipeline.vae):
            module.requires_grad_(False)
        self.cached = {name: torch.from_numpy(a).to(self.device) for name, a in latents.items()}
        self.process = Process(self.device)
        prompts = [*(caption.text() for caption in all_captions()), ""]
        tokens = tokens_of(pipeline.tokenizer, prompts).to(self.device)
        with torch.no_grad():
            self.hidden_states: Tensor = pipeline.text_encoder(tokens).last_hidden_state

    def batch(self, count: int, step: int, seed: object, style: str = "base") -> Batch:
        """Return scenes of one training step, with their captions."""
        latents = self.cached[f"latents.{style}"]
        generator = stream("student", seed, step)
        rows = torch.randint(len(latents), (count,), generator=generator).to(self.device)
        noise = torch.randn(count, *latents.shape[1:], generator=generator).to(self.device)
        captions = self.cached[f"captions.{style}"][rows].long()
        empty = self.hidden_states[-1:].expand(count, -1, -1)
        x0 = latents[rows].float()
        return Batch(x0, noise, self.hidden_states[captions], empty, captions, generator)


def predictor(unet: nn.Module, weights: Weights | None = None) -> Predict:
    """Return a U-Net as a function, with other weights than its own if some are given."""

    def predict(x_t: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        arguments = (x_t, t, condition)
        said = unet(*arguments) if weights is None else functional_call(unet, weights, arguments)
        v: Tensor = said.sample
        return v

    return predict


def copied(unet: nn.Module) -> nn.Module:
    """Return a copy that does not learn."""
    return deepcopy(unet).requires_grad_(False)


def method_options(experiment: LatentExperiment, defaults: dict[str, float]) -> dict[str, float]:
    """Return a method's options over its defaults.

    Raises:
        ValueError: An option that the method does not have, or that is no number.
    """
    for name, value in experiment.options.items():
        if name not in defaults:
            raise ValueError(
                f"{experiment.file}: `{experiment.method}` has no option `{name}`; "
                f"it has {', '.join(sorted(defaults)) or 'none'}"
            )
        if isinstance(value, str):
            raise ValueError(f"{experiment.file}: option `{name}` is a number, not `{value}`")
    return defaults | {name: float(value) for name, value in experiment.options.items()}
