"""Stand-ins for U-Nets and contexts, and the formulas of the process written out once more.

Nothing here asks the process of the package for its rates, its steps, or its guidance.
"""

from copy import deepcopy
from importlib import import_module
from types import SimpleNamespace

import pytest
import torch
from diffusers.configuration_utils import FrozenDict
from diffusers.loaders import PeftAdapterMixin
from tiny_students import student
from torch import nn

from pipelines.contracts.latent import Tuning
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent.process import Process
from pipelines.methods.latent.training_context import TrainingContext
from pipelines.registry import LATENT_METHODS

BATCH = 64
BETAS = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64).square()
ALPHAS_CUMPROD = (1 - BETAS).cumprod(0).float()  # of Stable Diffusion 1.5


class StandIn(PeftAdapterMixin, nn.Module):
    """What a U-Net takes and returns: v depends on x_t, on the time, the text and the guidance."""

    def __init__(self, *seed: object) -> None:
        super().__init__()
        self.config = FrozenDict({"in_channels": 4})
        self.conv1 = nn.Conv2d(4, 4, 1)  # by this name an adapter finds it
        self.text, self.time = nn.Linear(6, 4), nn.Linear(1, 4)
        self.guidance = nn.Linear(32, 4)
        generator = stream("stand-in", *seed)
        for weight in self.parameters():
            nn.init.normal_(weight, 0, 0.5, generator=generator)

    def forward(self, x_t, t, condition, timestep_cond=None):
        time = torch.sin(t.float()[:, None])  # one time more or less shows
        moved = self.text(condition.mean(1)) + self.time(time)
        if timestep_cond is not None:
            moved = moved + self.guidance(timestep_cond)
        return SimpleNamespace(sample=self.conv1(x_t) + moved[:, :, None, None])


class StandInContext(TrainingContext):
    """Random latents in two styles with captions, a teacher, and what a student begins as."""

    def __init__(self) -> None:
        self.teacher = StandIn("teacher").requires_grad_(False)
        self.pipeline = SimpleNamespace(unet=StandIn("student").requires_grad_(False))
        self.process, self.device = Process(), torch.device("cpu")
        generator = stream("scenes")
        self.hidden_states = torch.randn(10, 3, 6, generator=generator)
        self.cached = {}
        for style in ("base", "night"):
            self.cached[f"latents.{style}"] = torch.randn(40, 4, 2, 2, generator=generator)
            self.cached[f"captions.{style}"] = torch.randint(9, (40,), generator=generator)

    def batch(self, count, step, seed, style="base"):
        return super().batch(count, step, "any", style)


def begun(method, style="base", steps=8, **options):
    """Return an objective whose average is another network than the one that learns."""
    module = import_module(LATENT_METHODS[method].module)
    tuning = Tuning(steps=steps, batch=BATCH, lr=0.02, ema=0.5)
    of = student(method, **options).model_copy(update={"train": tuning, "style": style})
    made = module.make
    if method in ("lcm", "guidance_distillation"):
        unwidened = {"new_network": lambda self: deepcopy(self.context.pipeline.unet)}
        made = type("Told", (module.make,), unwidened)
    objective = made(StandInContext(), of)
    for name, weight in objective.network.named_parameters():
        weight.requires_grad_(True)
        with torch.no_grad():  # B of an adapter is zero at first: it would hide A
            weight.add_(torch.randn(weight.shape, generator=stream(name)), alpha=0.3)
    own = dict(objective.network.named_parameters())
    objective.follow({name: 0.7 * weight.detach() - 0.1 for name, weight in own.items()})
    return objective


def rates(t):
    kept = ALPHAS_CUMPROD[t][:, None, None, None]
    return kept.sqrt(), (1 - kept).sqrt()


def parted(x_t, v, t):
    """Return x0 and noise from v (Salimans & Ho 2022, appendix D)."""
    alpha, sigma = rates(t)
    return alpha * x_t - sigma * v, sigma * x_t + alpha * v


def noised(x0, noise, t):
    alpha, sigma = rates(t)
    return alpha * x0 + sigma * noise


def guided(unet, x_t, t, batch, w):
    """Return v of Ho & Salimans 2022 in the scale of diffusers: w = 1 is no guidance."""
    with torch.no_grad():
        given, none = (unet(x_t, t, s).sample for s in (batch.condition, batch.empty))
    return (1 - w) * none + w * given


def jumped(x_t, v, t):
    """Return f(x_t, t) of Luo et al. 2023, section 4.1, as LCMScheduler has it."""
    scaled = 10.0 * t[:, None, None, None]
    c_skip, c_out = 0.25 / (scaled**2 + 0.25), scaled / (scaled**2 + 0.25) ** 0.5
    return c_skip * x_t + c_out * parted(x_t, v, t)[0]


def huber(x, y, c):
    return (((x - y) ** 2 + c * c) ** 0.5 - c).mean()


def with_weights(objective, weights):
    """Return the student as a function of its weights, those of an adapter multiplied out."""
    unet = deepcopy(objective.context.pipeline.unet)
    with torch.no_grad():
        if "wide.0" in weights:
            wide, narrow = weights["wide.0"].flatten(1), weights["narrow.0"].flatten(1)
            unet.conv1.weight += (wide @ narrow).view_as(unet.conv1.weight)
        else:
            unet.load_state_dict(weights)
    return unet


def live(objective):
    return with_weights(objective, dict(objective.network.named_parameters()))


def assert_loss(found, wanted):
    assert found.item() == pytest.approx(wanted.item(), rel=2e-4)


def assert_same(found, wanted):
    assert torch.allclose(found, wanted, rtol=1e-3, atol=1e-4)


def assert_gradients(objective, loss, wanted):
    """Compare the gradients of two losses in the student's weights."""
    own = dict(objective.network.named_parameters())
    learning = [weight for name, weight in own.items() if "guidance" not in name]
    both = (torch.autograd.grad(one, learning) for one in (loss, wanted))
    for one, other in zip(*both, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-6)


def drawn_end(objective, times):
    """Return the batch of the first step and where the student jumps to."""
    batch = objective.batch(0)
    t = batch.choice(times)
    x_t = noised(batch.x0, batch.noise, t)
    return batch, jumped(x_t, objective.network(x_t, t, batch.condition).sample, t)
