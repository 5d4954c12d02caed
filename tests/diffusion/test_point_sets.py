"""Modes, neighbours, kernels and Fréchet against scikit-learn, scipy and closed forms."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import NearestNeighbors

from pipelines.diffusion.datasets import DATASETS, grid_centres
from pipelines.diffusion.digits import held_out_digits, training_digits
from pipelines.diffusion.features import classifier_accuracy, digit_features
from pipelines.diffusion.frechet import frechet_distance
from pipelines.diffusion.metrics import BANDWIDTHS, mmd_squared, off_manifold, sliced_w2
from pipelines.diffusion.modes import mode_shares, mode_variation, modes_reached
from pipelines.diffusion.neighbours import fidelity
from pipelines.diffusion.randomness import normal, stream

GRID = DATASETS["grid25"]


def test_modes_of_real_data_and_of_one_point() -> None:
    real = GRID.draw(20_000, stream("real"))
    assert modes_reached(real, GRID) == 25
    assert mode_variation(real, GRID) < 0.025
    collapsed = grid_centres()[:1].expand(100, 2)
    assert modes_reached(collapsed, GRID) == 1
    assert mode_variation(collapsed, GRID) == pytest.approx(24 / 25)


def test_variation_by_hand() -> None:
    """A quarter off, the rest even but for one empty mode of 25."""
    centres = grid_centres()[1:].repeat(3, 1)
    x = torch.cat([centres, torch.full((24, 2), 9.0)])
    shares = 72 / 96 / 24
    expected = (24 * abs(shares - 1 / 25) + 1 / 25 + 0.25) / 2
    assert mode_variation(x, GRID) == pytest.approx(expected)
    assert mode_shares(x, GRID)[0] == 0


def test_a_mode_wants_a_fifth_of_its_share_within_four_widths() -> None:
    base = grid_centres()[1:].repeat(100, 1)
    first = grid_centres()[:1] + torch.tensor([[0.19, 0.0]])
    assert modes_reached(torch.cat([base, first.expand(21, 2)]), GRID) == 25
    assert modes_reached(torch.cat([base, first.expand(10, 2)]), GRID) == 24
    far = first + torch.tensor([[0.02, 0.0]])
    assert modes_reached(torch.cat([base, far.expand(100, 2)]), GRID) == 24


def test_a_blob_passes_the_count_but_not_the_variation() -> None:
    blob = 3.2 * torch.rand(20_000, 2, generator=stream("blob")) - 1.6
    assert modes_reached(blob, GRID) == 25
    assert mode_variation(blob, GRID) > 0.3


def test_what_is_not_a_number_lies_in_no_mode() -> None:
    assert mode_variation(torch.full((4, 2), torch.nan), GRID) == 1
    assert mode_shares(torch.full((4, 64), torch.nan), DATASETS["digits"]).sum() == 0


def test_off_manifold_refuses_data_without_a_known_manifold() -> None:
    with pytest.raises(ValueError, match="manifold is known"):
        off_manifold(torch.zeros(2, 64), DATASETS["digits"])


def test_mmd_is_that_of_the_kernel_of_scikit_learn() -> None:
    x, y = normal(70, stream("x"), 3).double(), 0.3 + normal(50, stream("y"), 3).double()
    gammas = [1 / (2 * (h * (3 / 2) ** 0.5) ** 2) for h in BANDWIDTHS]

    def kernel(a: torch.Tensor, b: torch.Tensor) -> np.ndarray:
        return np.mean([rbf_kernel(a, b, gamma=gamma) for gamma in gammas], axis=0)

    own = [kernel(z, z)[~np.eye(len(z), dtype=bool)].mean() for z in (x, y)]
    assert mmd_squared(x, y) == pytest.approx(sum(own) - 2 * kernel(x, y).mean(), rel=1e-9)


@pytest.mark.slow
def test_mmd_of_two_normals_is_the_closed_form() -> None:
    """E k(x, y) of N(0, 1)² and N((s, 0), 1)²: h² / (h² + 2) exp(-s² / (2 (h² + 2)))."""
    shift = 0.8
    x, y = normal(4000, stream("x")), normal(4000, stream("y")) + torch.tensor([shift, 0.0])
    expected = np.mean(
        [2 * h**2 / (h**2 + 2) * (1 - np.exp(-(shift**2) / (2 * (h**2 + 2)))) for h in BANDWIDTHS]
    )
    assert mmd_squared(x, y) == pytest.approx(expected, rel=0.1)


def test_mmd_has_no_bias() -> None:
    values = [
        mmd_squared(normal(30, stream("x", i)), normal(30, stream("y", i))) for i in range(300)
    ]
    assert np.mean(values) == pytest.approx(0, abs=4 * np.std(values) / 300**0.5)
    assert min(values) < 0


def test_sliced_w2_of_a_shift_in_many_dimensions() -> None:
    """The mean over all directions is |shift|² / dim; over 4096 it is near."""
    x, shift = normal(100, stream("x"), 16), torch.full((16,), 0.5)
    assert sliced_w2(x, x + shift, 4096) == pytest.approx(0.5, rel=0.05)


def test_fidelity_is_that_of_loops_over_scikit_learn() -> None:
    real, x = normal(60, stream("r")), 0.7 * normal(80, stream("x")) + 0.4
    k = 3
    balls = [NearestNeighbors(n_neighbors=k + 1).fit(z).kneighbors(z)[0][:, k] for z in (real, x)]
    gap = np.linalg.norm(real.numpy()[:, None] - x.numpy()[None], axis=2)
    inside = gap <= balls[0][:, None]
    found = fidelity(x, real, k)
    assert found.precision == pytest.approx(inside.any(0).mean())
    assert found.recall == pytest.approx((gap <= balls[1][None]).any(1).mean())
    assert found.density == pytest.approx(inside.sum() / (k * 80))
    assert found.coverage == pytest.approx(inside.any(1).mean())


def test_fidelity_of_a_perfect_sampler_is_as_expected() -> None:
    found = fidelity(normal(2000, stream("x")), normal(2000, stream("r")))
    assert found.density == pytest.approx(1, abs=0.05)
    assert found.coverage == pytest.approx(1 - 2**-5, abs=0.02)


def test_fidelity_tells_collapse_from_spread() -> None:
    real = GRID.draw(1000, stream("real"))
    one_mode = grid_centres()[:1] + 0.05 * normal(1000, stream("x"))
    collapsed = fidelity(one_mode, real)
    assert collapsed.precision > 0.9
    assert collapsed.recall < 0.1
    assert collapsed.coverage < 0.1


def test_frechet_is_that_of_scipy() -> None:
    mix = normal(5, stream("mix"), 5).numpy()
    x, y = normal(300, stream("x"), 5).numpy() @ mix, normal(200, stream("y"), 5).numpy() + 0.3
    covs = [np.cov(z.astype(float), rowvar=False) for z in (x, y)]
    apart = ((x.astype(float).mean(0) - y.astype(float).mean(0)) ** 2).sum()
    expected = apart + np.trace(covs[0] + covs[1] - 2 * sqrtm(covs[0] @ covs[1]).real)
    found = frechet_distance(torch.from_numpy(x), torch.from_numpy(y))
    assert found == pytest.approx(expected, rel=1e-6)


def test_frechet_of_two_normals() -> None:
    """Independent axes: |shift|² plus the squared differences of the deviations."""
    x = normal(200_000, stream("x"))
    y = normal(200_000, stream("y")) * torch.tensor([1.0, 3.0]) + torch.tensor([1.0, 0.0])
    assert frechet_distance(x, y) == pytest.approx(1 + 4, rel=0.02)
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-9)


def test_the_classifier_reads_digits_it_never_saw() -> None:
    assert classifier_accuracy() >= 0.96


def test_frechet_on_features_ranks_images() -> None:
    """Held-out digits lie near; noise that hides them lies farther; one class alone far."""
    known, held = training_digits(), held_out_digits().x
    real = digit_features(known.x)
    noisy = held + 1.5 * torch.randn(held.shape, generator=stream("blur"))
    ones = known.x[known.label == 1]
    floor, blurred, alone = (
        frechet_distance(digit_features(x), real) for x in (held, noisy, ones)
    )
    assert floor < 1
    assert 3 * floor < blurred < alone / 3
