"""Autoencoder, text encoder, denoiser, judge: shapes, losses, and the pipeline they become."""

import json
from itertools import product

import pytest
import torch
from tiny_base import RECIPE
from warm import shared

from pipelines.contracts.keys import SPACINGS, Sampling
from pipelines.contracts.latent_experiment import SPACED
from pipelines.diffusion.randomness import stream
from pipelines.methods.latent import (
    autoencoder,
    denoiser,
    picture_metrics,
    pipeline,
    sampling,
    text,
)
from pipelines.scenes import scene_classifier
from pipelines.scenes.batches import MIX, pictures, psnr, step_scenes
from pipelines.scenes.scene_sampling import scenes
from pipelines.scenes.styles import STYLES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def coder():
    return autoencoder.new_autoencoder(RECIPE.autoencoder, 0)


@pytest.fixture(scope="module")
def tokenizer():
    return text.tokenizer_of(RECIPE.text)


@pytest.fixture(scope="module")
def networks(tokenizer):
    return denoiser.networks(RECIPE, tokenizer, 8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, coder, tokenizer, networks):
    path = tmp_path_factory.mktemp("base")
    pipeline.write_pipeline(pipeline.assembled(coder, tokenizer, networks), path)
    return path


def test_batches_mix_styles_in_turn_and_steps_share_no_scene():
    some = scenes(0, 10, "batch")
    mixed, plain = pictures(some, MIX), pictures(some)
    same = (mixed == plain).flatten(1).all(1).tolist()
    assert same == [True, True, True, False, False] * 2
    assert mixed.min() >= -1 and mixed.max() <= 1
    first, second = step_scenes(0, 6, "batch"), step_scenes(1, 6, "batch")
    assert torch.equal(
        torch.cat([first.attributes, second.attributes]), scenes(0, 12, "batch").attributes
    )


def test_decibels_have_their_closed_form():
    x = torch.zeros(2, 3, 4, 4)
    assert psnr(x + 0.2, x).tolist() == pytest.approx([20.0, 20.0], abs=1e-4)


def test_the_autoencoder_has_factor_eight_and_starts_almost_without_noise(coder):
    posterior = coder.encode(pictures(scenes(0, 2, "x"))).latent_dist
    assert posterior.mean.shape == (2, 4, 8, 8)
    assert posterior.std.mean() < 0.3
    again = autoencoder.new_autoencoder(RECIPE.autoencoder, 0)
    assert torch.equal(coder.decoder.conv_in.weight, again.decoder.conv_in.weight)


def test_reconstruction_tells_its_terms_and_repeats_them(coder):
    one = autoencoder.Reconstruction(coder, perception(), 4, 0)
    terms = one.terms(3)
    assert terms.keys() == {"loss", "absolute", "square", "slope", "perceived", "kl"}
    assert all(torch.equal(terms[name], value) for name, value in one.terms(3).items())
    assert not torch.equal(one.terms(4)["loss"], terms["loss"])


def perception(seed=0):
    return scene_classifier.new_classifier(seed, "perception").requires_grad_(False)


def test_pictures_differ_by_what_a_classifier_sees_of_them():
    """LPIPS without learnt weights (Zhang et al. 2018, equation 1), position by position.

    Unit vectors over the channels make it blind to a map's strength.
    """
    x, y = pictures(scenes(0, 2, "x")), pictures(scenes(2, 2, "x"))
    network, by_resolution = perception(), []
    for a, b in zip(network.stages(x), network.stages(y), strict=True):
        cosine = (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1))
        by_resolution.append((2 - 2 * cosine).mean())
    assert [len(a[0, 0]) for a in network.stages(x)] == [32, 16, 8, 4]
    assert torch.equal(network.stages(x)[-1], network.body(x))
    wanted = torch.stack(by_resolution).mean().item()
    assert autoencoder.perceived(network, x, y).item() == pytest.approx(wanted, rel=1e-4)
    assert autoencoder.perceived(network, x, x).item() == pytest.approx(0, abs=1e-6)


def test_the_perception_is_not_the_judge():
    judge, other = scene_classifier.new_classifier(0), perception()
    assert not torch.equal(judge.neck.weight, other.neck.weight)
    one, two = (
        scene_classifier.ClassifierObjective(scene_classifier.new_classifier(0), 3, 0, role)
        for role in ("judge", "perception")
    )
    assert not torch.equal(one.terms(0)["loss"], two.terms(0)["loss"])  # other scenes, other noise


