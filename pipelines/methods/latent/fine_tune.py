"""Training a base further, on scenes of any style: the whole U-Net, or an adapter of its style."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.contracts.student import Student
from pipelines.methods.latent.ground import Ground, copied, numbers, predictor
from pipelines.methods.latent.learning import Learning, Remaking
from pipelines.methods.latent.process import Predict

DEFAULTS = {"dropout": 0.1}


def velocity_error(
    learning: Learning, predict: Predict, step: int, dropout: float
) -> dict[str, Tensor]:
    """Return the base's own loss on scenes of the student's style, some captions emptied."""
    ground, student = learning.ground, learning.student
    batch = ground.batch(learning.tuning.batch, step, (student.name, student.seed), student.style)
    t = batch.choice(torch.arange(1000))
    x_t = ground.process.noised(batch.x0, batch.noise, t)
    states = torch.where(batch.uniform(0, 1)[:, 0] < dropout, batch.empty, batch.told)
    wanted = ground.process.velocity(batch.x0, batch.noise, t)
    return {"loss": F.mse_loss(predict(x_t, t, states), wanted)}


class FineTuning(Remaking):
    """Every weight may change, as in a published fine-tune."""

    def __init__(self, ground: Ground, student: Student) -> None:
        self.options = numbers(student, DEFAULTS)
        super().__init__(ground, student, copied(ground.pipeline.unet).requires_grad_(True))

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the error of the whole network's velocity on the new style."""
        return velocity_error(self, predictor(self.network), step, self.options["dropout"])


make = FineTuning
