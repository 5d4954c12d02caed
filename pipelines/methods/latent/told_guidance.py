"""A student that is told the guidance scale, and the scenes that teach it to listen.

The scale enters beside the time, as `timestep_cond` of a U-Net with `time_cond_proj_dim`; its
projection is zero at first, so that the student begins as the base. Each scene comes twice in a
batch, at the same time and with the same noise, under two scales mirrored in their range: the two
differ by guidance alone, so that the student hears it sooner than from scenes that differ in
everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import LatentConsistencyModelPipeline, UNet2DConditionModel
from torch import Tensor
from torch.func import functional_call

from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.process import extrapolated, with_and_without
from pipelines.methods.latent.student_objective import StudentObjective
from pipelines.methods.latent.training_context import Batch, copied, predictor


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
        """Return the pipeline's U-Net with one more input, or one that is told already.

        Raises:
            ValueError: That one takes an embedding of another width, or none.
        """
        told = self.context.told
        if told is None:
            return widened(self.context.pipeline.unet, self.width, self.experiment.seed)
        if told.config.time_cond_proj_dim != self.width:
            raise ValueError(
                f"{self.experiment.file}: `{self.experiment.needs['told']}` is not told the"
                f" guidance in {self.width} numbers: name an experiment of `guidance_distillation`"
                " with the same `width`"
            )
        student: UNet2DConditionModel = copied(told).requires_grad_(True)
        return student

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

    def velocity(
        self, x_t: Tensor, t: Tensor, condition: Tensor, w: Tensor, weights: Weights | None = None
    ) -> Tensor:
        """Return v of the student at embedded scales `w`, or with other weights than its own."""
        arguments, named = (x_t, t, condition), {"timestep_cond": w}
        if weights is None:
            said = self.network(*arguments, **named)
        else:
            said = functional_call(self.network, weights, arguments, named)
        v: Tensor = said.sample
        return v


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
        # of a U-Net made in memory diffusers would take its own defaults again, the width's too
        own = {name: value for name, value in unet.config.items() if name[0] != "_"}
        student = UNet2DConditionModel.from_config({**own, "time_cond_proj_dim": width})
    student.load_state_dict(unet.state_dict(), strict=False)
    torch.nn.init.zeros_(student.time_embedding.cond_proj.weight)
    return student.to(unet.device)
