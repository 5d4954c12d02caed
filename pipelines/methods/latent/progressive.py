"""Progressive adversarial distillation, the idea of SDXL-Lightning (arXiv 2402.13929).

Phases of 8, 4, 2 and 1 steps (`phases`). In each the student learns to go in one step of Euler
where its teacher goes in two (the base under guidance in the first phase, then the student of the
phase before), by the squared distance and before a critic that sees where the step began and ended
(section 3.2: p(x_{t-ns} | x_t)), so that it stays sharp and yet keeps to the teacher's flow.

Different here: both losses count from the start of a phase (the paper: the distance in the first
phase, the critic in later ones); its second, unconditional critic is left out; the critic is a
small network on latents, not the U-Net's encoder; eight steps at first (the paper: 128).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.methods.latent.critic import Adversary, pooled
from pipelines.methods.latent.process import Predict, guided_velocity
from pipelines.methods.latent.student_objective import UnetObjective, copy_weights
from pipelines.methods.latent.training_context import Batch, TrainingContext, copied, predictor

DEFAULTS = {"first": 8, "w": 4.0, "adversarial": 0.05, "critic_lr": 0.02, "r1": 0.02}


class Progressing(UnetObjective):
    """A student that learns two steps of its teacher in one, phase after phase."""

    defaults = DEFAULTS

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        super().__init__(context, experiment)
        first = int(self.options["first"])
        self.phases = [first >> i for i in range(first.bit_length())]  # 8, 4, 2, 1
        self.phase, self.before = 0, copied(context.teacher)
        channels = 2 * context.pipeline.unet.config.in_channels
        width = context.hidden_states.shape[-1]
        lr, r1 = self.options["critic_lr"], self.options["r1"]
        self.adversary = Adversary(channels, width, lr, r1, experiment.seed)

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the loss of a step and what it consists of."""
        process, count = self.context.process, self._steps(step)
        batch = self.batch(step)
        apart = 1000 // count
        t = batch.choice(torch.arange(1, count + 1) * apart - 1)
        x_t = process.noised(batch.x0, batch.noise, t)
        goal = self._two_steps(x_t, t, apart, batch)
        came = self._step(predictor(self.network), x_t, t, t - apart, batch.condition)
        distance = F.mse_loss(came, goal)
        pair, real = torch.cat([came, x_t], 1), torch.cat([goal, x_t], 1)
        text = pooled(batch.condition)
        critic = self.adversary.learn(real, pair, text, text.roll(1, 0))
        pleased = self.adversary.pleased(pair, text)
        loss = distance + self.options["adversarial"] * pleased
        return {"loss": loss, "distance": distance, "critic": critic, "adversarial": pleased}

    def _steps(self, step: int) -> int:
        """Return the steps of this phase; with a new one the student becomes the teacher."""
        phase = step * len(self.phases) // self.tuning.steps
        if phase > self.phase:
            copy_weights(self.before, self.average)
            self.phase = phase
        return self.phases[phase]

    @torch.no_grad()
    def _two_steps(self, x_t: Tensor, t: Tensor, apart: int, batch: Batch) -> Tensor:
        halves = (apart // 2, apart - apart // 2)
        predict = self._guided(batch) if self.phase == 0 else predictor(self.before)
        for far in halves:
            x_t = self._step(predict, x_t, t, t - far, batch.condition)
            t = t - far
        return x_t

    def _guided(self, batch: Batch) -> Predict:
        w = torch.full_like(batch.x0[:, :1, :1, :1], self.options["w"])

        def predict(x_t: Tensor, t: Tensor, condition: Tensor) -> Tensor:
            return guided_velocity(predictor(self.before), x_t, t, condition, batch.empty, w)

        return predict

    def _step(
        self, predict: Predict, x_t: Tensor, t: Tensor, s: Tensor, condition: Tensor
    ) -> Tensor:
        """Return x_s by DDIM; time -1 is the picture itself, where no noise is left."""
        process = self.context.process
        x0, noise = process.split(x_t, predict(x_t, t.clamp(min=0), condition), t.clamp(min=0))
        last = (s < 0)[:, None, None, None]
        return torch.where(last, x0, process.noised(x0, noise, s.clamp(min=0)))


make = Progressing
