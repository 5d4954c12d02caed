"""A style LoRA: the base's own loss on scenes of one style, for a low-rank adapter.

Hu et al. 2021 (LoRA, arXiv 2106.09685), equation 3, on the layers that diffusers' script for
LCM-LoRA adapts.

Different here: captions do not name the style; Muon, as for the base.
"""

from __future__ import annotations

from torch import Tensor

from pipelines.methods.latent.fine_tune import velocity_error
from pipelines.methods.latent.student_objective import AdapterObjective

DEFAULTS = {"rank": 8, "dropout": 0.1}


class Styling(AdapterObjective):
    """An adapter that learns a style from its pictures."""

    defaults = DEFAULTS

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the error of the adapted velocity on pictures of the style."""
        return velocity_error(self, self.adapted(), step, self.options["dropout"])


make = Styling
