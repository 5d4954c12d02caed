"""One constant made wrong in each of twenty losses, samplers, schedules and metrics.

Every run of the tests makes five of them; `pytest --nightly` all twenty. `make sabotage` makes all
mutations that there are.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from mutations import ROOT, read_mutations

IN_EVERY_RUN = [
    "edm-weight-missing",
    "shortcut-half-steps-of-full-length",
    "karras-rho-of-five",
    "ddim-adds-noise",
    "off_manifold-from-five-widths",
]
AT_NIGHT = [
    "scm-cosine-not-squared",
    "ict-levels-as-if-for-variances",
    "ddpm-variance-for-deviation",
    "add-distillation-times-zero",
    "latent-lcm-unet-huber-constant-not-squared",
    "latent-lcm-lora-scale-doubled",
    "latent-dmd-half-missing",
    "ddim_half-is-a-quarter",
    "training_sigmas-of-images",
    "linear_betas-of-stable-diffusion",
    "cosine_betas-without-offset",
    "memorised-within-half",
    "sharpness-of-the-steeper-half",
    "diversity-of-single-pixels",
    "kernel_distance-of-degree-two",
]


def caught(names: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tests/sabotage/run.py", "--jobs", "1", "--exactly", *names]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_there_are_twenty_of_as_many_things() -> None:
    names = [*IN_EVERY_RUN, *AT_NIGHT]
    of = {one.name: one.of for one in read_mutations() if one.name in names}
    assert len(of) == len(set(of.values())) == len(names) == 20


@pytest.mark.slow
def test_five_wrong_constants_are_caught() -> None:
    done = caught(IN_EVERY_RUN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 of 5 caught" in done.stdout


@pytest.mark.nightly
def test_all_wrong_constants_are_caught() -> None:
    done = caught([*IN_EVERY_RUN, *AT_NIGHT])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 of 20 caught" in done.stdout
