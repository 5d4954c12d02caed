"""Captioned scenes: grammar, chance, rendering, styles."""

import math
from collections import Counter
from itertools import combinations, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.diffusion.randomness import ROWS
from pipelines.scenes.grammar import (
    ATTRIBUTES,
    all_captions,
    caption_of,
    held_out_captions,
    parse_caption,
    seen_captions,
)
from pipelines.scenes.render import COLOURS, RADII, SIDE, render
from pipelines.scenes.scene_sampling import FREE, Scenes, scenes
from pipelines.scenes.shapes import SHAPES, box, circle, distances, heart, star, triangle
from pipelines.scenes.styles import STYLES, blurred, edges

MIDDLE = {name: (low + high) / 2 for name, (low, high) in FREE.items()}


def scene(words: str, **free: float) -> Scenes:
    """Return one scene without chance: the middle of every span, except what is given."""
    values = {name: torch.tensor([free.get(name, MIDDLE[name])]) for name in FREE}
    return Scenes(torch.tensor([parse_caption(words).indices()]), values)


def test_the_grammar_has_at_least_500_different_captions():
    texts = {caption.text() for caption in all_captions()}
    assert len(texts) == len(all_captions()) == math.prod(map(len, ATTRIBUTES.values())) >= 500


def test_a_tenth_of_the_captions_is_held_out_and_every_pair_of_values_is_seen():
    assert len(held_out_captions()) == 60 and len(seen_captions()) == 540
    for one, other in combinations(ATTRIBUTES, 2):
        for pair in product(ATTRIBUTES[one], ATTRIBUTES[other]):
            both = [c for c in all_captions() if (getattr(c, one), getattr(c, other)) == pair]
            assert sum(not c.is_held_out() for c in both) >= 5 / 6 * len(both)


def test_no_series_draws_a_held_out_caption_and_all_others_are_drawn_alike():
    drawn = Counter(scenes(0, 54_000, "test").captions())
    assert set(drawn) == set(seen_captions())
    assert all(50 < count < 160 for count in drawn.values())  # 100 ± 6 standard deviations


def test_every_caption_says_its_attributes():
    for caption in all_captions():
        assert parse_caption(caption.text()) == caption == caption_of(caption.indices())


@pytest.mark.parametrize("text", ["a cat", "", "a small plain red circle", "a red circle at dusk"])
def test_a_sentence_outside_the_grammar_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="write like `a small plain red circle over the sea`"):
        parse_caption(text)


@given(first=st.integers(0, 3 * ROWS), count=st.integers(1, 40), skip=st.integers(0, 39))
@settings(max_examples=30)
def test_a_scene_does_not_depend_on_how_many_are_drawn(first, count, skip):
    many = scenes(first, count + skip, "test")
    few = scenes(first + skip, count, "test")
    assert torch.equal(many.attributes[skip:], few.attributes)
    assert all(torch.equal(many.free[name][skip:], few.free[name]) for name in FREE)


def test_seeds_are_different_series_and_attributes_occur_alike():
    one, two = scenes(0, 6000, "one"), scenes(0, 6000, "two")
    assert not torch.equal(one.attributes, two.attributes)
    for column, values in zip(one.attributes.T, ATTRIBUTES.values(), strict=True):
        share = torch.bincount(column, minlength=len(values)) / len(column)
        assert (share - 1 / len(values)).abs().max() < 0.03
    for name, (low, high) in FREE.items():
        assert low <= one.free[name].min() <= one.free[name].max() <= high


def test_scenes_under_other_captions_keep_their_chances():
    some = scenes(0, 4, "test")
    told = some.with_captions(all_captions()[:4])
    assert told.captions() == all_captions()[:4]
    assert torch.equal(told.free["x"], some.free["x"]) and len(told[1:3]) == 2


def test_pictures_are_the_same_every_time_and_in_any_batch():
    whole = render(scenes(0, 12, "test")).picture
    assert whole.shape == (12, 3, SIDE, SIDE)
    assert whole.min() >= 0 and whole.max() <= 1
    parts = [render(scenes(i, 1, "test")).picture for i in range(12)]
    assert torch.equal(whole, torch.cat(parts))


