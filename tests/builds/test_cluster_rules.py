"""What a job of a cluster plans for itself, where all that it knows is its own rule."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from checkout import ROOT

pytestmark = pytest.mark.build


def test_a_student_of_pictures_is_not_preceded_by_the_base(tmp_path: Path) -> None:
    """The base comes from other rules. Without them its folder is missing, and not trained."""
    latents = tmp_path / "build/models/cached-latents.safetensors"
    latents.parent.mkdir(parents=True)
    latents.touch()
    target = ["--target-jobs", "train_latent:experiment=lcm-lora", "--allowed-rules"]
    words = [*target, "train_latent", "--force", "--dry-run", "--cores", "1"]
    config = ["--config", "preset=smoke", f"build={tmp_path / 'build'}"]
    command = [sys.executable, "-m", "snakemake", *words, *config]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    told = done.stdout + done.stderr
    assert "Missing input files for rule train_latent" in told, told
    assert "training base" not in told
