"""The synthetic build that figures are tested on is what it says."""

import numpy as np
import pytest
from synthetic_build import denoised


def test_the_denoiser_of_one_point_pulls_onto_it() -> None:
    data = np.array([[1.0, 2.0]])
    x = np.array([[3.0, -1.0]])
    expected = (0.01 * x + 4.0 * data) / 4.01
    assert denoised(x, 2.0, data) == pytest.approx(expected)
