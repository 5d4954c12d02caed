"""The losses of the base's own parts, denoiser and autoencoder, against their formulas."""

from types import SimpleNamespace

import pytest
import torch
from tiny_base import RECIPE
from torch import nn

from pipelines.methods.latent import autoencoder, denoiser
from pipelines.scenes.scene_classifier import new_classifier

pytestmark = pytest.mark.slow

BETAS = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64).square()
ALPHAS_CUMPROD = (1 - BETAS).cumprod(0).float()  # of Stable Diffusion 1.5


def rates(t):
    kept = ALPHAS_CUMPROD[t][:, None, None, None]
    return kept.sqrt(), (1 - kept).sqrt()


class Words(nn.Module):
    """Stands for a text encoder: the states are the numbers of the tokens."""

    def forward(self, tokens):
        return SimpleNamespace(last_hidden_state=tokens[:, :, None].float())


class Listening(nn.Module):
    """Stands for the U-Net of the base: says `v` and keeps what it is asked."""

    def forward(self, x_t, t, states):
        self.asked = x_t, t, states[:, 0, 0]
        return SimpleNamespace(sample=torch.full_like(x_t, 0.5))


def denoising(count, dropout, size=1.0):
    """Return the base's objective on latents that are `size` times the number of their caption."""
    tokens = torch.arange(1, 9)
    latents = size * tokens[:, None, None, None].expand(8, 4, 2, 2)
    cached = denoiser.CachedLatents(latents, tokens[:, None].expand(8, 3), torch.zeros(3).long())
    networks = nn.ModuleDict({"text": Words(), "unet": Listening()})
    return denoiser.Denoising(networks, cached, count, 0, dropout)


@pytest.mark.parametrize("size", [1.0, 1000.0])
def test_the_base_learns_the_velocity_at_the_time_that_it_is_told(size):
    """v = alpha noise - sigma x0 of the latents whose caption the network reads.

    Large latents leave no standard noise if they are taken at another time, or for others.
    """
    objective = denoising(64, 0.0, size)
    loss = objective.terms(0)["loss"]
    x_t, t, word = objective.network["unet"].asked
    x0, (alpha, sigma) = size * word[:, None, None, None].expand_as(x_t), rates(t)
    noise = (x_t - alpha * x0) / sigma
    assert noise.mean().abs() < 0.2 and noise.std().item() == pytest.approx(1, abs=0.1)
    wanted = ((0.5 - (alpha * noise - sigma * x0)) ** 2).mean()
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-4)
    assert torch.equal(t // 125, torch.arange(64) // 8)  # evenly over the batch


def test_the_base_empties_the_share_of_captions_that_is_dropped():
    objective = denoising(3000, 0.1)
    objective.terms(0)
    words = objective.network["unet"].asked[2]
    assert (words == 0).float().mean().item() == pytest.approx(0.1, abs=0.03)


def test_the_noise_of_the_base_is_that_of_stable_diffusion():
    assert torch.allclose(denoiser.noising().alphas_cumprod, ALPHAS_CUMPROD, atol=1e-5)


def test_the_prior_of_the_autoencoder_is_the_divergence_of_one_latent_number(monkeypatch):
    """Kingma & Welling 2014 (arXiv 1312.6114), appendix B, times its weight."""
    coder = autoencoder.new_autoencoder(RECIPE.autoencoder, 0)
    encode, seen = coder.encode, []
    monkeypatch.setattr(coder, "encode", lambda x: seen.append(encode(x)) or seen[-1])
    with torch.no_grad():
        terms = autoencoder.Reconstruction(coder, new_classifier(1), 4, 0).terms(0)
        monkeypatch.setattr(autoencoder, "KL", 1.0)
        whole = autoencoder.Reconstruction(coder, new_classifier(1), 4, 0).terms(0)
    mean, variance = seen[0].latent_dist.mean, seen[0].latent_dist.var
    wanted = 0.5 * (mean**2 + variance - 1 - variance.log()).mean()
    assert terms["kl"].item() == pytest.approx(wanted.item(), rel=1e-4)
    assert (whole["loss"] - terms["loss"]).item() == pytest.approx(
        (1 - 3e-4) * wanted.item(), rel=1e-4
    )


def test_the_decoder_learns_from_latents_moved_by_noise_of_the_scaled_size(monkeypatch):
    """The noise is that of scaled latents, which a denoiser's errors are measured in."""
    coder = autoencoder.new_autoencoder(RECIPE.autoencoder, 0)
    coder.register_to_config(scaling_factor=0.2)
    encode, decode, means, decoded = coder.encode, coder.decode, [], []
    monkeypatch.setattr(coder, "encode", lambda x: means.append(encode(x)) or means[-1])
    monkeypatch.setattr(coder, "decode", lambda z: decoded.append(z) or decode(z))
    autoencoder.Decoding(coder, new_classifier(1), 4, 0, 0.03).terms(0)
    moved = 0.2 * (decoded[0] - means[0].latent_dist.mean)
    assert moved.std().item() == pytest.approx(0.03, rel=0.1)
    assert not decoded[0].requires_grad
