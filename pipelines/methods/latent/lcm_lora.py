"""LCM-LoRA: latent consistency distillation of a low-rank adapter (arXiv 2311.05556).

Different here, from diffusers' script: the target is the moving average, and a solver step spans
100 of 1000 times (`untold_consistency`; both have an ablation); pseudo-Huber, with c = 0.03, where
the script has the squared distance unless asked, and c = 0.001; rank 16 for 64, as the U-Net is
small; Muon for AdamW, which has no ablation.
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
