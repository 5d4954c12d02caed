"""Values that POT and torchmetrics gave once for the same point sets; neither is needed to build.

Made with POT 0.9.7 and torchmetrics 1.9.0, on `point_sets()` and `features()` below:

    ot.sliced_wasserstein_distance(x.numpy(), y.numpy(), projections=_directions(64, x).numpy())
    ot.wasserstein_1d(x[:, 0].numpy(), y[:, 0].numpy(), p=2)
    torchmetrics.image.fid._compute_fid(a.mean(0), a.T.cov(), b.mean(0), b.T.cov())
"""

import pytest
import torch
from torch import Tensor

from pipelines.diffusion.datasets import draw_moons
from pipelines.diffusion.frechet import frechet_distance
from pipelines.diffusion.metrics import sliced_w2
from pipelines.diffusion.randomness import normal, stream

POT_SLICED = 0.3399296219976262
POT_SQUARED_ON_A_LINE = 0.06932002441453872
TORCHMETRICS_FID = 3.085587248413301


def point_sets() -> tuple[Tensor, Tensor]:
    x, y = draw_moons(500, stream("oracle", 0)), 0.8 * normal(500, stream("oracle", 1))
    return x.double(), y.double()


def features() -> tuple[Tensor, Tensor]:
    a = normal(400, stream("oracle", 2), 6).double()
    return a, (0.5 + 1.5 * normal(300, stream("oracle", 3), 6)).double()


def test_sliced_w2_is_that_of_pot() -> None:
    assert sliced_w2(*point_sets()) == pytest.approx(POT_SLICED, rel=1e-6)


def test_sliced_w2_on_a_line_is_that_of_pot() -> None:
    """Clouds on the first axis: |cos| of the direction is root mean square sqrt(1/2)."""
    x, y = (torch.stack([c[:, 0], torch.zeros(500).double()], dim=1) for c in point_sets())
    assert 2 * sliced_w2(x, y) ** 2 == pytest.approx(POT_SQUARED_ON_A_LINE, rel=1e-6)


def test_frechet_distance_is_that_of_torchmetrics() -> None:
    assert frechet_distance(*features()) == pytest.approx(TORCHMETRICS_FID, rel=1e-9)
