"""Scores of pictures in closed form, and the errors that rows of them tell."""

import math
import statistics
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from pipelines.contracts.keys import Sampling
from pipelines.contracts.measurement import Producer
from pipelines.diffusion.randomness import stream
from pipelines.evaluation.latent.measure_latent import (
    LatentEvaluation,
    SeedScores,
    by_parts,
    over_seeds,
)
from pipelines.evaluation.rows import RowMaker
from pipelines.methods.latent import picture_metrics
from pipelines.methods.latent.picture_metrics import (
    PictureComparison,
    PictureFeatures,
    Reference,
    autoencoder_scores,
    clipped_shares,
    evaluation_scenes,
    kernel_distance,
    spreads,
    steepnesses,
)
from pipelines.scenes import scene_classifier
from pipelines.scenes.batches import pictures, psnr
from pipelines.scenes.scene_sampling import scenes

pytestmark = pytest.mark.slow


def noise(*shape: int, label: object = 0) -> Tensor:
    return torch.randn(shape, generator=stream("pictures", label))


# --- pictures alone ---


def test_the_slope_of_a_ramp_is_the_root_of_both_squares() -> None:
    """Grey values 0.03 x + 0.04 y: the mean of the three channels, of which one is flat."""
    y, x = torch.meshgrid(torch.arange(12.0), torch.arange(12.0), indexing="ij")
    grey = 0.03 * x + 0.04 * y
    ramp = torch.stack([1.5 * grey, 1.5 * grey, 0 * grey])[None]
    assert steepnesses(ramp).item() == pytest.approx(0.05, rel=1e-4)


def test_sharpness_is_that_of_the_steepest_twentieth() -> None:
    """Of 20 columns of differences one has a step of 0.8, just a twentieth of all."""
    one, two = torch.zeros(2, 1, 3, 21, 21)
    one[..., 10:] = 0.8
    two[..., 10:] = 0.8
    two[..., 15:] = -0.2  # a second edge, steeper
    assert steepnesses(one).item() == pytest.approx(0.8)
    assert steepnesses(two).item() == pytest.approx(1.0)


def test_values_at_either_end_are_clipped() -> None:
    x = torch.zeros(2, 3, 4, 4)
    x[0, 0] = 1.0
    x[0, 1, :2] = -1.0
    x[0, 2, 0, 0] = 0.99
    assert clipped_shares(x).tolist() == pytest.approx([(16 + 8) / 48, 0.0])


def test_diversity_is_the_deviation_of_pooled_pictures_of_one_caption() -> None:
    """Two captions of eight pictures each: one of flat greys 0 … 7, one of a single picture."""
    x = torch.zeros(16, 3, 16, 16)
    x[:8] += torch.arange(8.0)[:, None, None, None]
    x[8:] = noise(3, 16, 16)
    assert spreads(x).tolist() == pytest.approx([statistics.stdev(range(8)), 0.0], abs=1e-6)


def test_diversity_does_not_look_at_single_pixels() -> None:
    """The mean of 64 independent pixels deviates by an eighth of what one does."""
    assert spreads(noise(8, 3, 64, 64)).item() == pytest.approx(1 / 8, rel=0.1)


def test_decibels_are_of_pictures_cut_to_their_range() -> None:
    reference = torch.zeros(1, 3, 2, 2)
    assert psnr(reference + 3, reference).item() == pytest.approx(-10 * math.log10(1 / 4))


def test_the_kernel_distance_of_one_caption_is_that_of_scikit_learn() -> None:
    """Bińkowski et al. 2018 (arXiv 1801.01401): (a · b / d + 1)³, pairs of one point left out."""
    from sklearn.metrics.pairwise import polynomial_kernel

    x, y = noise(40, 6), 0.5 + 1.3 * noise(40, 6, label=1)

    def mean(a: Tensor, b: Tensor, same: bool) -> float:
        k = polynomial_kernel(a.double(), b.double(), degree=3, gamma=1 / 6, coef0=1)
        left = k[~torch.eye(len(k), dtype=torch.bool).numpy()] if same else k
        return float(left.mean())

    wanted = mean(x, x, True) + mean(y, y, True) - 2 * mean(x, y, False)
    assert kernel_distance(x, y, each=40) == pytest.approx(wanted, rel=1e-6)


