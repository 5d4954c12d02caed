"""The loss of LCM-LoRA on a whole U-Net: what it is compared with at equal steps and guidance.

From a consistency adapter on, fused, it is the control of ADD and DMD: the same further steps of
all weights, by the loss that the adapter was trained with.

Different here: no paper has it; it is LCM (Luo et al. 2023, arXiv 2310.04378) without being told
the guidance, with what differs in `lcm_lora`.
"""

from __future__ import annotations

from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.process import Predict
from pipelines.methods.latent.student_objective import UnetObjective
from pipelines.methods.latent.training_context import predictor
from pipelines.methods.latent.untold_consistency import UntoldConsistency


class WholeUnet(UntoldConsistency, UnetObjective):
    """All weights move; guidance is not told, as in LCM-LoRA."""

    def student(self, weights: Weights | None = None) -> Predict:
        """Return the U-Net that learns, or with other weights."""
        return predictor(self.network, weights)


make = WholeUnet
