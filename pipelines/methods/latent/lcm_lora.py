"""LCM-LoRA: latent consistency distillation of a low-rank adapter (arXiv 2311.05556).

As in diffusers' training script, guidance is drawn anew for each scene and not told to the
student, whose adapter keeps its mean effect. Differences, each with an ablation in the lesson: the
target is the moving average of the adapter (`target: 0` takes the adapter itself, as the script
does), and one solver step spans `skip` = 100 of 1000 times instead of 20.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contracts.student import Student
from pipelines.methods.latent.consistency import ends, grid, pseudo_huber
from pipelines.methods.latent.ground import Ground, numbers, predictor
from pipelines.methods.latent.learning import Adapting
from pipelines.methods.latent.process import guided

DEFAULTS = {"rank": 16, "skip": 100, "w_low": 4.0, "w_high": 7.0, "huber": 0.03, "target": 1}


class LatentConsistency(Adapting):
    """The same U-Net plays three parts: teacher without adapter, student, target."""

    def __init__(self, ground: Ground, student: Student) -> None:
        self.options = numbers(student, DEFAULTS)
        super().__init__(ground, student, int(self.options["rank"]))
        self.times, self.skip = grid(int(self.options["skip"]))

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the distance of the adapted end to that of its target."""
        of, process = self.options, self.ground.process
        batch = self.ground.batch(self.tuning.batch, step, (self.student.name, self.student.seed))
        t = batch.choice(self.times)
        s = (t - self.skip).clamp(min=0)
        w = batch.uniform(of["w_low"], of["w_high"])
        x_t = process.noised(batch.x0, batch.noise, t)
        teacher = predictor(self.unet)
        x_s = process.ddim(x_t, guided(teacher, x_t, t, batch.told, batch.empty, w), t, s)
        aim = self._target(x_s, s, batch.told)
        end = ends(process, x_t, self.adapted()(x_t, t, batch.told), t)
        return {"loss": pseudo_huber(end, aim, of["huber"])}

    @torch.no_grad()
    def _target(self, x_s: Tensor, s: Tensor, told: Tensor) -> Tensor:
        predict = self.adapted(self.average if self.options["target"] else None)
        return ends(self.ground.process, x_s, predict(x_s, s, told), s)


make = LatentConsistency
