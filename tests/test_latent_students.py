"""Methods on the tiny Stable Diffusion, on an untrained one: what they learn is what is loaded."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import torch
from tiny_base import RECIPE, written

from pipelines.contracts.latent import Tuning, UnetShape
from pipelines.contracts.student import Student
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent import denoiser, lcm, text
from pipelines.methods.latent.consistency import boundary, ends
from pipelines.methods.latent.ground import Ground
from pipelines.methods.latent.pipeline import load, with_adapters
from pipelines.methods.latent.process import Process, guided
from pipelines.methods.latent.training import Training
from pipelines.registry import STUDENTS
from pipelines.stages.latent.banking import banked
from pipelines.stages.latent.folders import pipeline_of

TRAINED = [name for name, method in STUDENTS.items() if method.module]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return written(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def bank(base):
    arrays = dict[str, torch.Tensor]()
    for style in ("base", "pencil", "night"):
        arrays |= banked(load(base).vae, style, 16)
    return {name: array.numpy() for name, array in arrays.items()}


def student(method, steps=3, **options):
    needs = {"teacher": "base"}
    tuning = Tuning(steps=steps, batch=4, lr=0.02, ema=0.5)
    return Student(
        name=f"a-{method.replace('_', '-')}", file="a.yaml", title="A", method=method, needs=needs,
        train=tuning, options=options, systems=("lcm@1,w=1",),
    )  # fmt: skip


def trained(of, base, bank, adapter=None):
    ground = Ground(load(base), bank, adapter)
    learning = import_module(STUDENTS[of.method].module).make(ground, of)
    training = Training(learning, learning.tuning)
    learning.follow(training.weights())
    for _ in range(of.train.steps):
        training.step()
    return learning, training


@dataclass(frozen=True)
class Learnt:
    """What a method has learnt in three steps, and the folder where it wrote that."""

    weights: dict[str, torch.Tensor]
    network: torch.nn.Module
    folder: Path


@pytest.fixture(scope="module")
def learnt(base, bank, tmp_path_factory):
    """Train each method once for all tests here, none of which changes what was learnt."""

    @cache
    def of(method: str) -> Learnt:
        learning, training = trained(student(method), base, bank)
        folder = tmp_path_factory.mktemp(method) / "own"
        learning.write(training.weights(), folder)
        return Learnt(training.weights(), learning.network, folder)

    return of


def answer(unet, seed=0, **more):
    generator = stream("answer", seed)
    x = torch.randn(2, 4, 8, 8, generator=generator)
    states = torch.randn(2, 16, 16, generator=generator)
    with torch.no_grad():
        return unet(x, torch.tensor([999, 259]), states, **more).sample


@pytest.mark.parametrize("method", TRAINED)
def test_what_is_loaded_is_what_was_learnt(method, base, learnt):
    more = {"timestep_cond": torch.zeros(2, 32)} if method == "lcm" else {}
    wanted = answer(learnt(method).network, **more)
    pipeline = pipeline_of(student(method), learnt(method).folder, {"teacher": base})
    tolerance = 2e-3 if STUDENTS[method].leaves == "pipeline" else 1e-5  # float16 on disk
    assert torch.allclose(answer(pipeline.unet, **more), wanted, atol=tolerance)
    assert not torch.allclose(answer(load(base).unet), wanted, atol=2 * tolerance)


@pytest.mark.parametrize("method", TRAINED)
def test_two_runs_give_the_same_bits(method, base, bank, learnt):
    one, two = learnt(method).weights, trained(student(method), base, bank)[1].weights()
    assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("method", ["lcm_lora", "style_lora"])
def test_only_the_adapter_learns(method, base, learnt):
    before = load(base).unet.state_dict()
    for name, weight in learnt(method).weights.items():
        if "lora" not in name:
            assert torch.equal(weight, before[name.replace(".base_layer", "")])


def test_an_adapter_counts_by_its_weight(base, learnt):
    style = learnt("style_lora")
    plain, full = answer(load(base).unet), answer(style.network)
    none = with_adapters(load(base), {style.folder: 0.0})
    whole = with_adapters(load(base), {style.folder: 1.0})
    assert torch.allclose(answer(none.unet), plain, atol=1e-5)
    assert torch.allclose(answer(whole.unet), full, atol=1e-5)


def test_a_student_of_distillation_begins_where_the_adapter_left_it(base, bank, learnt):
    ground = Ground(load(base), bank, learnt("lcm_lora").folder)
    wanted = answer(learnt("lcm_lora").network)
    assert torch.allclose(answer(ground.pipeline.unet), wanted, atol=1e-5)
    assert torch.equal(answer(ground.teacher), answer(load(base).unet))


def test_an_adapter_of_another_shape_is_refused(base, learnt):
    pipeline = load(base)
    wider = RECIPE.model_copy(update={"unet": UnetShape(channels=(16, 32), heads=2)})
    tokenizer = text.tokenizer_of(RECIPE.text)
    pipeline.unet = denoiser.networks(wider, tokenizer, 8)["unet"]
    with pytest.raises(RuntimeError, match="size mismatch"):
        with_adapters(pipeline, {learnt("lcm_lora").folder: 1.0})


def test_an_option_that_a_method_does_not_have_is_named(base, bank):
    with pytest.raises(ValueError, match=r"a\.yaml: `lcm_lora` has no option `skips`; it has"):
        trained(student("lcm_lora", skips=3), base, bank)


def test_ddim_with_the_exact_noise_follows_the_trajectory():
    """If the velocity is exact, a step of any length ends where the noise and data say."""
    process, generator = Process(), stream("ddim")
    x0, noise = (torch.randn(5, 4, 8, 8, generator=generator) for _ in range(2))
    t, s = torch.tensor([999, 700, 500, 120, 19]), torch.tensor([0, 300, 499, 20, 0])
    x_t = process.noised(x0, noise, t)
    v = process.velocity(x0, noise, t)
    assert torch.allclose(process.ddim(x_t, v, t, s), process.noised(x0, noise, s), atol=1e-5)


def test_ddim_is_that_of_diffusers():
    from diffusers import DDIMScheduler

    scheduler = DDIMScheduler.from_config(denoiser.shipped_scheduler().config)
    scheduler.set_timesteps(10)
    generator = stream("peer")
    x, v = (torch.randn(1, 4, 8, 8, generator=generator) for _ in range(2))
    t = scheduler.timesteps[3]
    theirs = scheduler.step(v, t, x).prev_sample
    ours = Process().ddim(x, v, t[None], t[None] - 100)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_the_boundary_is_that_of_lcm_scheduler():
    from diffusers import LCMScheduler

    scheduler = LCMScheduler.from_config(denoiser.shipped_scheduler().config)
    for t in (0, 19, 259, 999):
        wanted = scheduler.get_scalings_for_boundary_condition_discrete(t)
        ours = [part.item() for part in boundary(torch.tensor([t]))]
        assert ours == pytest.approx([float(w) for w in wanted], abs=1e-6)
    x = torch.randn(1, 4, 8, 8)
    assert torch.allclose(ends(Process(), x, torch.randn_like(x), torch.tensor([0])), x)


def test_guidance_is_that_of_the_pipeline():
    def predict(x, t, states):
        return states.mean((1, 2))[:, None, None, None] * x

    x, told, empty = torch.ones(2, 1, 1, 1), torch.full((2, 3, 4), 2.0), torch.zeros(2, 3, 4) + 0.5
    t, w = torch.zeros(2, dtype=torch.long), torch.tensor([1.0, 3.0])[:, None, None, None]
    assert guided(predict, x, t, told, empty, w).flatten().tolist() == [2.0, 0.5 + 3 * 1.5]


def test_scales_of_guidance_are_mirrored_over_the_same_scenes(base, bank, monkeypatch):
    """Of a batch, both halves are the same but for the scale that the student is told."""
    seen = []
    monkeypatch.setattr(lcm, "guidance_embedding", lambda w, width: w)
    monkeypatch.setattr(lcm, "guided", lambda teacher, x, t, told, empty, w: torch.zeros_like(x))
    monkeypatch.setattr(
        lcm.TellingGuidance, "_v", lambda self, *told: seen.append(told[:4]) or told[0]
    )
    of = student("lcm", w_low=2.0, w_high=6.0)
    lcm.make(Ground(load(base), bank), of).terms(0)
    for part in seen[1][:3]:
        assert torch.equal(*part.chunk(2))
    first, second = seen[1][3].chunk(2)
    assert torch.allclose(first + second, torch.full_like(first, 8.0))
    assert first.unique().numel() == len(first)
