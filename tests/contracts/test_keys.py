"""Names of what is measured survive being written and read; junk does not pass."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts.keys import (
    GUIDED_PATTERN,
    KEY_PATTERN,
    REAL,
    SPACINGS,
    ArrayKey,
    MeasurementKey,
    Sampling,
    SystemKey,
    SystemPattern,
    experiment_of,
    key_of,
    keys_in,
    listed,
    named_by_any,
    system_of,
    titled,
    written_scale,
)

# The grammar once more, in other words than the module's.
EXPERIMENTS = st.from_regex(r"\A[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}\Z")
SAMPLERS = st.from_regex(r"\A[a-z0-9_]{1,8}(-[a-z0-9_]{1,6}){0,2}\Z")
STEPS = st.integers(0, 10**9 - 1)
SCALES = st.none() | st.floats(0, 10**9 - 1).map(abs) | st.integers(0, 50).map(float)
METRICS = st.from_regex(r"\A[a-z][a-z0-9_]{0,10}\Z")
PLACED = st.sampled_from(("", *SPACINGS))
SAMPLINGS = st.builds(Sampling, SAMPLERS, STEPS, SCALES, PLACED)
SYSTEMS = st.builds(SystemKey, EXPERIMENTS, SAMPLINGS)
KEYS = st.builds(MeasurementKey, SYSTEMS, METRICS)
PATTERNS = (
    st.builds(SystemPattern, EXPERIMENTS)
    | st.builds(SystemPattern, EXPERIMENTS, SAMPLERS, st.none() | STEPS, SCALES, PLACED)
)  # fmt: skip
PARTS = st.sampled_from(("seed0", "seed12", "x", "level", "scale"))
ARRAYS = st.builds(ArrayKey, SAMPLINGS, PARTS, st.sampled_from(("", "path", "film", "modes")))
SPELLED = st.from_regex(
    r"\A[a-z]{1,3}/[a-z_]{1,5}(-[a-z]{1,3})?@[1-9][0-9]{0,3}(,w=[1-9](\.[1-9])?)?(,leading|,linspace|,trailing)?\Z"
)
TYPES = {Sampling: SAMPLINGS, SystemKey: SYSTEMS, MeasurementKey: KEYS, SystemPattern: PATTERNS}
SIGNS = st.text(st.sampled_from("ab1-_/@,w=. \n٣"), max_size=16)


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_written_is_read_back(kind) -> None:
    @given(TYPES[kind])
    def holds(value) -> None:
        assert kind.parse(str(value)) == value

    holds()


@given(ARRAYS | st.builds(ArrayKey, SAMPLINGS, st.just(""), st.sampled_from(("", "nfe"))))
def test_arrays_are_found_by_what_is_written(key: ArrayKey) -> None:
    assert ArrayKey.find(str(key)) == key
    assert key.of_samples == (key.part.startswith("seed") and not key.kind)
    if key.of_samples:
        assert key == ArrayKey.of_seed(key.sampling, key.seed)


@given(SPELLED, METRICS)
def test_what_is_read_is_written_the_same(system: str, metric: str) -> None:
    found = SystemKey.parse(system)
    assert str(found) == system == str(SystemPattern.parse(system))
    assert str(Sampling.parse(str(found.sampling))) == str(found.sampling)
    key = MeasurementKey.parse(found.key(metric))
    assert str(key) == key_of(system, metric) == found.key(metric)
    assert system_of(str(key)) == system and experiment_of(str(key)) == found.experiment
    assert key_of(found.experiment, key.of_experiment) == str(key)


@pytest.mark.parametrize(
    ("odd", "normal"),
    [
        ("heun@007", "heun@7"), ("ddim@4,w=2.0", "ddim@4,w=2"), ("ddim@4,w=07.50", "ddim@4,w=7.5"),
    ],
)  # fmt: skip
def test_other_spellings_mean_the_same_and_are_written_the_normal_way(odd, normal) -> None:
    assert Sampling.parse(odd) == Sampling.parse(normal)
    assert str(Sampling.parse(odd)) == normal
    assert str(MeasurementKey.parse(f"a/{odd}/all")) == f"a/{normal}/all"


@pytest.mark.parametrize("kind", TYPES)
def test_junk_is_no_name(kind) -> None:
    @given(SIGNS)
    def holds(text: str) -> None:
        try:
            found = kind.parse(text)
        except ValueError as error:
            assert f"`{text}`" in str(error)
        else:
            assert kind.parse(str(found)) == found

    holds()


JUNK = {
    Sampling: ["", "heun", "heun@", "@4", "heun@4,", "heun@4,w=", "heun@4,w=.5", "heun@4,w=-1",
               "heun@-4", "heun@4.5", "Heun@4", "heun @4", "-heun@4", "heun-@4", "a/heun@4",
               "heun@4,first", "heun@4,trailing,w=2", "heun@4,Trailing", "heun@4,leading,leading",
               "heun@4\n", "heun@4,w=2\n", "heun@4,w=1e3", "heun@4,w=inf", "heun@1234567890"],
    SystemKey: ["", "a", "a/heun", "a/heun,w=2", "heun@4", "A/heun@4", "a_b/heun@4", "-a/heun@4",
                "a--b/heun@4", "a/b/heun@4", "a/heun@4/", "/heun@4", "a/heun@4 = A title"],
    MeasurementKey: ["", "a/heun@4", "a/heun@4/", "a/heun@4/Off", "a/heun@4/1", "a/heun@4/x/y",
                     "a/heun/x", "a/heun@4/x ", "a/heun@4/_x"],
    SystemPattern: ["", "a/", "/heun", "a/@4", "a,w=2", "a/,w=2", "a/heun@", "a/heun@4/x", "a b",
                    "toy-edm/heun@20 = Heun", "a/Heun"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind in JUNK for text in JUNK[kind]])
def test_near_misses_are_refused_with_an_example(kind, text: str) -> None:
    with pytest.raises(ValueError, match="write like `"):
        kind.parse(text)


@pytest.mark.parametrize(
    "name", ["real", "worked/x", "modes/centre", "heun", "other/heun@4/x", ""]
)
def test_arrays_of_no_sampling(name: str) -> None:
    assert ArrayKey.find(name) is None


# --- guidance ---


@pytest.mark.parametrize("scale", [-1.0, -0.5, float("inf"), float("nan"), 1e9, 1e300])
def test_guidance_that_no_name_can_say_is_refused(scale: float) -> None:
    for name in (Sampling("a", 1, scale), SystemPattern("a", "b", 1, scale)):
        with pytest.raises(ValueError, match="no guidance scale"):
            str(name)


@given(st.floats())
def test_a_scale_is_read_as_it_was_or_refused(scale: float) -> None:
    try:
        written = written_scale(scale)
    except ValueError:
        assert not 0 <= scale < 1e9 or str(scale) == "-0.0"
    else:
        assert Sampling.parse(f"a@1,w={written}").guidance == scale


def test_guidance_can_be_left_out() -> None:
    plain, guided = Sampling("ddim", 4), Sampling("ddim", 4, 7.5)
    assert plain.scale == 1 and guided.scale == 7.5
    assert guided.guided(None) == plain and str(plain.guided(2)) == "ddim@4,w=2"
    assert str(plain.guided(0)) == "ddim@4,w=0" and plain.guided(0) != plain


def test_schedules_stand_behind_a_dash() -> None:
    late = Sampling("consistency", 2).scheduled("late")
    assert str(late) == "consistency-late@2"
    assert (late.base, late.schedule) == ("consistency", "late")
    assert (REAL.base, REAL.schedule) == ("real", "")
    assert late.scheduled("early") == Sampling("consistency-early", 2)


def test_words_in_a_sampler_s_place() -> None:
    for word in ("sd15-shapes@1", "autoencoder-pencil@1", "loads@1", "renders@1", "real@1"):
        assert str(Sampling.parse(word)) == word
        assert MeasurementKey.parse(f"base/{word}/all").sampling == Sampling.parse(word)


# --- patterns ---


def meant(pattern: str, system: str) -> bool:
    """Say what words of a plan mean, by the words alone: how it is read off a line of a plan."""
    whole, plain = re.compile(re.escape(pattern)), pattern.split(",")[0]
    if "@" not in pattern:
        rest = r"(@\d+)?(,w=[\d.]+)?(,[a-z]+)?" if "/" in pattern else r"(/.*)?"
        whole = re.compile(re.escape(plain) + rest)
    return bool(whole.fullmatch(system))


SMALL = st.from_regex(r"\A(a|a-b)(/(x|x-y|x_y)(@1|@10)?(,w=1|,w=1\.5)?(,leading|,trailing)?)?\Z")


@given(SMALL, SMALL)
def test_patterns_mean_what_they_say_and_nothing_else(pattern: str, system: str) -> None:
    assert named_by_any([pattern], system) is meant(pattern, system)


@given(PATTERNS, SYSTEMS)
def test_a_pattern_covers_a_system_by_each_of_its_parts(pattern: SystemPattern, system) -> None:
    whole, how = SystemPattern.parse(str(system)), system.sampling
    assert whole.covers(whole) and whole.sampling == how
    assert SystemPattern(system.experiment).covers(whole)
    for scale, spacing in product((None, 3.0), ("", *SPACINGS)):
        assert SystemPattern(system.experiment, how.sampler, None, scale, spacing).covers(whole)
    assert not SystemPattern(system.experiment, how.sampler, how.steps + 1).covers(whole)
    assert not SystemPattern(f"{system.experiment}-x", how.sampler).covers(whole)
    assert pattern.covers(whole) is meant(str(pattern), str(system))


def test_a_curve_differs_in_its_steps_alone() -> None:
    curve = SystemPattern.parse("base/ddim,w=2,trailing")
    assert all(curve.on_curve(Sampling("ddim", steps, 2.0, "trailing")) for steps in (1, 50))
    for other in (
        "ddim@4,w=2,leading",
        "ddim@4,w=2",
        "ddim@4,w=3,trailing",
        "unipc@4,w=2,trailing",
    ):
        assert not curve.on_curve(Sampling.parse(other))


def test_words_that_name_no_systems_mean_the_same_words() -> None:
    assert named_by_any(["a/Heun"], "a/Heun") and not named_by_any(["a/Heun"], "a/heun@4")
    assert not named_by_any([], "a/heun@4") and not named_by_any(["", "a//"], "a/heun@4")
    with pytest.raises(ValueError, match="names no number of steps"):
        _ = SystemPattern.parse("base/ddim,w=5").sampling


# --- texts ---


@given(st.lists(KEYS.map(str), max_size=4), st.sampled_from((" ", ", ", "\n", " / ", "`", "(")))
def test_keys_are_found_in_a_text_each_once(keys: list[str], between: str) -> None:
    assert keys_in(between.join(["", *keys, *keys, ""])) == list(dict.fromkeys(keys))


@given(SIGNS)
def test_the_patterns_match_what_is_parsed(text: str) -> None:
    for pattern, kind in ((KEY_PATTERN, MeasurementKey), (GUIDED_PATTERN, Sampling)):
        if re.fullmatch(pattern, text):
            assert kind.parse(text)
    assert not re.fullmatch(GUIDED_PATTERN, "lcm-late@4,w=1")
    assert not re.fullmatch(GUIDED_PATTERN, "lcm@4")


def test_lists_of_systems() -> None:
    assert listed(" a/x@1,w=2 , b,, c ") == ("a/x@1,w=2", "b", "c")
    assert listed("") == listed(" , ") == ()
    assert titled("a/x@1,w=2 = Two: w = 2") == ("a/x@1,w=2", "Two: w = 2")
    assert listed("a/x@1,w=2,trailing,b/x@1,leading , c") == (
        "a/x@1,w=2,trailing",
        "b/x@1,leading",
        "c",
    )
    assert titled("a/x@1,w=2,trailing=One") == ("a/x@1,w=2,trailing", "One")
    assert titled("a/x@1=One") == ("a/x@1", "One") and titled("a/x@1,w=2") == ("a/x@1,w=2", "")
