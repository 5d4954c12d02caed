"""Adversarial diffusion distillation: a critic and a teacher's score train a one-step student.

Sauer et al. 2023 (arXiv 2311.17042), section 3: the student denoises scenes noised to one of four
times; the loss is L_adv + lambda L_distill (equation 1). For L_distill its answer is noised anew,
the frozen teacher denoises that, and the squared distance to the teacher's answer is weighted by
alpha_t (section 3.3, "exponential weighting"). `adversarial: 0` and `distillation: 0` are the
paper's ablation.

Different here: the student may start from the consistency adapter `adapter`, fused, so that fewer
steps do; the critic reads latents, or with `features` maps of the teacher as in LADD, and not the
features of DINOv2, as no such network knows our scenes, and is given no embedding of the real
picture; distances are of latents (the paper: of pixels); three quarters of a batch begin at the
last time, as one step does; the teacher denoises under guidance `w`, and is asked only at times
before `below`: where the noise is strong its answer is a mean over layouts, which blurs; where it
is weak, guidance goes into edges and texture.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.methods.latent.consistency import ends
from pipelines.methods.latent.critic import Adversary, pooled
from pipelines.methods.latent.critic_features import TeacherFeatures
from pipelines.methods.latent.process import guided_velocity
from pipelines.methods.latent.student_objective import UnetObjective
from pipelines.methods.latent.training_context import Batch, TrainingContext, predictor

TIMES = torch.tensor([*9 * [999], 759, 499, 259])  # one step counts most
DEFAULTS = {
    "adversarial": 1.0,
    "distillation": 2.5,
    "w": 4.0,
    "below": 1000,
    "critic_lr": 0.02,
    "r1": 0.02,
    "features": 0.0,  # 1: the critic sees maps of the teacher; 0: latents
}


class AdversarialDistillation(UnetObjective):
    """A student that a critic and its teacher's score pull at."""

    defaults = DEFAULTS

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        super().__init__(context, experiment)
        if not (self.options["adversarial"] or self.options["distillation"]):
            raise ValueError(
                f"{experiment.file}: `adversarial: 0` and `distillation: 0` leave no loss: "
                "give one of them a weight"
            )
        self.teacher = predictor(context.teacher)
        channels, width = context.pipeline.unet.config.in_channels, context.hidden_states.shape[-1]
        lr, r1 = self.options["critic_lr"], self.options["r1"]
        self.adversary = Adversary(
            channels, width, lr, r1, experiment.seed, eyes=self._eyes(experiment.seed)
        )

    def _eyes(self, seed: int) -> TeacherFeatures | None:
        if not self.options["features"]:
            return None
        context = self.context
        empty = context.hidden_states[-1:]
        return TeacherFeatures(context.teacher, context.process, empty, seed)

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the loss of a step and what it consists of."""
        of, process = self.options, self.context.process
        batch = self.batch(step)
        t = batch.choice(TIMES)
        x_t = process.noised(batch.x0, batch.noise, t)
        end = ends(process, x_t, predictor(self.network)(x_t, t, batch.condition), t)
        terms = dict[str, Tensor]()
        if of["adversarial"]:
            text = pooled(batch.condition)
            other = text.roll(1, 0)
            terms["critic"] = self.adversary.learn(batch.x0, end, text, other)
            terms["adversarial"] = self.adversary.pleased(end, text)
        if of["distillation"]:
            terms["distillation"] = self._distance(end, batch)
        weighted = [
            of[name] * terms[name] for name in ("adversarial", "distillation") if name in terms
        ]
        return {"loss": torch.stack(weighted).sum(), **terms}

    def _distance(self, end: Tensor, batch: Batch) -> Tensor:
        """Return the weighted squared distance from the teacher's denoised answer."""
        process = self.context.process
        t = batch.choice(torch.arange(20, int(self.options["below"])))
        x_t = process.noised(end, batch.more_noise(), t).detach()
        w = torch.full_like(batch.x0[:, :1, :1, :1], self.options["w"])
        v = guided_velocity(self.teacher, x_t, t, batch.condition, batch.empty, w)
        x0, _ = process.split(x_t, v, t)
        alpha, _ = process.rates(t)
        return (alpha * (end - x0).square()).mean()


make = AdversarialDistillation
