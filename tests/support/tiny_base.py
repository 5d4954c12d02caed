"""A Stable Diffusion of the smallest sizes, untrained: what the tests of its parts stand on."""

from pathlib import Path

from pipelines.contracts.latent import AutoencoderShape, Base, Parts, TextShape, Tuning, UnetShape
from pipelines.methods.latent import autoencoder, denoiser, text
from pipelines.methods.latent.pipeline import assembled, write_pipeline

ONE = Tuning(steps=2, batch=4, lr=0.02)
RECIPE = Base(
    name="base",
    file="base.yaml",
    title="Tiny",
    autoencoder=AutoencoderShape(channels=(4, 4, 8, 8)),
    text=TextShape(width=16, layers=1, heads=2),
    unet=UnetShape(channels=(8, 16), groups=2, heads=2),
    bank=8,
    train=Parts(judge=ONE, perception=ONE, autoencoder=ONE, decoder=ONE, denoiser=ONE),
)


def written(folder: Path) -> Path:
    """Write it as a folder of diffusers."""
    tokenizer = text.tokenizer_of(RECIPE.text)
    network = denoiser.networks(RECIPE, tokenizer, RECIPE.latent_side)
    coder = autoencoder.new_autoencoder(RECIPE.autoencoder, 0)
    write_pipeline(assembled(coder, tokenizer, network), folder)
    return folder