def test_errors_have_their_closed_form():
    ramp = torch.arange(4.0).expand(1, 1, 4, 4)
    found = autoencoder.errors(ramp, torch.zeros_like(ramp))
    assert [found[name].item() for name in ("absolute", "square", "slope")] == [1.5, 3.5, 1.0]
    assert autoencoder.weighed(found).item() == pytest.approx(0.75 + 3.5 + 0.1)


def test_tuning_the_decoder_leaves_the_encoder():
    network = autoencoder.new_autoencoder(RECIPE.autoencoder, 0)
    terms = autoencoder.Decoding(network, perception(), 4, 0, 0.03).terms(0)
    terms["loss"].backward()
    learning = {n for n, p in network.named_parameters() if p.grad is not None}
    assert learning and all(n.startswith(("decoder", "post_quant_conv")) for n in learning)


def test_scaled_latents_have_unit_variance():
    network = autoencoder.new_autoencoder(RECIPE.autoencoder, 0)
    latents = autoencoder.encoded(network, pictures(scenes(0, autoencoder.CHUNK + 1, "x")))
    autoencoder.set_scale(network, latents)
    assert (latents * network.config.scaling_factor).std().item() == pytest.approx(1, abs=1e-3)


def test_every_word_is_one_token_and_any_prompt_is_read(tokenizer):
    for word in text.grammar_words():
        assert len(tokenizer(word).input_ids) == 3, word
    ids = tokenizer("a small pläin cat? 😀").input_ids
    assert tokenizer.unk_token_id is None or len(ids) > 8
    assert tokenizer.decode(ids[1:-1]).replace(" ", "").startswith("asmallpl")


def test_byte_pairs_merge_to_the_end_and_alike_every_time():
    vocabulary, merges = text.byte_pairs(["low", "lower", "slow"])
    assert {"low</w>", "lower</w>", "slow</w>"} <= vocabulary.keys()
    assert (vocabulary, merges) == text.byte_pairs(["slow", "lower", "low", "low"])
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))


def test_the_longest_caption_fits(tokenizer):
    from pipelines.scenes.grammar import all_captions

    lengths = [len(tokenizer(caption.text()).input_ids) for caption in all_captions()]
    assert max(lengths) <= RECIPE.text.tokens - 4  # room for the words of a style


def test_the_bank_holds_scaled_latents_beside_their_captions(coder, tokenizer):
    cached = denoiser.cache_latents(coder, tokenizer, 5, 0)
    caption = scenes(0, 5, ("bank", 0)).captions()[4].text()
    assert torch.equal(cached.tokens[4], denoiser.tokens_of(tokenizer, [caption])[0])
    wanted = autoencoder.encoded(coder, pictures(scenes(0, 5, ("bank", 0))))
    assert torch.allclose(cached.latents, wanted * coder.config.scaling_factor, atol=1e-5)


def test_an_untrained_denoiser_that_says_zero_has_the_loss_of_v(networks, tokenizer):
    """v has unit variance where latents and noise have."""
    latents = torch.randn(512, 4, 8, 8, generator=stream("latents"))
    tokens = denoiser.tokens_of(tokenizer, ["a cat"] * 512)
    cached = denoiser.CachedLatents(latents, tokens, tokens[0])
    objective = denoiser.Denoising(networks, cached, 64, 0, 0.1)
    with torch.no_grad():
        networks["unet"].conv_out.weight.zero_()
        networks["unet"].conv_out.bias.zero_()
        assert objective.terms(0)["loss"].item() == pytest.approx(1, abs=0.05)
        assert torch.equal(objective.terms(0)["loss"], objective.terms(0)["loss"])


def test_the_judge_names_all_heads_and_counts_all(networks):
    some, network = scenes(0, 6, "x"), scene_classifier.new_classifier(0)
    x, wanted = pictures(some, tuple(STYLES)), scene_classifier.answers(some, tuple(STYLES))
    assert wanted["style"].tolist() == [0, 1, 2, 0, 1, 2]
    assert network.features(x).shape == (6, scene_classifier.FEATURES)
    found = scene_classifier.correct_answers(
        network, scene_classifier.features_of(network, x), wanted
    )
    every = torch.stack([found[name] for name in scene_classifier.ATTRIBUTES])
    assert torch.equal(found["all"], every.all(0)) and "style" in found
    assert scene_classifier.ClassifierObjective(network, 6, 0).terms(0)["loss"].item() > 1


