"""Files say what they mean: named errors with lines, atomic writing, stable bytes."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.contracts import experiment, latent_experiment
from pipelines.contracts.artifacts import Card, load_arrays, load_card, save_arrays
from pipelines.contracts.experiment import PRESETS, Evaluate, Experiment, load_experiment
from pipelines.contracts.files import write_text, written_aside
from pipelines.contracts.latent_experiment import LatentExperiment, load_latent_experiment
from pipelines.contracts.problems import InputProblems

GOOD = """\
title: A student
method: consistency_distillation
data: moons
needs: {teacher: toy-edm}
train:
  steps: 3000
  batch: 256
  lr: 1.0e-3
evaluate:
  samplers: {consistency: [1, 2]}
replicas: 3
"""


def load(tmp_path: Path, text: str) -> InputProblems:
    path = tmp_path / "toy-cd.yaml"
    path.write_text(text)
    with pytest.raises(InputProblems) as error:
        load_experiment(path)
    return error.value


def test_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "toy-cd.yaml"
    path.write_text(GOOD)
    experiment = load_experiment(path)
    assert experiment.name == "toy-cd"
    assert PRESETS["default"].seeds(experiment) == [0, 1, 2]
    assert PRESETS["smoke"].seeds(experiment) == [0]
    assert PRESETS["full"].seeds(experiment) == [0, 1, 2]
    assert PRESETS["full"].seeds(experiment.model_copy(update={"replicas": 1})) == [0, 1, 2]
    assert PRESETS["full"].steps(experiment) == experiment.train.steps
    assert PRESETS["smoke"].steps(experiment) == 12


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("batch: 256", "bacth: 256", 7, "bacth"),
        ("lr: 1.0e-3", "lr: fast", 8, "train.lr"),
        ("method: consistency_distillation\n", "", 1, "method"),
        ("[1, 2]", "[1, 0]", 10, "samplers"),
        ("data: moons", "data: [moons", 4, "YAML"),
    ],
)
def test_mistakes_name_line_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, word: str
) -> None:
    problems = load(tmp_path, GOOD.replace(old, new)).problems
    assert any(problem.line == line and word in problem.message for problem in problems), problems
    assert all(problem.remedy for problem in problems)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("batch", "bacth").replace("replicas: 3", "replicas: none\nsede: 1")
    lines = {problem.line for problem in load(tmp_path, text).problems}
    assert {7, 11, 12} <= lines


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "toy-cd.yaml"
    path.write_bytes(b"title: \xff\xfe\n")
    with pytest.raises(InputProblems, match="ML101"):
        load_experiment(path)


def test_a_failed_write_leaves_the_old_file_and_no_orphan(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_text(path, "old")
    with pytest.raises(RuntimeError), written_aside(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


CARD = Card(
    experiment="toy-cd",
    method="consistency_distillation",
    seed=0,
    preset="smoke",
    code="abc",
    versions={"torch": "2.13.0"},
    device="cpu",
    settings={"steps": 3},
)


def test_arrays_come_back_and_their_bytes_are_stable(tmp_path: Path) -> None:
    arrays = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.zeros(2, np.float32)}
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    save_arrays(one, arrays, CARD)
    save_arrays(two, dict(reversed(arrays.items())), CARD)
    assert one.read_bytes() == two.read_bytes()
    assert load_card(one) == CARD
    back = load_arrays(one)
    assert back.keys() == arrays.keys()
    np.testing.assert_array_equal(back["b"], arrays["b"])


# --- what decides networks, and what only their evaluation or their name -------------------------

LATENT = """\
title: A model
method: lcm_lora
needs: {teacher: base}
train: {steps: 10, batch: 4, lr: 1.0e-3}
options: {k: 5}
systems: ["lcm@4,w=1"]
timed: ["lcm@1,w=1"]
seed: 3
spread_from: other
"""


def test_every_field_of_an_experiment_decides_something_or_is_a_name() -> None:
    names = {"name", "file", "title", "spread_from"}
    assert experiment.MEASURING | names == Experiment.model_fields.keys()
    assert (
        latent_experiment.MEASURING | latent_experiment.TIMING | names
        == LatentExperiment.model_fields.keys()
    )


def test_a_stage_sees_nothing_that_is_not_among_its_parameters(tmp_path: Path) -> None:
    (path := tmp_path / "toy-cd.yaml").write_text(GOOD)
    whole = load_experiment(path)
    trained, measured = whole.for_training(), whole.for_measuring()
    assert trained.train == whole.train and trained.needs == whole.needs
    assert not trained.title and not trained.evaluate.samplers
    assert trained.fields_as_json(experiment.TRAINING) == whole.fields_as_json(experiment.TRAINING)
    assert not measured.title and measured.evaluate == whole.evaluate
    other = whole.model_copy(update={"title": "Another", "evaluate": Evaluate(samplers={})})
    assert other.fields_as_json(experiment.TRAINING) == whole.fields_as_json(experiment.TRAINING)
    assert other.fields_as_json(experiment.MEASURING) != whole.fields_as_json(experiment.MEASURING)
    assert str(tmp_path) not in whole.fields_as_json(experiment.MEASURING)


def test_the_same_of_a_latent_experiment(tmp_path: Path) -> None:
    (path := tmp_path / "lcm.yaml").write_text(LATENT)
    whole = load_latent_experiment(path)
    assert whole.for_training() == whole.model_copy(
        update={"title": "", "systems": (), "timed": (), "spread_from": ""}
    )
    assert whole.for_measuring().systems == whole.systems and not whole.for_measuring().timed
    assert whole.for_timing().timed == whole.timed and not whole.for_timing().systems
