"""Settings of the schedulers that draw pictures: noise levels, times, ends, noise, guidance."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.contracts.keys import Sampling
from pipelines.contracts.latent_experiment import SAMPLERS, SPACED
from pipelines.diffusion import samplers
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent import sampling
from pipelines.methods.latent.denoiser import noising, shipped_scheduler
from pipelines.methods.latent.process import Process, with_and_without
from pipelines.methods.latent.sampling import first_noise, nfe, sampled, scheduler_of

pytestmark = pytest.mark.slow

BETAS = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2  # "scaled linear", of Stable Diffusion
ABAR = torch.from_numpy(np.cumprod(1 - BETAS))
SHIPPED = shipped_scheduler().config


def by_name(name: str, steps: int, spacing: str = "trailing") -> Any:
    """Return a scheduler that has been told its steps."""
    of = Sampling(name, steps, 1, spacing if name in SPACED else "")
    scheduler = scheduler_of(SHIPPED, of)
    scheduler.set_timesteps(steps)
    return scheduler


# --- noise levels ---


def test_noise_levels_are_those_of_stable_diffusion() -> None:
    """Published with the model: sigma from 0.0292 to 14.6146."""
    sigma = ((1 - ABAR) / ABAR).sqrt()
    assert sigma[[0, -1]].tolist() == pytest.approx([0.0292, 14.6146], rel=2e-3)
    for scheduler in (noising(), shipped_scheduler(), by_name("ddim", 4)):
        torch.testing.assert_close(
            scheduler.alphas_cumprod.double(), ABAR, rtol=1e-4, atol=1e-7, msg=str(scheduler)
        )


def test_signal_and_noise_of_a_time_are_cosine_and_sine() -> None:
    """x_t = cos x0 + sin noise and v = dx_t / d angle: Salimans & Ho 2022, appendix D."""
    t = torch.tensor([0, 400, 999])
    x0, noise = (torch.randn(3, 2, 4, 4, generator=stream(name)).double() for name in ("x", "n"))
    angle = (1 - ABAR[t]).sqrt().asin()[:, None, None, None]
    process = Process()
    process.alphas_cumprod = process.alphas_cumprod.double()
    x_t = process.noised(x0, noise, t)
    close = {"rtol": 1e-3, "atol": 1e-4}
    torch.testing.assert_close(x_t, angle.cos() * x0 + angle.sin() * noise, **close)
    v = process.velocity(x0, noise, t)
    torch.testing.assert_close(v, angle.cos() * noise - angle.sin() * x0, **close)
    back, again = process.split(x_t, v, t)
    torch.testing.assert_close(back, x0)
    torch.testing.assert_close(again, noise)


# Lin et al. 2024 (arXiv 2305.08891), table 2, less one; leading steps have Stable Diffusion's
# offset of 1. Diffusers' multistep solvers divide the times by one step more, but for trailing.
ONE_STEP = {
    "leading": [751, 501, 251, 1],
    "trailing": [999, 749, 499, 249],
    "linspace": [999, 666, 333, 0],
}
MULTISTEP = {
    "leading": [801, 601, 401, 201],
    "trailing": [999, 749, 499, 249],
    "linspace": [999, 749, 500, 250],
}


@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace"])
@pytest.mark.parametrize("name", SPACED)
def test_four_steps_lie_where_the_spacing_says(name: str, spacing: str) -> None:
    wanted = (MULTISTEP if name in ("dpmpp_2m", "unipc") else ONE_STEP)[spacing]
    times = by_name(name, 4, spacing).timesteps.round().long().tolist()
    assert list(dict.fromkeys(times)) == wanted  # PNDM comes to its second time again


# --- whole samplings against solutions ---


def drawn(scheduler: Any, denoise: Any, noise: Tensor, **options: Any) -> Tensor:
    """Run a scheduler with the v of a denoiser of x_t / alpha_t at sigma_t / alpha_t."""
    x = noise * scheduler.init_noise_sigma
    for t in scheduler.timesteps:
        x_t = scheduler.scale_model_input(x, t)
        alpha, sigma = ABAR[t.long()].sqrt(), (1 - ABAR[t.long()]).sqrt()
        x0 = denoise(x_t / alpha, sigma / alpha)
        v = alpha * (x_t - alpha * x0) / sigma - sigma * x0
        x = scheduler.step(v, t, x, **options).prev_sample
    return x


def two_points(x: Tensor, sigma: Tensor) -> Tensor:
    """Return E[x0 | x] of data at -2 and 2 in every place: beyond what clipping would leave."""
    return 2 * torch.tanh(2 * x / sigma**2)


def wide(x: Tensor, sigma: Tensor) -> Tensor:
    """Return E[x0 | x] of data N(0, 1.5²)."""
    return 1.5**2 / (1.5**2 + sigma**2) * x


NOISE = torch.randn(1, 4, 8, 8, generator=stream("picture")).double()


@pytest.mark.parametrize(
    ("name", "peer"),
    [("ddim", "euler"), ("euler", "euler"), ("dpmpp_2m", "dpmpp_2m"), ("unipc", "unipc")],
)
def test_pictures_are_sampled_as_points_are(name: str, peer: str) -> None:
    """Trailing steps from the last time to clean data, on the same noise levels."""
    scheduler = by_name(name, 8)
    times = np.arange(999, 0, -125)
    assert scheduler.timesteps.long().tolist() == times.tolist()
    sigmas = ((1 - ABAR[times]) / ABAR[times]).sqrt()
    levels = torch.cat([sigmas, torch.zeros(1).double()])
    start = NOISE * (sigmas[0] if name == "euler" else 1 / ABAR[-1].sqrt())
    wanted = samplers.last(samplers.ODE_SAMPLERS[peer](two_points, start, levels))
    found = drawn(scheduler, two_points, NOISE)
    torch.testing.assert_close(found.double(), wanted, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("spacing", ["trailing", "leading", "linspace"])
@pytest.mark.parametrize("name", ["ddim", "pndm", "euler", "dpmpp_2m", "unipc"])
def test_every_ode_sampler_ends_near_the_solution(name: str, spacing: str) -> None:
    """Of N(0, s²) the deviation of x_t is known at each time; x_T is noise."""
    exact = NOISE * 1.5 / (1.5**2 * ABAR[-1] + 1 - ABAR[-1]).sqrt()
    found = drawn(by_name(name, 100, spacing), wide, NOISE)
    torch.testing.assert_close(found.double(), exact, rtol=0.06, atol=0.01)


def test_ancestral_samples_have_the_deviation_of_the_data() -> None:
    noise = torch.randn(1, 4, 64, 64, generator=stream("many"))
    scheduler = by_name("euler_ancestral", 100)
    found = drawn(scheduler, wide, noise.double(), generator=stream("sampler"))
    assert found.std().item() == pytest.approx(1.5, rel=0.05)
    together = (found * noise).mean() / found.std()
    assert together.abs() < 0.2, "it forgets the first noise; an ODE keeps it"


def test_one_step_of_lcm_lands_on_the_predicted_data() -> None:
    found = drawn(by_name("lcm", 1), two_points, NOISE)
    wanted = two_points(NOISE / ABAR[-1].sqrt(), ((1 - ABAR[-1]) / ABAR[-1]).sqrt())
    torch.testing.assert_close(found.double(), wanted, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("after", ["trailing", "leading"])
@pytest.mark.parametrize("name", ["lcm", "ddim", "pndm"])
def test_where_the_last_step_ends_does_not_depend_on_the_sampling_before(
    name: str, after: str
) -> None:
    """At the first time of training, as shipped, unless the steps are trailing ones."""
    config = scheduler_of(SHIPPED, Sampling("ddim", 4, 1, after)).config
    spacing = "leading" if name in SPACED else ""
    scheduler = scheduler_of(config, Sampling(name, 4, 1, spacing))
    assert scheduler.final_alpha_cumprod.item() == pytest.approx(ABAR[0].item(), rel=1e-5)


def test_the_shipped_scheduler_ends_at_the_first_time_of_training() -> None:
    """As Stable Diffusion 1.5: `set_alpha_to_one: false`."""
    assert shipped_scheduler().final_alpha_cumprod.item() == pytest.approx(ABAR[0].item())


# --- evaluations, guidance ---


def told(width: int | None) -> Any:
    """Return a pipeline whose U-Net is told its scale, or is not (None)."""
    config = SimpleNamespace(time_cond_proj_dim=width, in_channels=4, sample_size=8)
    return SimpleNamespace(unet=SimpleNamespace(config=config))


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("name", SAMPLERS)
def test_evaluations_are_the_times_of_the_scheduler_twice_under_guidance(
    name: str, steps: int
) -> None:
    calls = len(by_name(name, steps).timesteps)
    assert nfe(told(None), Sampling(name, steps, 1.0)) == calls
    assert nfe(told(None), Sampling(name, steps, 1.5)) == 2 * calls
    assert nfe(told(256), Sampling(name, steps, 8.0)) == calls, (
        "a scale that is told costs nothing"
    )


def test_of_one_call_the_first_half_is_with_captions() -> None:
    seen = list[tuple[Tensor, ...]]()

    def predict(*point: Tensor) -> Tensor:
        seen.append(point)
        return point[2]

    x, t = torch.arange(2.0)[:, None], torch.tensor([3, 4])
    captions, empty = torch.tensor([[5.0], [6.0]]), torch.tensor([[0.0], [0.0]])
    with_text, without = with_and_without(predict, x, t, captions, empty)
    assert torch.equal(with_text, captions) and torch.equal(without, empty)
    ((both, times, _),) = seen
    assert both.flatten().tolist() == [0, 1, 0, 1] and times.tolist() == [3, 4, 3, 4]


# --- what a pipeline is asked for ---


class Painter:
    """Stands for a pipeline: it keeps what it is asked and gives the first noise back."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        self.scheduler, self.asked = shipped_scheduler(), list[dict[str, Any]]()
        self.unet = told(None).unet
        self.unet.dtype = torch.float32

    def set_progress_bar_config(self, disable: bool) -> None:
        """Do nothing."""

    def __call__(self, **asked: Any) -> SimpleNamespace:
        self.asked.append(asked)
        return SimpleNamespace(images=asked["latents"])


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Painter:
    monkeypatch.setattr(sampling, "developed", lambda pipeline, latents: latents)
    return Painter()


