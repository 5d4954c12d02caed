"""Distribution matching: two scores tell a one-step student which way is more likely.

Yin et al. 2024 (DMD, arXiv 2311.18828), equation 7, without its regression loss but with several
updates of the fake score for one of the student, as in DMD2 (arXiv 2405.14867, section 4.2). With
v instead of noise the difference of scores is that of two denoised answers (equation 8's weight).

Different here: the student may start from the consistency adapter `adapter`, fused; no critic on
real pictures (DMD2, section 4.3); below pure noise the student sees real latents noised, or with
`simulated` what it would see when it draws in four steps, its own earlier answers (section 4.5);
the loss is taken at its ends f, which are those of a consistency model.
"""

from __future__ import annotations

from itertools import pairwise

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
DEFAULTS = {"w": 4.0, "fake_lr": 0.004, "fake_steps": 2, "simulated": 0.0}


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
        simulated = self.options["simulated"]
        x_t = self._drawn(batch, t) if simulated else process.noised(batch.x0, batch.noise, t)
        end = ends(process, x_t, predictor(self.network)(x_t, t, batch.condition), t)
        errors = [
            self._follow(end.detach(), batch) for _ in range(int(self.options["fake_steps"]))
        ]
        goal = (end - self._gradient(end.detach(), batch)).detach()
        return {"loss": 0.5 * (end - goal).square().mean(), "fake": errors[-1]}

    @torch.no_grad()
    def _drawn(self, batch: Batch, t: Tensor) -> Tensor:
        """Return what the student sees at times t (B,) when it draws: from noise, jump by jump."""
        process, x_t = self.context.process, batch.noise.clone()
        times = TIMES.unique().flip(0).tolist()
        for time, below in pairwise(times):
            going = (t < time).nonzero().flatten()
            at, condition = torch.full_like(t[going], time), batch.condition[going]
            x, noise = x_t[going], batch.more_noise()[going]
            end = ends(process, x, predictor(self.network)(x, at, condition), at)
            x_t[going] = process.noised(end, noise, torch.full_like(at, below))
        return x_t

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
