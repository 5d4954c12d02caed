"""LCM-LoRA: latent consistency distillation of a low-rank adapter (arXiv 2311.05556).

What differs from diffusers' training script stands in `untold_consistency`.
"""

from __future__ import annotations

from pipelines.diffusion.networks import Weights
from pipelines.methods.latent.process import Predict
from pipelines.methods.latent.student_objective import AdapterObjective
from pipelines.methods.latent.untold_consistency import DEFAULTS, UntoldConsistency


class Adapter(UntoldConsistency, AdapterObjective):
    """The same U-Net plays three parts: teacher without adapter, student, target."""

    defaults = DEFAULTS | {"rank": 16}

    def student(self, weights: Weights | None = None) -> Predict:
        """Return the U-Net with the adapter."""
        return self.adapted(weights)


make = Adapter
