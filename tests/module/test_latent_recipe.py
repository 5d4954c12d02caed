"""Recipes of the tiny Stable Diffusion and the cards of published weights."""

from pathlib import Path

import pytest

from pipelines.contracts.base_card import BaseCard, checked_card, hashes, recipe_of, write_card
from pipelines.contracts.latent import DEPENDS, Base, load_base, settings_of, shortened
from pipelines.contracts.problems import InputProblems

RECIPE = Path("lessons/fast-generation/latent/recipes/quick.yaml")


@pytest.fixture
def recipe() -> Base:
    return load_base(RECIPE)


def test_the_recipes_of_the_lessons_are_read(recipe):
    assert recipe.name == "quick" and recipe.latent_side == 8
    long = load_base(RECIPE.with_stem("published"))
    shapes = ("autoencoder", "text", "unet")
    assert all(getattr(long, name) == getattr(recipe, name) for name in shapes)
    assert long.train.denoiser.steps >= 4 * recipe.train.denoiser.steps


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("bank: 8000", "bank: many", 7, "`bank`"),
        ("seed: 0", "sead: 0", 3, "unknown key `sead`"),
        ("batch: 8, lr: 0.03", "batch: -8, lr: 0.03", 13, "`train.autoencoder.batch`"),
        ("fall: 0.6, ema: 0.998", "fall: 1.6, ema: 0.998", 15, "`train.denoiser.fall`"),
        ("groups: 2, latents", "groups: 3, latents", 4, "multiple of `groups`"),
        ("title:", "- title:", None, ""),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path, old, new, line, says):
    text = RECIPE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "wrong.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputProblems) as caught:
        load_base(file)
    problem = caught.value.problems[0]
    assert says in problem.message and problem.remedy
    assert line is None or problem.line == line


def test_a_shortened_recipe_has_fewer_steps_and_the_same_shapes(recipe):
    short = shortened(recipe, 0.01)
    assert short.train.autoencoder.steps == round(0.01 * recipe.train.autoencoder.steps)
    assert short.bank >= short.train.denoiser.batch
    assert short.unet == recipe.unet and shortened(recipe, 1.0) == recipe


def changed(recipe: Base, part: str) -> Base:
    """Return a recipe with one step more in one part."""
    tuning = getattr(recipe.train, part)
    longer = tuning.model_copy(update={"steps": tuning.steps + 1})
    return recipe.model_copy(update={"train": recipe.train.model_copy(update={part: longer})})


@pytest.mark.parametrize(
    ("part", "touched"),
    [
        ("judge", {"judge"}),
        ("perception", {"perception", "autoencoder", "decoder", "denoiser"}),
        ("autoencoder", {"autoencoder", "decoder", "denoiser"}),
        ("decoder", {"decoder"}),
        ("denoiser", {"denoiser"}),
    ],
)
def test_a_part_depends_on_itself_and_on_what_it_needs(recipe, part, touched):
    other = changed(recipe, part)
    differ = {name for name in DEPENDS if settings_of(recipe, name) != settings_of(other, name)}
    assert differ == touched


@pytest.fixture
def published(tmp_path, recipe) -> Path:
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet/weights.safetensors").write_bytes(b"weights")
    card = BaseCard(
        recipe=recipe_of(recipe),
        code={},
        data="",
        device={},
        seconds={},
        files=hashes(tmp_path),
        versions={},
    )
    write_card(tmp_path, card)
    return tmp_path


def test_weights_of_their_recipe_are_taken(published, recipe):
    assert checked_card(published, recipe).files == hashes(published)


def test_weights_of_another_recipe_are_refused(published, recipe):
    with pytest.raises(InputProblems, match=r"ML110.*denoiser: `train.denoiser` is"):
        checked_card(published, changed(recipe, "denoiser"))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "unet/weights.safetensors").write_bytes(b"other"), "is not the file"),
        (lambda f: (f / "unet/weights.safetensors").unlink(), "is missing"),
        (lambda f: (f / "more.bin").write_bytes(b"x"), "is not the file"),
        (lambda f: (f / "card.json").unlink(), "no card"),
        (lambda f: (f / "card.json").write_text("{}", encoding="utf-8"), "no card"),
        (lambda f: (f / "card.json").write_text("{", encoding="utf-8"), "no card"),
    ],
)
def test_spoiled_folders_are_refused(published, recipe, spoil, says):
    spoil(published)
    with pytest.raises(InputProblems, match=says):
        checked_card(published, recipe)