# --- pictures beside renders ---


def test_scores_are_ratios_to_the_renders() -> None:
    """Pictures of half the contrast are half as sharp, half as diverse, and never clipped."""
    network = scene_classifier.new_classifier(0)
    reference = Reference.rendered(network, evaluation_scenes(2, 0), "base")
    half = PictureComparison.beside(network, reference.renders.x / 2, reference).scores()
    assert half["sharpness"] == pytest.approx(0.5) and half["diversity"] == pytest.approx(0.5)
    assert half["clipped"] == 0


def comparison(drawn: Tensor, like: Tensor, captions: int) -> PictureComparison:
    """Return a comparison of features (8 captions, d) alone."""
    ones, each = torch.ones(len(drawn)), torch.ones(captions)
    seen = (PictureFeatures(ones, features, ones, each) for features in (drawn, like))
    return PictureComparison(*seen, {"all": ones}, ones)


def test_a_part_of_a_distance_tells_what_its_captions_add() -> None:
    """Tukey's pseudo-value: n times the whole less n - 1 times what is left without it."""
    from pipelines.diffusion.frechet import frechet_distance

    ours, theirs = noise(48, 3), noise(48, 3, label=1) + 0.3
    parts = comparison(ours, theirs, 6).parts(3)
    whole = frechet_distance(ours, theirs)
    for k, part in enumerate(parts):
        left = (torch.arange(6).repeat_interleave(8) % 3) != k
        without = frechet_distance(ours[left], theirs[left])
        assert part["frechet"] == pytest.approx(3 * whole - 2 * without, rel=1e-6)


def test_two_seeds_share_no_scene() -> None:
    one, two = evaluation_scenes(4, 0), evaluation_scenes(4, 1)
    assert not torch.isclose(one.free["x"], two.free["x"]).any()
    assert not torch.isclose(one.free["x"], scenes(0, 32, ("bank", 0)).free["x"]).any()


# --- the scene classifier ---


class Told:
    """Stands for a classifier: its features are the answers that it gives, head by head."""

    def logits_of(self, features: Tensor) -> dict[str, Tensor]:
        heads = scene_classifier.HEADS.items()
        return {
            name: torch.nn.functional.one_hot(features[:, k].long(), count).float()
            for k, (name, count) in enumerate(heads)
        }


def test_all_attributes_count_and_the_style_does_not() -> None:
    """Row 0 all right, row 1 of another style, rows 2 to 6 one attribute wrong each."""
    some = scenes(0, 7, "x")
    wanted = scene_classifier.answers(some, ("base", "night"))
    said = torch.stack([wanted[name] for name in scene_classifier.HEADS], dim=1)
    assert said[:, -1].tolist() == [0, 2, 0, 2, 0, 2, 0]  # styles take turns
    for row, column in ((1, 5), (2, 0), (3, 1), (4, 2), (5, 3), (6, 4)):
        said[row, column] = (said[row, column] + 1) % 2
    found = scene_classifier.correct_answers(Told(), said, wanted)
    assert found["all"].tolist() == [True, True, *[False] * 5]
    assert found["style"].tolist() == [True, False, *[True] * 5]
    for k, name in enumerate(scene_classifier.ATTRIBUTES):
        assert found[name].tolist() == [row != k + 2 for row in range(7)]