def test_worn_pictures_stay_near(networks):
    x = pictures(scenes(0, 8, "x"))
    for step in range(4):
        assert 0 < (scene_classifier.degraded(x, step, ("test",)) - x).abs().mean() < 0.2


PLACED = [(name, spacing) for name in SPACED for spacing in SPACINGS] + [("lcm", "")]


@pytest.mark.parametrize(("name", "spacing"), PLACED)
def test_every_sampler_draws(folder, name, spacing):
    loaded = pipeline.load(folder)
    prompts = ["a cat", "a large plain red star at dusk"]
    x = sampling.sampled(loaded, prompts, Sampling(name, 4, 2, spacing))
    assert x.shape == (2, 3, 64, 64) and x.isfinite().all() and x.abs().max() <= 1


# Lin et al. 2024 (arXiv 2305.08891), table 2, in their numbers from 1: ours are one less. Their
# leading steps have no offset; Stable Diffusion ships one of 1.
TIMES = {
    ("leading", 4): [751, 501, 251, 1],
    ("trailing", 4): [999, 749, 499, 249],
    ("linspace", 4): [999, 666, 333, 0],
    ("leading", 1): [1],
    ("trailing", 1): [999],
}


@pytest.mark.parametrize(("spacing", "steps"), TIMES)
@pytest.mark.parametrize("name", ["ddim", "euler", "euler_ancestral"])
def test_steps_lie_where_the_name_says(folder, name, spacing, steps):
    config = pipeline.load(folder).scheduler.config
    scheduler = sampling.scheduler_of(config, Sampling(name, steps, 1, spacing))
    scheduler.set_timesteps(steps)
    assert scheduler.timesteps.round().long().tolist() == TIMES[spacing, steps]


@pytest.mark.parametrize("name", ["ddim", "pndm"])
def test_trailing_steps_end_at_clean_data_and_leading_ones_as_shipped(folder, name):
    config = pipeline.load(folder).scheduler.config
    trailing, leading = (
        sampling.scheduler_of(config, Sampling(name, 4, 1, spacing))
        for spacing in ("trailing", "leading")
    )
    assert trailing.final_alpha_cumprod == 1
    assert leading.final_alpha_cumprod == leading.alphas_cumprod[0] < 1


def test_no_sampling_inherits_the_times_of_the_one_before(folder):
    config = pipeline.load(folder).scheduler.config
    first = sampling.scheduler_of(config, Sampling("ddim", 4, 1, "leading"))
    for between in (Sampling("ddim", 4, 1, "trailing"), Sampling("lcm", 4, 1)):
        config = sampling.scheduler_of(config, between).config
    again = sampling.scheduler_of(config, Sampling("ddim", 4, 1, "leading"))
    first.set_timesteps(4), again.set_timesteps(4)
    assert torch.equal(first.timesteps, again.timesteps)
    assert first.final_alpha_cumprod == again.final_alpha_cumprod


@pytest.mark.parametrize("how", [Sampling("ddim", 4, 1), Sampling("lcm", 4, 1, "trailing")])
def test_a_sampling_that_does_not_say_its_times_is_refused(folder, how):
    with pytest.raises(ValueError, match="spacing"):
        sampling.scheduler_of(pipeline.load(folder).scheduler.config, how)


def test_no_sampler_cuts_latents_as_if_they_were_pictures(folder):
    config = pipeline.load(folder).scheduler.config
    for name, spacing in PLACED:
        scheduler = sampling.scheduler_of(config, Sampling(name, 4, 1, spacing))
        assert not scheduler.config.get("clip_sample", False)
        assert not scheduler.config.get("thresholding", False)
        assert scheduler.config.prediction_type == "v_prediction"


def test_the_first_noise_does_not_depend_on_the_count(folder):
    loaded = pipeline.load(folder)
    assert torch.equal(sampling.first_noise(loaded, 3), sampling.first_noise(loaded, 9)[:3])
    assert not torch.equal(
        sampling.first_noise(loaded, 3), sampling.first_noise(loaded, 3, seed=1)
    )


def test_scores_of_renders_are_those_of_the_judge(coder):
    network = scene_classifier.new_classifier(0)
    reference = picture_metrics.Reference.rendered(
        network, picture_metrics.evaluation_scenes(2, 0), "base"
    )
    found = picture_metrics.PictureComparison.beside(
        network, reference.renders.x, reference
    ).scores()
    assert found["frechet"] == pytest.approx(0, abs=1e-4)
    assert found["sharpness"] == found["diversity"] == 1
    told = picture_metrics.autoencoder_scores(coder, network, picture_metrics.fresh_scenes(6))
    assert told.keys() == STYLES.keys() and set(told["base"]["ceiling_all"].tolist()) <= {0, 1}


