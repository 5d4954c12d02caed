"""Latent consistency of a student that is not told the guidance, whatever of it learns.

As in diffusers' script for LCM-LoRA, guidance is drawn anew for each scene, and the student keeps
its mean effect. Differences, each with an ablation in the lesson: the target is the moving average
(`target: 0` takes the student itself, as the script does), and one solver step spans `skip` = 100
of 1000 times instead of 20.
"""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.consistency import ends, pseudo_huber, solver_grid
from pipelines.methods.latent.process import Predict, guided_velocity
from pipelines.methods.latent.student_objective import StudentObjective
from pipelines.methods.latent.training_context import TrainingContext, predictor

DEFAULTS = {"skip": 100, "w_low": 4.0, "w_high": 7.0, "huber": 0.03, "target": 1}


class UntoldConsistency(StudentObjective):
    """A student that is not told the guidance, and its moving average as the target."""

    defaults = DEFAULTS

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        super().__init__(context, experiment)
        self.times, self.skip = solver_grid(int(self.options["skip"]))

    @abstractmethod
    def student(self, weights: Weights | None = None) -> Predict:
        """Return the student as a function, or with other weights than its own."""

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the distance of the student's end to that of its target."""
        of, process = self.options, self.context.process
        batch = self.batch(step)
        t = batch.choice(self.times)
        s = (t - self.skip).clamp(min=0)
        w = batch.uniform(of["w_low"], of["w_high"])
        x_t = process.noised(batch.x0, batch.noise, t)
        teacher = predictor(self.context.teacher)
        x_s = process.ddim(
            x_t, guided_velocity(teacher, x_t, t, batch.condition, batch.empty, w), t, s
        )
        aim = self._target(x_s, s, batch.condition)
        end = ends(process, x_t, self.student()(x_t, t, batch.condition), t)
        return {"loss": pseudo_huber(end, aim, of["huber"])}

    @torch.no_grad()
    def _target(self, x_s: Tensor, s: Tensor, condition: Tensor) -> Tensor:
        predict = self.student(self.average if self.options["target"] else None)
        return ends(self.context.process, x_s, predict(x_s, s, condition), s)
