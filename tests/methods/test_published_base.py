"""The published base: it is that of its recipe, whole, small, and good."""

import shutil
from pathlib import Path

import pytest

from pipelines.contracts.base_card import checked_card
from pipelines.contracts.latent import load_base
from pipelines.contracts.problems import InputProblems

LATENT = Path("lessons/fast-generation/latent")
PUBLISHED, RECIPE = LATENT / "published", LATENT / "recipes/published.yaml"
LARGEST = 25_000_000  # bytes in all


def test_the_published_weights_are_those_of_the_recipe():
    card = checked_card(PUBLISHED, load_base(RECIPE))
    assert card.seconds and card.device and card.code.keys() == card.recipe.keys()
    assert card.quality["ddim@50,w=5,leading/all"] >= 0.97


def test_the_published_weights_are_small_and_hold_no_pickle():
    files = [path for path in PUBLISHED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= LARGEST
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".txt"}


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("judge.safetensors", "is not the file that the card names"),
        ("unet/config.json", "is not the file that the card names"),
    ],
)
def test_a_changed_file_is_refused(file, message, tmp_path):
    copy = tmp_path / "published"
    shutil.copytree(PUBLISHED, copy)
    (copy / file).write_bytes((copy / file).read_bytes() + b" ")
    with pytest.raises(InputProblems, match=message):
        checked_card(copy, load_base(RECIPE))


def test_another_recipe_is_refused(tmp_path):
    other = tmp_path / "published.yaml"
    other.write_text(RECIPE.read_text().replace("steps: 16000", "steps: 16001"))
    with pytest.raises(InputProblems, match=r"denoiser: `train\.denoiser`"):
        checked_card(PUBLISHED, load_base(other))