def test_distances_are_those_of_the_plane():
    """A distance grows by the way that one goes: |grad d| = 1 outside corners and midlines."""
    axis = torch.linspace(-1.4, 1.4, 281)
    x, y = axis[None, None, :], -axis[None, :, None]
    for shape in (circle, box, triangle, star, heart):
        d = shape(x, y)[0]
        across, down = torch.gradient(d, spacing=float(axis[1] - axis[0]))
        slope = (across.square() + down.square()).sqrt()[5:-5, 5:-5]
        assert abs(slope.median().item() - 1) < 0.01, shape
        assert shape(torch.zeros(1), torch.zeros(1)) < 0 < shape(torch.ones(1), torch.ones(1))


def test_shapes_are_alike_in_area_so_that_size_tells_nothing_about_shape():
    axis = torch.linspace(-1.5, 1.5, 301)
    x, y = axis[None, None, :].expand(5, 301, 301), -axis[None, :, None].expand(5, 301, 301)
    areas = (distances(x, y, torch.arange(5)) < 0).float().mean((1, 2)) * 9
    assert areas.min() > 0.45 * areas.max()
    assert len(SHAPES) == 5


def test_edges_are_smooth():
    """An anti-aliased disc has pixels in between, and covers its area within half a per cent."""
    cover = render(scene("a large plain red circle at dusk")).cover[0]
    between = ((cover > 0.02) & (cover < 0.98)).sum()
    area = cover.sum().item() * (2 / SIDE) ** 2
    assert between > 100
    assert area == pytest.approx(math.pi * (0.92 * RADII[1]) ** 2, rel=5e-3)


def test_twice_the_side_is_the_same_scene():
    one = scenes(0, 4, "test")
    small, large = render(one).picture, render(one, 2 * SIDE).picture
    halved = torch.nn.functional.avg_pool2d(large, 2)
    assert (small - halved).abs().mean() < 0.01


@pytest.mark.parametrize("colour", COLOURS)
def test_the_object_has_the_colour_that_the_caption_says(colour):
    drawn = render(scene(f"a large plain {colour} circle on a meadow"))
    middle = drawn.picture[0][:, drawn.cover[0] > 0.99].mean(1)
    table = torch.tensor(list(COLOURS.values())) / 255
    assert list(COLOURS)[(table - middle).square().sum(1).argmin()] == colour


def test_each_attribute_changes_the_picture():
    words = "a small plain red circle over the sea"
    plain = render(scene(words)).picture
    changes = ("large", "small"), ("striped", "plain"), ("blue", "red"), ("star", "circle")
    for new, old in changes:
        assert (render(scene(words.replace(old, new))).picture - plain).abs().max() > 0.2
    assert (render(scene("a small plain red circle at dusk")).picture - plain).abs().mean() > 0.1


@pytest.mark.parametrize("name", FREE)
def test_each_chance_changes_the_picture(name):
    low, high = FREE[name]
    words = "a small striped red star on a meadow"  # a large one hides much
    pictures = [render(scene(words, **{name: at})).picture for at in (low, (low + 3 * high) / 4)]
    assert (pictures[0] - pictures[1]).abs().max() > 0.01


def test_styles_are_fixed_transforms_of_the_same_scene():
    drawn = render(scenes(0, 6, "test"))
    styled = {name: style(drawn) for name, style in STYLES.items()}
    assert torch.equal(styled["base"], drawn.picture)
    for name, picture in styled.items():
        assert picture.shape == drawn.picture.shape, name
        assert picture.min() >= 0 and picture.max() <= 1, name
        assert torch.equal(picture, STYLES[name](drawn)), name
    assert styled["night"].mean() < 0.5 * drawn.picture.mean()
    colourful = [(p.max(1)[0] - p.min(1)[0]).mean() for p in (styled["pencil"], drawn.picture)]
    assert colourful[0] < 0.6 * colourful[1]


def test_a_blur_keeps_the_mean_and_edges_see_steps():
    spot = torch.zeros(1, 1, 21, 21)
    spot[0, 0, 10, 10] = 1
    smooth = blurred(spot, 2.0)
    assert smooth.sum().item() == pytest.approx(1, abs=1e-4)
    assert smooth.max() == smooth[0, 0, 10, 10]
    step = torch.zeros(1, 3, 8, 8)
    step[..., 4:] = 1
    assert edges(step)[0, 0].tolist() == pytest.approx([0, 0, 0, 3**0.5 / 2, 3**0.5 / 2, 0, 0, 0])
