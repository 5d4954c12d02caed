"""A style LoRA: the base's own loss on scenes of one style, for a low-rank adapter."""

from __future__ import annotations

from torch import Tensor

from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.methods.latent.fine_tune import velocity_error
from pipelines.methods.latent.student_objective import AdapterObjective
from pipelines.methods.latent.training_context import TrainingContext, numbers

DEFAULTS = {"rank": 8, "dropout": 0.1}


class Styling(AdapterObjective):
    """An adapter that learns a style from its pictures."""

    def __init__(self, context: TrainingContext, experiment: LatentExperiment) -> None:
        self.options = numbers(experiment, DEFAULTS)
        super().__init__(context, experiment, int(self.options["rank"]))

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return the error of the adapted velocity on pictures of the style."""
        return velocity_error(self, self.adapted(), step, self.options["dropout"])


make = Styling