def test_the_ceiling_is_what_is_read_from_decoded_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A classifier that is right on renders alone; an autoencoder that returns grey."""
    some = scenes(0, 6, "x")

    def read(classifier: object, x: Tensor) -> Tensor:
        style = {"base": 0, "pencil": 1, "night": 2}
        for name, index in style.items():
            if torch.equal(x, pictures(some, (name,))):
                return torch.cat([some.attributes, torch.full((6, 1), index)], dim=1)
        return torch.cat([1 - some.attributes.clamp_max(1), torch.zeros(6, 1)], dim=1)

    monkeypatch.setattr(picture_metrics, "features_of", read)
    monkeypatch.setattr(picture_metrics, "encoded", lambda network, x: x)
    monkeypatch.setattr(picture_metrics, "decoded", lambda network, latents: 0 * latents)
    for style, found in autoencoder_scores(SimpleNamespace(), Told(), some).items():
        x = pictures(some, (style,))
        assert found["real_all"].tolist() == [1] * 6, "renders are read"
        assert found["ceiling_all"].tolist() == [0] * 6, "what comes back is grey"
        mean_square = (x / 2).square().mean((1, 2, 3))
        torch.testing.assert_close(found["psnr"], -10 * mean_square.log10())


# --- seeds, and errors of a row ---


@pytest.fixture(scope="module")
def evaluation() -> LatentEvaluation:
    told = SimpleNamespace(
        name="a", style="base", needs={"teacher": "base"}, draws_held_out=lambda of: False
    )
    classifier = scene_classifier.new_classifier(0)
    return LatentEvaluation(told, classifier, 2, Producer(rule="measure_latent"))


def test_every_sampling_seed_has_captions_and_noise_of_its_own(
    evaluation: LatentEvaluation,
) -> None:
    asked = list[tuple[tuple[str, ...], object]]()

    class Sampler:
        def sample(self, prompts: list[str], of: Sampling, seed: object) -> Tensor:
            asked.append((tuple(prompts), seed))
            return noise(len(prompts), 3, 64, 64).clamp(-1, 1)

        def nfe(self, of: Sampling) -> int:
            return 7

    evaluation.experiment.samplings = [Sampling("ddim", 4, 2, "trailing")]
    rows = evaluation.sampled_rows([Sampler(), Sampler()])
    assert [seed for _, seed in asked] == [0, 1, 2] * 2, "both trainings draw from the same seeds"
    wanted = [tuple(c.text() for c in evaluation_scenes(2, seed).captions()) for seed in range(3)]
    assert [prompts for prompts, _ in asked] == wanted * 2 and len(set(wanted)) == 3
    assert all(row.nfe == 7 and len(row.trainings) == 2 for row in rows)


def test_the_noise_floor_is_of_other_renders_of_the_same_captions(
    evaluation: LatentEvaluation,
) -> None:
    found = {row.key.rpartition("/")[2]: row.value for row in evaluation.floor()}
    assert found["frechet"] > 1e-3, "renders are compared with themselves"
    assert found["sharpness"] != 1 != found["diversity"]


def row_of(found: list[SeedScores], seeds: int) -> object:
    maker = RowMaker("a", Producer(rule="measure_latent"))
    (row,) = over_seeds(maker, Sampling("lcm", 1, 1), found, 9, 1, seeds)
    return row


def test_the_error_of_one_seed_is_the_deviation_of_its_parts_over_the_root_of_their_number() -> (
    None
):
    parts = [1.0, 2.0, 4.0, 5.0]
    error = statistics.stdev(parts) / 2
    assert by_parts(parts) == pytest.approx(error) and by_parts([1.0]) is None
    row = row_of([SeedScores({"all": 3.0}, [{"all": part} for part in parts])], 1)
    assert row.spread == pytest.approx(error)


def test_the_spread_of_several_seeds_is_their_deviation() -> None:
    """Of all values, whichever training they come from, with n - 1 as divisor."""
    values = [0.1, 0.2, 0.3, 0.5, 0.7, 0.6]
    found = [SeedScores({"all": v}, [{"all": v}]) for v in values]
    row = row_of(found, 3)
    assert row.spread == pytest.approx(statistics.stdev(values))
    assert row.spread_over == "2 trainings, 3 sampling seeds" and row.seeds == (0, 1, 2)
    assert row.trainings == pytest.approx((0.2, 0.6)) and row.value == pytest.approx(0.4)
