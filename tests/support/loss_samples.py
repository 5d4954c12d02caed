"""What tests of losses in the plane share: a batch, what a method minimises, the comparison."""

from importlib import import_module
from pathlib import Path

import torch
from method_samples import TEACHERS, experiment, parents
from torch import Tensor, nn

from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.networks import initialise
from pipelines.diffusion.randomness import stream
from pipelines.diffusion.training import PlaneObjective
from pipelines.registry import METHODS

B = 64
X0 = DATASETS["moons"].draw(B, stream("data"))
MOON = DATASETS["moons"].mode(X0).float()[:, None]


def made(folder: Path, method: str, options: str = "{}") -> PlaneObjective:
    """Return what a method minimises, its network moved away from its teacher and its target."""
    teacher = parents(folder, TEACHERS.get(method, "edm")) if METHODS[method].needs else {}
    module = import_module(METHODS[method].module)
    objective = module.make(experiment(folder, method, options), teacher, stream("make"))
    initialise(objective.network, stream("moved"))
    return objective


def check(
    objective: PlaneObjective,
    expected: Tensor,
    progress: float = 0.0,
    generator: torch.Generator | None = None,
) -> None:
    """Compare the loss of the batch and its gradient with those of a formula."""
    found = objective.loss(X0, generator or stream("loss"), progress)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-7)
    weights = list(objective.network.parameters())
    ours, formulas = (torch.autograd.grad(loss, weights) for loss in (found, expected))
    torch.testing.assert_close(ours, formulas, rtol=1e-4, atol=1e-6)


def randn(generator: torch.Generator, columns: int = 2, rows: int = B) -> Tensor:
    return torch.randn(rows, columns, generator=generator)


def rand(generator: torch.Generator, rows: int = B) -> Tensor:
    return torch.rand(rows, 1, generator=generator)


def randint(high: int, generator: torch.Generator, rows: int = B) -> Tensor:
    return torch.randint(high, (rows, 1), generator=generator)


def edm_denoised(network: nn.Module, x: Tensor, sigma: Tensor, *told: Tensor) -> Tensor:
    """Return D(x, sigma) of Karras et al. 2022, Table 1, with sigma_data = 1."""
    c_in = 1 / (1 + sigma**2).sqrt()
    raw = network(c_in * x, torch.cat([sigma.log() / 4, *told], dim=1))
    return x / (1 + sigma**2) + sigma * c_in * raw
