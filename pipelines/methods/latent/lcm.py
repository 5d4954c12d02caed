"""LCM: latent consistency distillation of a whole U-Net that is told the guidance.

Luo et al. 2023 (arXiv 2310.04378), algorithm 1. With `told`, a network of guidance distillation,
the student begins as that one: two stages, as in Meng et al. (arXiv 2210.03142), the second of
them by consistency.

Different here: scenes come twice, under mirrored scales (`told_guidance`), so that guidance is
heard sooner; a solver step spans 100 of 1000 times (the paper: 20) and pseudo-Huber has c = 0.03
(diffusers' script: 0.001), as a training has hundreds of steps; Muon (theirs: Adam).
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import LatentConsistencyModelPipeline, LCMScheduler
from torch import Tensor

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.consistency import ends, pseudo_huber, solver_grid
from pipelines.methods.latent.pipeline import write_pipeline
from pipelines.methods.latent.student_objective import copy_weights
from pipelines.methods.latent.told_guidance import ToldGuidance, guidance_embedding
from pipelines.methods.latent.training_context import TrainingContext

DEFAULTS = {"width": 32, "skip": 100, "w_low": 1.0, "w_high": 8.0, "huber": 0.03}


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
            aim = ends(process, x_s, self.velocity(x_s, s, condition, told, self.average), s)
        end = ends(process, of.x_t, self.velocity(of.x_t, of.t, condition, told), of.t)
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


make = TellingGuidance
