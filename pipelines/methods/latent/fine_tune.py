"""Training a base further, on scenes of any style: all weights of the U-Net move.

The loss is that of the base, the squared error of v (Salimans & Ho 2022, arXiv 2202.00512), with
captions emptied as often, so that guidance stays possible.

Different here: captions do not name the style; Muon, as for the base.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.methods.latent.process import Predict
from pipelines.methods.latent.student_objective import StudentObjective, UnetObjective
from pipelines.methods.latent.training_context import predictor

DEFAULTS = {"dropout": 0.1}


def velocity_error(
    objective: StudentObjective, predict: Predict, step: int, dropout: float
) -> dict[str, Tensor]:
    """Return the base's own loss on scenes of the student's style, some captions emptied."""
    process, batch = objective.context.process, objective.batch(step, objective.experiment.style)
    t = batch.choice(torch.arange(1000))
    x_t = process.noised(batch.x0, batch.noise, t)
    condition = torch.where(batch.uniform(0, 1)[:, 0] < dropout, batch.empty, batch.condition)
    wanted = process.velocity(batch.x0, batch.noise, t)
    return {"loss": F.mse_loss(predict(x_t, t, condition), wanted)}


class FineTuning(UnetObjective):
    """Every weight may change, as in a published fine-tune."""

    defaults = DEFAULTS

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the error of the whole network's velocity on the new style."""
        return velocity_error(self, predictor(self.network), step, self.options["dropout"])


make = FineTuning
