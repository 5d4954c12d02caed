"""Guidance distillation: one evaluation a step where guidance takes two, on the same path.

Meng et al. 2023 (arXiv 2210.03142), section 3.1, the first of their two stages: a U-Net that is
told the guidance scale learns what the base says under that scale. No step is skipped.

Different here: the loss is that of the base, the squared error of v; theirs weighs the error of x0
by max(SNR, 1), which is between half of that and all of it; scenes come twice (`told_guidance`).
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.pipeline import write_pipeline
from pipelines.methods.latent.student_objective import copy_weights
from pipelines.methods.latent.told_guidance import ToldGuidance, guidance_embedding

DEFAULTS = {"width": 32, "w_low": 1.0, "w_high": 8.0}


class GuidanceDistillation(ToldGuidance):
    """A student that says at once what guidance makes of two answers of its teacher."""

    defaults = DEFAULTS

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the squared error of the velocity under the scale that the student is told."""
        of = self.two_scales(step, torch.arange(1000))
        told = guidance_embedding(of.w, self.width)
        return {"loss": F.mse_loss(self.velocity(of.x_t, of.t, of.batch.condition, told), of.v)}

    def write(self, weights: Weights, folder: Path) -> None:
        """Write a pipeline of Stable Diffusion, which tells a U-Net its scale."""
        copy_weights(self.network, weights)
        self.context.pipeline.unet = self.network
        write_pipeline(self.context.pipeline, folder)


make = GuidanceDistillation
