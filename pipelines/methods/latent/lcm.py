"""LCM: latent consistency distillation of a whole U-Net that is told the guidance.

Luo et al. 2023 (arXiv 2310.04378), algorithm 1. The guidance scale enters beside the time, as
`timestep_cond` of a U-Net with `time_cond_proj_dim`; its projection is zero at first, so that the
student begins as the base. Each scene comes twice in a batch, at the same time and with the same
noise, under two scales mirrored in their range: the two differ by guidance alone, so that the
student hears it sooner than from scenes that differ in everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import LatentConsistencyModelPipeline, LCMScheduler, UNet2DConditionModel
from torch import Tensor
from torch.func import functional_call

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.consistency import ends, pseudo_huber, solver_grid
from pipelines.methods.latent.pipeline import write_pipeline
from pipelines.methods.latent.process import extrapolated, with_and_without
from pipelines.methods.latent.student_objective import StudentObjective, copy_weights
from pipelines.methods.latent.training_context import Batch, TrainingContext, predictor

DEFAULTS = {"width": 32, "skip": 100, "w_low": 1.0, "w_high": 8.0, "huber": 0.03}


@dataclass(frozen=True)
class TwoScales:
    """Scenes of one step, each twice, and where guidance leads them.

    Attributes:
        w: Scales of the rows, (2 B,): those of both halves are mirrored in their range.
        v: Of the teacher under these scales.
    """

    batch: Batch
    x_t: Tensor
    t: Tensor
    w: Tensor
    v: Tensor


class ToldGuidance(StudentObjective):
    """A student with one more input, and the teacher that it is compared with."""

    @property
    def width(self) -> int:
        """Of the embedding of the guidance."""
        return int(self.options["width"])

    def new_network(self) -> UNet2DConditionModel:
        """Return the pipeline's U-Net with one more input."""
        return widened(self.context.pipeline.unet, self.width, self.experiment.seed)

    def two_scales(self, step: int, times: Tensor) -> TwoScales:
        """Return half a batch of scenes at some of the times, each under two scales."""
        of, process = self.options, self.context.process
        batch = self.context.batch(self.tuning.batch // 2, step, self.series)
        t = batch.choice(times)
        w = batch.uniform(of["w_low"], of["w_high"])
        w = torch.cat([w, of["w_low"] + of["w_high"] - w])
        x_t = process.noised(batch.x0, batch.noise, t)
        teacher = predictor(self.context.teacher)
        with_text, without = with_and_without(teacher, x_t, t, batch.condition, batch.empty)
        v = extrapolated(_twice(with_text), _twice(without), w)  # the teacher is asked once
        return TwoScales(batch.twice(), _twice(x_t), t.repeat(2), w.flatten(), v)

    def _v(
        self, x_t: Tensor, t: Tensor, condition: Tensor, w: Tensor, weights: Weights | None = None
    ) -> Tensor:
        arguments, named = (x_t, t, condition), {"timestep_cond": w}
        if weights is None:
            said = self.network(*arguments, **named)
        else:
            said = functional_call(self.network, weights, arguments, named)
        v: Tensor = said.sample
        return v


class TellingGuidance(ToldGuidance):
    """A student whose ends, under the scale that it is told, are those of one trajectory."""

    defaults = DEFAULTS

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        super().__init__(context, experiment)
        self.times, self.skip = solver_grid(int(self.options["skip"]))

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the distance of the student's end to that of its target."""
        process, of = self.context.process, self.two_scales(step, self.times)
        s = (of.t - self.skip).clamp(min=0)
        x_s = process.ddim(of.x_t, of.v, of.t, s)
        told, condition = guidance_embedding(of.w, self.width), of.batch.condition
        with torch.no_grad():
            aim = ends(process, x_s, self._v(x_s, s, condition, told, self.average), s)
        end = ends(process, of.x_t, self._v(of.x_t, of.t, condition, told), of.t)
        return {"loss": pseudo_huber(end, aim, self.options["huber"])}

    def write(self, weights: Weights, folder: Path) -> None:
        """Write a pipeline that takes the guidance scale as an input."""
        copy_weights(self.network, weights)
        parts = self.context.pipeline
        write_pipeline(
            LatentConsistencyModelPipeline(
                vae=parts.vae,
                text_encoder=parts.text_encoder,
                tokenizer=parts.tokenizer,
                unet=self.network,
                scheduler=LCMScheduler.from_config(parts.scheduler.config),
                safety_checker=None,
                feature_extractor=None,
                requires_safety_checker=False,
            ),
            folder,
        )


def _twice(x: Tensor) -> Tensor:
    return torch.cat([x, x])


def guidance_embedding(w: Tensor, width: int) -> Tensor:
    """Return diffusers' embedding of guidance scales (B,), shape (B, width), for w - 1."""
    embed = LatentConsistencyModelPipeline.get_guidance_scale_embedding
    embedding: Tensor = embed(None, w - 1, embedding_dim=width)
    return embedding


def widened(unet: UNet2DConditionModel, width: int, seed: int) -> UNet2DConditionModel:
    """Return a copy of a U-Net with an input for the guidance, which has no effect yet."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        student = UNet2DConditionModel.from_config({**unet.config, "time_cond_proj_dim": width})
    student.load_state_dict(unet.state_dict(), strict=False)
    torch.nn.init.zeros_(student.time_embedding.cond_proj.weight)
    return student.to(unet.device)


make = TellingGuidance