def test_the_vocabulary_is_the_same_every_time():
    first = text.byte_pairs(text.grammar_words())
    assert all(text.byte_pairs(text.grammar_words()) == first for _ in range(20))
    assert text.byte_pairs(reversed(sorted(text.grammar_words()))) == first


def test_captions_are_asked_eight_times_each_and_differ_by_seed():
    one, two = picture_metrics.evaluation_scenes(5, 0), picture_metrics.evaluation_scenes(5, 1)
    texts = [caption.text() for caption in one.captions()]
    assert all(len(set(texts[i : i + 8])) == 1 for i in range(0, 40, 8)) and len(set(texts)) == 5
    assert texts != [caption.text() for caption in two.captions()]


def test_kernel_distance_is_that_of_its_definition():
    """Means over pairs of captions; of one caption, over pairs of different rows."""
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(6, 3, generator=generator).double() for _ in range(2))

    def mean(a, b, same):
        blocks = []
        for c, d in product(range(3), repeat=2):
            pairs = [
                (a[i] @ b[j] / 3 + 1) ** 3
                for i, j in product((2 * c, 2 * c + 1), (2 * d, 2 * d + 1))
                if not same or i != j
            ]
            blocks.append(torch.stack(pairs).mean())
        return torch.stack(blocks).mean()

    wanted = mean(x, x, True) + mean(y, y, True) - 2 * mean(x, y, False)
    assert picture_metrics.kernel_distance(x, y, 2) == pytest.approx(wanted.item())


def test_pictures_of_the_same_captions_are_no_kernel_distance_apart():
    """Sets that differ in chance alone are at zero, within their error: also where one of them
    has the captions in another order, or draws each anew. As in KID they are below it."""
    found = {"alike": [], "shuffled": [], "independent": [], "as in KID": []}
    for seed in range(60):
        generator = torch.Generator().manual_seed(seed)
        captions = torch.randn(12, 4, generator=generator)
        first, second = captions.repeat_interleave(8, 0), captions.repeat_interleave(8, 0)
        x, y = (of + 0.5 * torch.randn(96, 4, generator=generator) for of in (first, second))
        other = captions[torch.randint(12, (96,), generator=generator)]
        z = other + 0.5 * torch.randn(96, 4, generator=generator)
        found["alike"].append(picture_metrics.kernel_distance(x, y, 8))
        order = torch.randperm(12, generator=generator)
        moved = x.view(12, 8, 4)[order].flatten(0, 1)
        found["shuffled"].append(picture_metrics.kernel_distance(moved, y, 8))
        found["independent"].append(picture_metrics.kernel_distance(z, y, 8))
        own, again, cross = ((a @ b.T / 4 + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
        within = [(k.sum() - k.trace()) / (96 * 95) for k in (own, again)]
        found["as in KID"].append((sum(within) - 2 * cross.mean()).item())
    each = {name: torch.tensor(values) for name, values in found.items()}
    sigmas = {name: of.mean() / (of.std() / 60**0.5) for name, of in each.items()}
    assert sigmas.pop("as in KID") < -3
    assert all(abs(value) < 3 for value in sigmas.values())
    assert picture_metrics.kernel_distance(x + 0.5, y, 8) > 3 * each["alike"].std()


def test_a_folder_loads_in_diffusers_without_this_project(folder, tmp_path):
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert {"tokenizer/vocab.json", "tokenizer/merges.txt", "model_index.json"} <= names
    assert not [name for name in names if name.endswith((".bin", ".pt", ".ckpt"))]
    program = (
        "import sys, json; from diffusers import DiffusionPipeline as P;"
        "p = P.from_pretrained(sys.argv[1], local_files_only=True);"
        "p.set_progress_bar_config(disable=True);"
        "x = p('a small plain red star at dusk', num_inference_steps=2, output_type='np').images;"
        "ours = [m for m in sys.modules if m.startswith('pipelines')];"
        "print(json.dumps([type(p).__name__, list(x.shape), ours]))"
    )
    (tmp_path / "program.py").write_text(program)
    environment = {"PATH": "", "HOME": str(folder)}
    done = shared().run(tmp_path, "program", str(folder), environment=environment)
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == ["StableDiffusionPipeline", [1, 64, 64, 3], []]
