"""LCM-LoRA: latent consistency distillation of a low-rank adapter (arXiv 2311.05556).

As in diffusers' training script, guidance is drawn anew for each scene and not told to the
student, whose adapter keeps its mean effect. Differences, each with an ablation in the lesson: the
target is the moving average of the adapter (`target: 0` takes the adapter itself, as the script
does), and one solver step spans `skip` = 100 of 1000 times instead of 20.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.methods.latent.consistency import ends, pseudo_huber, solver_grid
from pipelines.methods.latent.process import guided_velocity
from pipelines.methods.latent.student_objective import AdapterObjective
from pipelines.methods.latent.training_context import TrainingContext, predictor

DEFAULTS = {"rank": 16, "skip": 100, "w_low": 4.0, "w_high": 7.0, "huber": 0.03, "target": 1}


class LatentConsistency(AdapterObjective):
    """The same U-Net plays three parts: teacher without adapter, student, target."""

    defaults = DEFAULTS

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        super().__init__(context, experiment)
        self.times, self.skip = solver_grid(int(self.options["skip"]))

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the distance of the adapted end to that of its target."""
        of, process = self.options, self.context.process
        batch = self.batch(step)
        t = batch.choice(self.times)
        s = (t - self.skip).clamp(min=0)
        w = batch.uniform(of["w_low"], of["w_high"])
        x_t = process.noised(batch.x0, batch.noise, t)
        teacher = predictor(self.context.pipeline.unet)
        x_s = process.ddim(
            x_t, guided_velocity(teacher, x_t, t, batch.condition, batch.empty, w), t, s
        )
        aim = self._target(x_s, s, batch.condition)
        end = ends(process, x_t, self.adapted()(x_t, t, batch.condition), t)
        return {"loss": pseudo_huber(end, aim, of["huber"])}

    @torch.no_grad()
    def _target(self, x_s: Tensor, s: Tensor, condition: Tensor) -> Tensor:
        predict = self.adapted(self.average if self.options["target"] else None)
        return ends(self.context.process, x_s, predict(x_s, s, condition), s)


make = LatentConsistency
