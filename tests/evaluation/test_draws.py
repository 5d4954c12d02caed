"""Settings are chosen on noise and data that no page shows."""

from __future__ import annotations

import re

import pytest
import torch
from checkout import ROOT

from pipelines.contracts.experiment import Experiment, load_experiment
from pipelines.contracts.keys import ArrayKey, Sampling
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.randomness import rows, stream
from pipelines.diffusion.schedules import VarianceExploding
from pipelines.diffusion.systems import System
from pipelines.evaluation.plane.draws import DRAWS, REPORTED, SEARCH
from pipelines.evaluation.plane.measure_plane import PlaneEvaluation
from pipelines.evaluation.plane.networks import noise_of
from pipelines.evaluation.plane.sample_plane import PlaneSampler, fresh_noise, sample_plane

FILE = ROOT / "lessons/fast-generation/experiments/toy-cd.yaml"


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return load_experiment(FILE)


def floor(experiment: Experiment, draws: str) -> dict[str, float]:
    """Return the scores of real data against those of one of the sets."""
    common = PlaneSampler(experiment, 512, REPORTED).common()
    producer = Producer(rule="measure_plane", experiment=experiment.name, code="c")
    evaluation = PlaneEvaluation(experiment, common, [0], {}, producer, draws)
    found: list[Measurement] = list(evaluation.floor())
    return {row.key: row.value for row in found}


def test_noise_and_real_data_are_of_the_set_that_is_asked_for(experiment: Experiment) -> None:
    one, other = (PlaneSampler(experiment, 64, draws) for draws in DRAWS)
    assert not torch.equal(one.noise, other.noise)
    assert (one.common()["real"] != other.common()["real"]).any()
    reported, searched = (floor(experiment, draws) for draws in DRAWS)
    assert reported.keys() == searched.keys()
    key = "toy-cd/real@1/sliced_w2"
    assert reported[key] != searched[key]


def test_a_sample_file_is_drawn_from_the_set_that_is_asked_for(experiment: Experiment) -> None:
    system = System(VarianceExploding(), lambda x, level: x / (1 + level**2))
    made = {draws: sample_plane(experiment, 32, [system], [0], draws=draws) for draws in DRAWS}
    samples = [str(ArrayKey.of_seed(Sampling("consistency", steps), 0)) for steps in (1, 4)]
    for name in ("noise", "real", *samples):
        found = [arrays[name] for arrays in made.values()]
        assert found[0].shape == found[1].shape and (found[0] != found[1]).any(), name


def test_pages_are_made_of_the_reported_set_and_searches_of_the_other() -> None:
    rules = (ROOT / "pipelines/rules/plane.smk").read_text(encoding="utf-8")
    measured, _, searched = rules.partition("use rule measure_plane as search_plane")
    assert re.findall(r'draws="(\w+)"', measured) == [REPORTED]
    assert re.findall(r'draws="(\w+)"', searched.split("\nrule ")[0]) == [SEARCH]
    stage = (ROOT / "pipelines/stages/measure_plane.py").read_text(encoding="utf-8")
    assert stage.count("args.draws)") == 2, "both what draws and what measures is told"


def test_levels_after_the_first_get_their_noise_from_the_same_set(experiment: Experiment) -> None:
    system = System(VarianceExploding(), lambda x, level: x)
    sampling = Sampling("consistency", 4)
    told = [fresh_noise(experiment, system, sampling, 8, draws) for draws in DRAWS]
    assert len(told[0]) == 3
    for (level, x), (same, y) in zip(*told, strict=True):
        assert level == same and not torch.equal(x, y)


def test_curves_of_a_training_show_the_set_that_settings_are_chosen_on(
    experiment: Experiment,
) -> None:
    """Whoever looks at a curve and then changes a rate has chosen on it."""
    probed = rows(64, noise_of(experiment), stream("noise"))
    assert torch.equal(PlaneSampler(experiment, 64, SEARCH).noise, probed)
    assert not torch.equal(PlaneSampler(experiment, 64, REPORTED).noise, probed)
