"""A critic that sees latents through the frozen teacher."""

import pytest
import torch
from tiny_students import student
from torch import nn

from pipelines.diffusion.muon import Muon
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent import add
from pipelines.methods.latent.critic import Adversary
from pipelines.methods.latent.critic_features import TIMES, Heads, TeacherFeatures
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.training_context import TrainingContext


@pytest.fixture(scope="module")
def context(base, cached):
    return TrainingContext(load(base), cached)


def eyes_of(context):
    return TeacherFeatures(context.teacher, context.process, context.hidden_states[-1:], seed=3)


def latents(context, *seed, count=6):
    side = context.teacher.config.sample_size
    return torch.randn(count, 4, side, side, generator=stream("latents", *seed))


def test_the_maps_are_those_of_the_teacher_at_latents_that_are_noised_a_little(context):
    """The same blocks, asked by hand at the same times and noise."""
    x, eyes = latents(context), eyes_of(context)
    maps = eyes(x)
    generator = stream("critic", 3)
    t = torch.randint(*TIMES, (len(x),), generator=generator)
    x_t = context.process.noised(x, torch.randn(x.shape, generator=generator), t)
    unet, empty = context.teacher, context.hidden_states[-1:].expand(len(x), -1, -1)
    with torch.no_grad():
        embedded = unet.time_embedding(unet.time_proj(t))
        found = unet.conv_in(x_t)
        for block, seen in zip(unet.down_blocks, maps, strict=False):
            told = {"encoder_hidden_states": empty} if hasattr(block, "attentions") else {}
            found, _ = block(found, embedded, **told)
            assert torch.allclose(found, seen, atol=1e-5)
        middle = unet.mid_block(found, embedded, encoder_hidden_states=empty)
    assert torch.allclose(middle, maps[-1], atol=1e-5) and len(maps) == len(unet.down_blocks) + 1
    assert not torch.allclose(eyes(x)[0], maps[0])  # other noise the next time


def test_a_gradient_reaches_the_latents_and_not_the_teacher(context):
    x = latents(context).requires_grad_(True)
    sum(each.square().sum() for each in eyes_of(context)(x)).backward()
    assert x.grad is not None and x.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in context.teacher.parameters())


class LinearHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(16, 1, generator=stream("linear")))

    def forward(self, maps, text):
        return maps[0].flatten(1) @ self.weight


def test_the_slope_is_penalised_where_the_heads_begin():
    """Sauer et al. 2023 (arXiv 2311.17042), section 3.2: on the heads' input, here 2 x."""
    gradients = []
    for r1 in (0.0, 0.7):
        adversary = Adversary(4, 2, 0.02, r1, seed=0, eyes=lambda x: (2 * x,))
        adversary.critic = LinearHead()
        adversary.muon = Muon(adversary.critic)
        adversary.muon.step = lambda *_: None
        x, text = torch.randn(8, 4, 2, 2, generator=stream("x")), torch.zeros(8, 2)
        adversary.learn(x, -x, text, text)
        gradients.append(adversary.critic.weight.grad)
    wanted = 2 * 0.7 * adversary.critic.weight
    assert torch.allclose(gradients[1] - gradients[0], wanted, rtol=1e-4, atol=1e-5)


def test_heads_learn_to_tell_real_from_made_and_right_captions_from_wrong(context):
    """Two captions, each with latents of its own; what is made is rougher."""
    text = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).repeat(8, 1)
    side = context.teacher.config.sample_size
    own = torch.randn(2, 4, side, side, generator=stream("own")).repeat(8, 1, 1, 1)
    real = own + 0.1 * latents(context, 1, count=16)
    fake = own + 3 * latents(context, 2, count=16)
    adversary = Adversary(4, 2, 0.02, 0.001, seed=0, eyes=eyes_of(context))
    assert isinstance(adversary.critic, Heads)
    for _ in range(150):
        adversary.learn(real, fake, text, text.roll(1, 0))
    with torch.no_grad():
        right, made, wrong = (
            adversary.critic(adversary.look(x), y).mean()
            for x, y in ((real, text), (fake, text), (real, text.roll(1, 0)))
        )
    assert right > made + 0.5 and right > wrong + 0.1


def test_add_looks_through_its_teacher_if_it_is_told_to(context):
    seen, plain = (add.make(context, student("add", features=told)).adversary for told in (1, 0))
    assert isinstance(seen.look, TeacherFeatures) and isinstance(seen.critic, Heads)
    assert not context.teacher.mid_block._forward_hooks  # what others use
    x = latents(context)
    assert plain.look(x) is x
