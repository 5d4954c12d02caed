"""Methods on the tiny Stable Diffusion, on an untrained one: what they learn is what is loaded."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import torch
from tiny_base import RECIPE
from tiny_students import student, trained

from pipelines.contracts.latent import UnetShape
from pipelines.diffusion.randomness import stream
from pipelines.evaluation.latent.folders import pipeline_of
from pipelines.methods.latent import denoiser, guidance_distillation, lcm, text, told_guidance
from pipelines.methods.latent.consistency import boundary, ends
from pipelines.methods.latent.lora import ADAPTER, LowRank, adapter
from pipelines.methods.latent.pipeline import load, with_adapters
from pipelines.methods.latent.process import Process, guided_velocity
from pipelines.methods.latent.student_objective import StudentObjective
from pipelines.methods.latent.training_context import TrainingContext, copied, predictor
from pipelines.registry import LATENT_METHODS

pytestmark = pytest.mark.slow

TRAINED = [name for name, method in LATENT_METHODS.items() if method.module]


@dataclass(frozen=True)
class Learnt:
    """What a method has learnt in three steps, and the folder where it wrote that."""

    weights: dict[str, torch.Tensor]
    objective: StudentObjective
    folder: Path


@pytest.fixture(scope="module")
def learnt(base, cached, tmp_path_factory):
    """Train each method once for all tests here, none of which changes what was learnt."""

    @cache
    def of(method: str) -> Learnt:
        objective, training = trained(student(method), base, cached)
        folder = tmp_path_factory.mktemp(method) / "own"
        objective.write(training.weights(), folder)
        return Learnt(training.weights(), objective, folder)

    return of


def asked(seed=0):
    generator = stream("answer", seed)
    x = torch.randn(2, 4, 8, 8, generator=generator)
    return x, torch.tensor([999, 259]), torch.randn(2, 16, 16, generator=generator)


def answer(unet, seed=0, **more):
    with torch.no_grad():
        return unet(*asked(seed), **more).sample


def answered(objective, **more):
    """What a student answers: of an adapter the U-Net that it is for, with the adapter."""
    if isinstance(objective.network, LowRank):
        with torch.no_grad():
            return objective.adapted()(*asked())
    return answer(objective.network, **more)


@pytest.mark.parametrize("method", TRAINED)
def test_what_is_loaded_is_what_was_learnt(method, base, learnt):
    told = method in ("lcm", "guidance_distillation")
    more = {"timestep_cond": torch.zeros(2, 32)} if told else {}
    wanted = answered(learnt(method).objective, **more)
    pipeline = pipeline_of(student(method), learnt(method).folder, {"teacher": base})
    tolerance = 2e-3 if LATENT_METHODS[method].leaves == "pipeline" else 1e-5  # float16 on disk
    assert torch.allclose(answer(pipeline.unet, **more), wanted, atol=tolerance)
    assert not torch.allclose(answer(load(base).unet), wanted, atol=2 * tolerance)


@pytest.mark.parametrize("method", TRAINED)
def test_two_runs_give_the_same_bits(method, base, cached, learnt):
    one, two = learnt(method).weights, trained(student(method), base, cached)[1].weights()
    assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("method", ["lcm_lora", "style_lora"])
def test_only_the_adapter_learns(method, base, learnt):
    objective, weights = learnt(method).objective, learnt(method).weights
    assert weights.keys() == dict(objective.network.named_parameters()).keys()
    before = load(base).unet.state_dict()
    for name, weight in objective.context.pipeline.unet.state_dict().items():
        assert torch.equal(weight, before[name]), name


def test_factors_fused_for_a_step_answer_and_learn_as_in_peft(base):
    unet = copied(load(base).unet)
    ours, theirs = LowRank(copied(unet), rank=3, seed=5), copied(unet)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        theirs.add_adapter(adapter(3), ADAPTER)
    layers = dict(theirs.named_parameters())
    of_peft = [(n, w) for n, w in layers.items() if "lora" in n]
    narrow, wide = ([w for n, w in of_peft if kind in n] for kind in ("lora_A", "lora_B"))
    with torch.no_grad():  # B is zero at first: it would hide A
        for mine, other in zip(ours.wide, wide, strict=True):
            torch.nn.init.normal_(other, 0, 0.3, generator=stream("b", other.numel()))
            mine.copy_(other)
    found, wanted = predictor(unet, ours.fused())(*asked()), theirs(*asked()).sample
    assert torch.allclose(found, wanted, atol=1e-5) and not torch.allclose(answer(unet), wanted)
    found.square().mean().backward()
    wanted.square().mean().backward()
    for mine, other in zip([*ours.narrow, *ours.wide], [*narrow, *wide], strict=True):
        assert torch.equal(mine, other)
        assert torch.allclose(mine.grad, other.grad, rtol=1e-3, atol=1e-6)


def test_an_adapter_counts_by_its_weight(base, learnt):
    style = learnt("style_lora")
    plain, full = answer(load(base).unet), answered(style.objective)
    none = with_adapters(load(base), {style.folder: 0.0})
    whole = with_adapters(load(base), {style.folder: 1.0})
    assert torch.allclose(answer(none.unet), plain, atol=1e-5)
    assert torch.allclose(answer(whole.unet), full, atol=1e-5)


def test_a_student_of_distillation_begins_where_the_adapter_left_it(base, cached, learnt):
    context = TrainingContext(load(base), cached, learnt("lcm_lora").folder)
    wanted = answered(learnt("lcm_lora").objective)
    assert torch.allclose(answer(context.pipeline.unet), wanted, atol=1e-5)
    assert torch.equal(answer(context.teacher), answer(load(base).unet))


def test_an_adapter_of_another_shape_is_refused(base, learnt):
    pipeline = load(base)
    wider = RECIPE.model_copy(update={"unet": UnetShape(channels=(16, 32), heads=2)})
    tokenizer = text.tokenizer_of(RECIPE.text)
    pipeline.unet = denoiser.networks(wider, tokenizer, 8)["unet"]
    with pytest.raises(RuntimeError, match="size mismatch"):
        with_adapters(pipeline, {learnt("lcm_lora").folder: 1.0})


def test_an_option_that_a_method_does_not_have_is_named(base, cached):
    with pytest.raises(ValueError, match=r"a\.yaml: `lcm_lora` has no option `skips`; it has"):
        trained(student("lcm_lora", skips=3), base, cached)


def test_add_without_either_loss_is_refused(base, cached):
    with pytest.raises(ValueError, match=r"a\.yaml: .* leave no loss: give one of them a weight"):
        trained(student("add", adversarial=0, distillation=0), base, cached)


def test_a_network_made_in_memory_can_be_told_the_guidance():
    fresh = denoiser.networks(RECIPE, text.tokenizer_of(RECIPE.text), 8)["unet"]
    told = told_guidance.widened(fresh, 32, 0)
    assert torch.equal(answer(told, timestep_cond=torch.ones(2, 32)), answer(fresh))


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
    assert guided_velocity(predict, x, t, told, empty, w).flatten().tolist() == [
        2.0,
        0.5 + 3 * 1.5,
    ]


def test_scales_of_guidance_are_mirrored_over_the_same_scenes(base, cached, monkeypatch):
    """Of a batch, both halves are the same but for the scale that the student is told.

    The teacher is asked once for both, and each half steps where its own scale leads.
    """
    seen, asked_for, ask = [], [], told_guidance.with_and_without
    monkeypatch.setattr(lcm, "guidance_embedding", lambda w, width: w)
    monkeypatch.setattr(
        told_guidance,
        "with_and_without",
        lambda *told: asked_for.append(len(told[1])) or ask(*told),
    )
    monkeypatch.setattr(
        lcm.TellingGuidance, "velocity", lambda self, *told: seen.append(told[:4]) or told[0]
    )
    objective = lcm.make(
        TrainingContext(load(base), cached), student("lcm", w_low=2.0, w_high=6.0)
    )
    objective.terms(0)
    assert asked_for == [2]  # of a batch of four
    (x_s, s, _, _), (x_t, t, states, w) = seen
    for part in (x_t, t, states):
        assert torch.equal(*part.chunk(2))
    first, second = w.chunk(2)
    assert torch.allclose(first + second, torch.full_like(first, 8.0))
    assert first.unique().numel() == len(first)
    empty = objective.context.hidden_states[-1:].expand(len(t), -1, -1)
    teacher, process = predictor(objective.context.teacher), objective.context.process
    v = guided_velocity(teacher, x_t, t, states, empty, w[:, None, None, None])
    assert torch.allclose(x_s, process.ddim(x_t, v, t, s), atol=1e-5)


def test_variants_see_the_same_scenes_and_noise_and_what_goes_on_sees_others(base, cached):
    context = TrainingContext(load(base), cached)
    one, longer = student("lcm_lora"), student("lcm_unet")
    other = longer.model_copy(update={"name": "another", "options": {"skip": 20}})
    after, told = (
        longer.model_copy(update={"needs": {"teacher": "base", role: "one"}})
        for role in ("adapter", "told")
    )
    again = one.again(1)
    x0, *others = (
        import_module(LATENT_METHODS[of.method].module).make(context, of).batch(7).noise
        for of in (one, longer, other, after, told, again)
    )
    assert [torch.equal(x0, noise) for noise in others] == [True, True, False, False, False]


def test_a_student_may_begin_as_a_network_that_is_told_the_guidance(base, cached):
    told = told_guidance.widened(load(base).unet, 32, seed=1)
    torch.nn.init.ones_(told.time_embedding.cond_proj.weight)
    context = TrainingContext(load(base), cached, None, told)
    needs = {"teacher": "base", "told": "guided"}
    of = student("lcm").model_copy(update={"needs": needs})
    network = lcm.make(context, of).network
    for own, given in zip(network.parameters(), told.parameters(), strict=True):
        assert torch.equal(own, given) and own is not given and own.requires_grad
    with pytest.raises(ValueError, match="`guided` is not told the guidance in 16 numbers"):
        lcm.make(context, of.model_copy(update={"options": {"width": 16}}))


def test_guidance_distillation_wants_what_the_pipeline_makes_of_two_answers(
    base, cached, monkeypatch
):
    """The loss is zero for a student that says what its teacher does under each scale."""
    objective = guidance_distillation.make(
        TrainingContext(load(base), cached),
        student("guidance_distillation", w_low=2.0, w_high=6.0),
    )
    context = objective.context
    teacher, off, times = predictor(context.teacher), 0.0, []

    def says(self, x_t, t, condition, told):
        times.extend(t.tolist())
        empty = context.hidden_states[-1:].expand(len(t), -1, -1)
        v = guided_velocity(teacher, x_t, t, condition, empty, told[:, None, None, None])
        return v + off

    monkeypatch.setattr(guidance_distillation, "guidance_embedding", lambda w, width: w)
    monkeypatch.setattr(guidance_distillation.GuidanceDistillation, "velocity", says)
    assert objective.terms(0)["loss"] < 1e-9
    off = 0.5
    assert objective.terms(0)["loss"] == pytest.approx(0.25)
    assert min(times) < 500 <= max(times)  # at every time that is sampled, not at few


@pytest.mark.parametrize("method", ["lcm_lora", "lcm_unet"])
def test_the_untold_student_is_compared_one_guided_step_below(method, base, cached, learnt):
    """The loss by algorithm 1 of the LCM report, written out.

    The whole U-Net begins with an adapter fused: its teacher stays the base. The average is
    another network than the student, so that taking one for the other would show.
    """
    of = student(method, w_low=3.0, w_high=3.0, huber=0.03, skip=100)
    adapter = learnt("lcm_lora").folder if method == "lcm_unet" else None
    context = TrainingContext(load(base), cached, adapter)
    objective = import_module(LATENT_METHODS[method].module).make(context, of)
    own = dict(objective.network.named_parameters())
    objective.follow({name: 1.5 * weight.detach() + 0.01 for name, weight in own.items()})
    batch, process = objective.batch(0), context.process
    t = batch.choice(objective.times)
    batch.uniform(3.0, 3.0)
    s = (t - 100).clamp(min=0)
    x_t = process.noised(batch.x0, batch.noise, t)
    teacher, w = predictor(load(base).unet), torch.full((len(t), 1, 1, 1), 3.0)
    v = guided_velocity(teacher, x_t, t, batch.condition, batch.empty, w)
    x0, noise = process.split(x_t, v, t)
    x_s = process.noised(x0, noise, s)
    average = objective.student(objective.average)
    one = ends(process, x_t, objective.student()(x_t, t, batch.condition), t)
    other = ends(process, x_s, average(x_s, s, batch.condition), s)
    wanted = (((one - other).square() + 0.03**2).sqrt() - 0.03).mean()
    assert objective.terms(0)["loss"].item() == pytest.approx(wanted.item(), rel=1e-4)
