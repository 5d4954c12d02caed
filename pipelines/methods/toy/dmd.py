"""Distribution matching distillation (Yin et al. 2024, arXiv 2311.18828).

    gradient: E w (s_fake(x_t, t) - s_real(x_t, t)) dG/dtheta,   x_t = G(z) noised     (equation 7)
    beside it: regression |G(z) - x0|² on pairs of the teacher's ODE                   (equation 9)

s_real is the frozen teacher; s_fake is a denoiser that keeps learning the student's own samples.
With the two time scales of DMD2 (Yin et al. 2024, arXiv 2405.14867, section 4.2): the student is
updated once in every `critic_steps` updates of s_fake.

Different here: a step of training is one update of the student with all its critic's; the
regression has the squared distance (the paper: LPIPS); levels are lognormal, like the teacher's.
Replicas are trained one after another.
"""

from __future__ import annotations

import torch
from pydantic import NonNegativeFloat, PositiveFloat
from torch import Tensor

from pipelines.contracts.experiment import Experiment, Positive, Strict
from pipelines.diffusion.critics import FakeScore, distribution_gradient, lognormal, pulled
from pipelines.diffusion.denoisers import Denoise, Denoiser
from pipelines.diffusion.losses import squared
from pipelines.diffusion.pairs import Pairs
from pipelines.diffusion.systems import EDM, System
from pipelines.diffusion.training import PlaneObjective
from pipelines.methods.toy import Parents, rebuild_with, shape_of, teacher_and_student, teacher_of

LEVELS = (-0.8, 1.4)  # mean and deviation of ln sigma, of the teacher and of the critic


class Options(Strict):
    """What an experiment can set."""

    critic_steps: Positive = 3  # updates of the fake score for one of the student
    critic_lr: PositiveFloat = 1e-3  # of the fake score
    regression: NonNegativeFloat = 1.0  # weight of the paired term; 0: none, as in DMD2
    pairs: Positive = 20_000  # how many the teacher makes
    teacher_steps: Positive = 18  # of its Heun sampler


class MatchingLoss(PlaneObjective):
    """The difference of two scores at generated points, and a regression on pairs."""

    def __init__(
        self,
        student: Denoiser,
        teacher: Denoise,
        critic: FakeScore,
        pairs: Pairs,
        options: Options,
    ) -> None:
        self.student, self.teacher = student, teacher
        self.critic, self.pairs, self.options = critic, pairs, options
        self.network = student.network

    def loss(self, x0: Tensor, generator: torch.Generator, progress: float) -> Tensor:
        """Update the critic; return a loss over as many samples as x0 (B, 2) has rows."""
        for _ in range(self.options.critic_steps):
            with torch.no_grad():
                fake = self.generated(noise_like(x0, generator))
            self.critic.learn(fake, noise_like(x0, generator), score_levels(len(x0), generator))
        x = self.generated(noise_like(x0, generator))
        noise, sigma = noise_like(x0, generator), score_levels(len(x0), generator)
        gradient = distribution_gradient(self.teacher, self.critic.denoiser, x, noise, sigma)
        matching = pulled(x, gradient)
        return matching + self.regression(len(x0), generator) if self.paired else matching

    @property
    def paired(self) -> bool:
        """Whether pairs of noise and the teacher's ends are used."""
        return self.options.regression > 0

    def regression(self, count: int, generator: torch.Generator) -> Tensor:
        """Return the weighted squared distance to the teacher's endpoints."""
        noise, end = self.pairs.drawn_batch(count, generator)
        return self.options.regression * squared(self.generated(noise), end).mean()

    def generated(self, noise: Tensor) -> Tensor:
        """Return the student's samples from starting noise (B, 2)."""
        top = torch.tensor(EDM.process.highest, device=noise.device)
        return self.student(EDM.process.start(noise), top)


def noise_like(x: Tensor, generator: torch.Generator) -> Tensor:
    """Draw standard normal numbers in the shape of x."""
    return torch.randn(x.shape, generator=generator, device=x.device)


def score_levels(count: int, generator: torch.Generator) -> Tensor:
    """Draw levels at which scores are compared, (count, 1)."""
    return lognormal(count, *LEVELS, (EDM.process.lowest, EDM.process.highest), generator)


def make(experiment: Experiment, parents: Parents, generator: torch.Generator) -> PlaneObjective:
    """Return a one-step generator with a fake score beside it."""
    options, _, teacher, student = teacher_and_student(
        experiment, parents, generator, Options, {"edm": EDM}
    )
    critic = FakeScore(teacher_of(parents, EDM).requires_grad_(True), options.critic_lr)
    system, dim = System(EDM.process, teacher), shape_of(experiment).dim
    pairs = Pairs(system, "heun", options.teacher_steps, options.pairs, dim)
    return MatchingLoss(student, teacher, critic, pairs, options)


rebuild = rebuild_with(EDM.process, EDM.denoiser)
