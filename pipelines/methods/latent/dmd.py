"""Distribution matching: two scores tell a one-step student which way is more likely.

Yin et al. 2024 (DMD, arXiv 2311.18828), equation 7, without its regression loss but with several
updates of the fake score for one of the student, as in DMD2 (arXiv 2405.14867, section 4.2). With
v instead of noise the difference of scores is that of two denoised answers (equation 8's weight).

Different here: the student may start from the consistency adapter `adapter`, fused; no critic on
real pictures (DMD2, section 4.3); below pure noise the student sees real latents noised, where
DMD2 simulates its own steps (section 4.5), as one step is what is asked of it; the loss is taken
at its ends f, which are those of a consistency model.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.diffusion.muon import Muon
from pipelines.methods.latent.consistency import ends
from pipelines.methods.latent.process import guided_velocity
from pipelines.methods.latent.student_objective import UnetObjective
from pipelines.methods.latent.training_context import Batch, TrainingContext, copied, predictor

TIMES = torch.tensor([999, 999, 759, 499, 259])
FLOOR = 1e-3
DEFAULTS = {"w": 4.0, "fake_lr": 0.004, "fake_steps": 2}


class DistributionMatching(UnetObjective):
    """A student whose ends are moved along the difference of two scores."""

    defaults = DEFAULTS

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        super().__init__(context, experiment)
        self.real = predictor(context.teacher)
        self.fake = copied(context.teacher).requires_grad_(True)
        self.muon = Muon(self.fake)

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the loss of a step, and the error of the fake score."""
        process = self.context.process
        batch = self.batch(step)
        t = batch.choice(TIMES)
        x_t = process.noised(batch.x0, batch.noise, t)
        end = ends(process, x_t, predictor(self.network)(x_t, t, batch.condition), t)
        errors = [
            self._follow(end.detach(), batch) for _ in range(int(self.options["fake_steps"]))
        ]
        goal = (end - self._gradient(end.detach(), batch)).detach()
        return {"loss": 0.5 * (end - goal).square().mean(), "fake": errors[-1]}

    def _follow(self, end: Tensor, batch: Batch) -> Tensor:
        """Update the score of the student's own pictures and return its error."""
        process, t = self.context.process, batch.choice(torch.arange(1000))
        noise = batch.more_noise()
        self.muon.zero_grad()
        v = predictor(self.fake)(process.noised(end, noise, t), t, batch.condition)
        loss = F.mse_loss(v, process.velocity(end, noise, t))
        loss.backward()
        self.muon.step(self.options["fake_lr"], 1e-3)
        return loss.detach()

    @torch.no_grad()
    def _gradient(self, end: Tensor, batch: Batch) -> Tensor:
        """Return (x0_fake - x0_real) over the mean distance |x - x0_real| of each picture."""
        process, t = self.context.process, batch.choice(torch.arange(20, 980))
        x_t = process.noised(end, batch.more_noise(), t)
        w = torch.full_like(end[:, :1, :1, :1], self.options["w"])
        real, _ = process.split(
            x_t, guided_velocity(self.real, x_t, t, batch.condition, batch.empty, w), t
        )
        fake, _ = process.split(x_t, predictor(self.fake)(x_t, t, batch.condition), t)
        size = (end - real).abs().mean((1, 2, 3), keepdim=True) + FLOOR
        return (fake - real) / size


make = DistributionMatching
