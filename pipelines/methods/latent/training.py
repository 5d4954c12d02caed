"""One loop for all parts of the tiny Stable Diffusion, resumable at any step.

What a step sees depends on its number alone, so the training of a base's part that was interrupted
goes on as if it had not been. Students that train a critic, a second score or a teacher of their
own beside them keep more than this state holds; they are short, and begin anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from pipelines.contracts.latent import Tuning
from pipelines.diffusion.muon import Muon
from pipelines.diffusion.networks import Weights
from pipelines.diffusion.training import Average


class LatentObjective(Protocol):
    """What a part minimises: `loss` and other scalars of a step that are worth telling."""

    @property
    def network(self) -> nn.Module:
        """What is trained."""

    def terms(self, step: int) -> dict[str, Tensor]:
        """Return `loss`, and what else is worth a column of the history."""


class LatentTraining:
    """A network in training: Muon, a warm-up, a linear fall, an average of the weights."""

    def __init__(self, objective: LatentObjective, tuning: Tuning) -> None:
        self.objective, self.tuning = objective, tuning
        self.device = next(objective.network.parameters()).device
        self.muon = Muon(objective.network, embeddings(objective.network))
        self.average = Average(objective.network, tuning.ema)
        self.done, self.seconds = 0, 0.0
        self.clock = time.process_time if self.device.type == "cpu" else time.perf_counter

    def step(self) -> dict[str, float]:
        """Update the weights once and return the scalars of the step.

        Raises:
            FloatingPointError: The loss is no number; the message tells step and cause.
        """
        since = self.clock()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.tuning.bfloat16):
            terms = self.objective.terms(self.done)
        scalars = {name: value.item() for name, value in terms.items()}
        if not terms["loss"].isfinite():
            raise FloatingPointError(f"step {self.done + 1}: {self._cause(scalars)}")
        self.muon.zero_grad()
        terms["loss"].backward()
        share = rate(self.done, self.tuning)
        self.muon.step(self.tuning.lr * share, self.tuning.adam_lr * share)
        self.average.update()
        self.done += 1
        self.seconds += self.clock() - since
        return {"step": float(self.done), **scalars}

    def _cause(self, scalars: dict[str, float]) -> str:
        terms = ", ".join(f"{name} {value:g}" for name, value in scalars.items())
        named = self.objective.network.named_parameters()
        broken = [name for name, weight in named if not weight.isfinite().all()]
        first = f"the weights of `{broken[0]}` are no numbers" if broken else "all weights are"
        return f"{terms}; {first}{'' if broken else ' finite, the batch gave it'}"

    def weights(self) -> Weights:
        """Return the averaged weights."""
        return self.average.weights()

    def state(self) -> dict[str, Tensor]:
        """Return all that going on needs, by name."""
        live = {f"live.{k}": v.detach() for k, v in self.objective.network.named_parameters()}
        kept = {f"kept.{k}": v for k, v in self.average.weights().items()}
        muon = {f"muon.{k}": v for k, v in self.muon.state().items()}
        spent = {"done": torch.tensor(self.done), "seconds": torch.tensor(self.seconds)}
        return {**live, **kept, **muon, **spent}

    @torch.no_grad()
    def restore(self, state: dict[str, Tensor]) -> None:
        """Go on from a state."""
        for name, weight in self.objective.network.named_parameters():
            weight.copy_(state[f"live.{name}"])
        for name, kept in self.average.weights().items():
            kept.copy_(state[f"kept.{name}"])
        muon = {k.removeprefix("muon."): v for k, v in state.items() if k.startswith("muon.")}
        self.muon.restore(muon)
        self.seconds = float(state["seconds"])
        self.done = self.average.step = int(state["done"])


def embeddings(network: nn.Module) -> Iterator[nn.Parameter]:
    """Yield the tables of tokens and positions: their rows are no matrix that maps."""
    for module in network.modules():
        if isinstance(module, nn.Embedding):
            yield cast(nn.Parameter, module.weight)


def rate(step: int, tuning: Tuning) -> float:
    """Return the share of the learning rate at a step: a warm-up, a plain, a linear fall."""
    falling = (tuning.steps - step) / max(1.0, tuning.fall * tuning.steps)
    return min(1.0, (step + 1) / tuning.warm_up, falling)