PROMPTS = ["one", "two", "three", "four", "five"]
DDIM = Sampling("ddim", 4, 2.5, "trailing")


def test_every_sampler_begins_at_the_same_noise_and_every_picture_at_its_own(
    painter: Painter,
) -> None:
    whole = sampled(painter, PROMPTS, DDIM, 3)
    for of in (Sampling("lcm", 2, 1), Sampling("euler_ancestral", 7, 1, "leading")):
        assert torch.equal(sampled(painter, PROMPTS, of, 3, chunk=2), whole)
    assert torch.equal(whole, first_noise(painter, 5, 3))
    assert whole.flatten(1).unique(dim=0).shape == (5, 256), "two pictures share their noise"
    assert not torch.isclose(whole, sampled(painter, PROMPTS, DDIM, 4)).all()


def test_a_pipeline_is_asked_for_the_steps_and_the_scale_of_diffusers(painter: Painter) -> None:
    sampled(painter, PROMPTS, DDIM, chunk=2)
    assert [one["prompt"] for one in painter.asked] == [PROMPTS[:2], PROMPTS[2:4], PROMPTS[4:]]
    for one in painter.asked:
        assert (one["num_inference_steps"], one["guidance_scale"]) == (4, 2.5)
    assert painter.scheduler.config.timestep_spacing == "trailing"


def test_samplers_add_other_noise_in_every_chunk_and_with_every_seed(painter: Painter) -> None:
    of = Sampling("lcm", 4, 1)
    for seed in (0, 1):
        sampled(painter, PROMPTS, of, seed, chunk=2)
    seeds = [one["generator"].initial_seed() for one in painter.asked]
    assert len(seeds) == 6 == len(set(seeds))
    assert not set(seeds) & {stream("latent noise", seed).initial_seed() for seed in (0, 1)}


def test_decoded_latents_are_divided_by_their_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    class Vae:
        dtype = torch.float32
        config = SimpleNamespace(scaling_factor=0.25, force_upcast=False)

        def to(self, *kind: Any, **options: Any) -> Any:
            return self

    monkeypatch.setattr(sampling, "decoded", lambda vae, latents: latents)
    latents = torch.randn(2, 4, 8, 8, generator=stream("latents"))
    found = sampling.developed(SimpleNamespace(vae=Vae()), latents)
    torch.testing.assert_close(found, 4 * latents)
