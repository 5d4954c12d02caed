"""The class-conditional teacher and its guided student: what is minimised, options, the stages."""

import math
from pathlib import Path

import pytest
import torch
from checkout import ROOT
from stage_commands import command
from torch import Tensor, nn
from warm import shared

from pipelines.contracts.artifacts import load_arrays
from pipelines.contracts.experiment import Evaluate, Experiment, Network, Train, load_experiment
from pipelines.contracts.files import read_json
from pipelines.contracts.measurement import Measurements
from pipelines.contracts.problems import InputProblems
from pipelines.diffusion.conditional import LabelledShape
from pipelines.diffusion.denoisers import Denoiser, gaussian_denoiser
from pipelines.diffusion.guidance import NULL
from pipelines.diffusion.metrics import paired_rmse, spread
from pipelines.diffusion.randomness import normal, stream
from pipelines.diffusion.schedules import VarianceExploding
from pipelines.diffusion.systems import EDM
from pipelines.diffusion.training import PlaneTraining, Settings, fit
from pipelines.evaluation.plane.evaluated_systems import systems_of
from pipelines.evaluation.plane.networks import training_of
from pipelines.methods.toy import Parent, guided_consistency
from pipelines.methods.toy.guided_consistency import GuidedDistillationLoss, Options
from pipelines.methods.toy.guided_edm import LabelledLoss

NARROW, WIDE = 0.4, 1.0
LOW = VarianceExploding().lowest


def one_class(x: Tensor) -> Tensor:
    return torch.zeros(len(x), dtype=torch.long)


class Known(nn.Module):
    """A function in a network's place, with a weight that does nothing."""

    def __init__(self, function: object) -> None:
        super().__init__()
        self.function, self.weight = function, nn.Parameter(torch.zeros(1))
        self.network = self

    def forward(self, x: Tensor, *told: Tensor) -> Tensor:
        out: Tensor = self.function(x, *told) + 0 * self.weight
        return out


def exact_denoiser(x: Tensor, sigma: Tensor, label: Tensor) -> Tensor:
    deviation = torch.where(label == NULL, WIDE, NARROW)
    return gaussian_denoiser(torch.zeros_like(x), deviation)(x, sigma)


def exact_ends(x: Tensor, sigma: Tensor, label: Tensor, w: Tensor) -> Tensor:
    """Return the ends at the lowest level of the augmented ODE of two centred Gaussians."""

    def shrink(s: float) -> Tensor:
        return ((s**2 + LOW**2) / (s**2 + sigma**2)).sqrt()

    return x * shrink(NARROW) ** w * shrink(WIDE) ** (1 - w)


def loss_of(student: object, **options: object) -> float:
    chosen = Options(**{"intervals": 400, "skip": 4, "solver": "heun", **options})
    loss = GuidedDistillationLoss(Known(student), Known(exact_denoiser), chosen, one_class)
    x0 = NARROW * normal(4096, stream("x0"))
    return loss.loss(x0, stream("loss"), 0.0).item()


def test_the_exact_function_of_the_augmented_ode_has_no_loss() -> None:
    assert loss_of(exact_ends) < 1e-7


def test_one_that_ignores_the_guidance_has() -> None:
    assert loss_of(lambda x, s, label, w: exact_ends(x, s, label, torch.ones_like(w))) > 2e-5


def test_ddim_errs_more_the_more_steps_are_skipped() -> None:
    """Per fine level: the paper's reason for better solvers at a large k."""
    errors = {k: loss_of(exact_ends, solver="ddim", skip=k) ** 0.5 for k in (2, 4, 8)}
    assert math.log2(errors[4] / errors[2]) == pytest.approx(2, abs=0.3)  # local error: h²
    assert math.log2(errors[8] / errors[4]) == pytest.approx(2, abs=0.3)


def test_the_jump_adds_guided_increments() -> None:
    """z + (1 + omega) Psi(c) - omega Psi(null), with DDIM's increment Psi."""
    loss = GuidedDistillationLoss(
        Known(exact_ends), Known(exact_denoiser), Options(solver="ddim"), one_class
    )
    x, high, low = normal(8, stream("x")), torch.full((8, 1), 2.0), torch.full((8, 1), 0.5)
    label, w = torch.zeros(8, 1), torch.linspace(0, 4, 8)[:, None]

    def increment(label: Tensor) -> Tensor:
        pred_x0 = exact_denoiser(x, high, label)
        return pred_x0 + low / high * (x - pred_x0) - x

    omega, null = w - 1, torch.full_like(label, NULL)
    expected = x + (1 + omega) * increment(label) - omega * increment(null)
    torch.testing.assert_close(loss.jumped(x, high, low, label, w), expected)


@pytest.mark.slow
def test_a_trained_student_narrows_its_class_as_the_guidance_grows() -> None:
    """Against the exact ends of the augmented ODE, from an exact teacher, in one evaluation."""
    chosen = Options(intervals=24, skip=3, lowest=0.5, solver="heun")
    shape = LabelledShape(64, 2, (1.0,), 4, classes=1, guided=True)
    student = shape.fresh(EDM.consistency, stream("student"))
    loss = GuidedDistillationLoss(student, Known(exact_denoiser), chosen, one_class)
    training = PlaneTraining(loss, Settings(1000, 128, 4e-3, (0.9, 0.99), 0.99))
    for _ in fit(training, lambda n, g: NARROW * normal(n, g), stream("train")):
        pass
    f = shape.trained(EDM.consistency, training.weights())
    x, sigma = 10 * normal(1000, stream("x")), torch.full((1000, 1), 10.0)
    label = torch.zeros(1000, 1)
    at = [torch.full_like(label, w) for w in (1.0, 2.0, 4.0)]
    ours = [f(x, sigma, label, w) for w in at]
    exact = [exact_ends(x, sigma, label, w) for w in at]
    assert paired_rmse(ours[0], exact[0]) < 0.25 * NARROW
    for mine, end in zip(ours[1:], exact[1:], strict=True):  # half of what no guidance misses
        assert paired_rmse(mine, end) < 0.5 * paired_rmse(exact[0], end)
    assert spread(ours[0]) > 1.1 * spread(ours[1]) > 1.2 * spread(ours[2])


def test_a_tenth_of_the_classes_is_hidden() -> None:
    seen = []

    def record(x: Tensor, sigma: Tensor, label: Tensor) -> Tensor:
        seen.append(label)
        return x

    denoiser = Known(record)
    denoiser.scalings = EDM.denoiser
    x0 = normal(20_000, stream("x0"))
    LabelledLoss(denoiser, lambda x: (x[:, 0] > 0).long(), 0.1).loss(x0, stream("drop"), 0.0)
    label = seen[0][:, 0]
    assert (label == NULL).float().mean().item() == pytest.approx(0.1, abs=0.01)
    assert torch.equal(label[label != NULL], (x0[:, 0] > 0).float()[label != NULL])


def experiment(method: str, **options: object) -> Experiment:
    return Experiment(
        name="toy", file="toy.yaml", title="Toy", method=method, data="moons",
        needs={"teacher": "toy-guided"} if method == "guided_consistency" else {},
        network=Network(hidden=16, layers=2), evaluate=Evaluate(samplers={}, guidance=(2.0,)),
        train=Train(steps=4, batch=32, lr=1e-3, options=options),
    )  # fmt: skip


@pytest.mark.parametrize(
    "options", [{"intervals": 8, "skip": 9}, {"lowest": 2, "highest": 1}, {"solver": "euler"}]
)
def test_impossible_options_are_named(tmp_path: Path, options: dict[str, object]) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text("train:\n  options: {}\n")
    made = experiment("guided_consistency", **options).model_copy(update={"file": str(path)})
    with pytest.raises(InputProblems, match="ML109"):
        guided_consistency.make(made, {}, stream("train", 0))


def test_a_teacher_without_classes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text("needs: {teacher: toy-edm}\n")
    made = experiment("guided_consistency").model_copy(update={"file": str(path)})
    with pytest.raises(InputProblems, match="of edm cannot teach guided_consistency"):
        guided_consistency.make(made, {"teacher": Parent(experiment("edm"), {})}, stream(0))


@pytest.mark.parametrize("highest", [1.0, 4.0])
def test_a_fresh_student_is_its_teacher_behind_other_scalings(highest: float) -> None:
    teacher = training_of(experiment("guided_edm"), {}, stream("teacher"), 4)
    parents = {"teacher": Parent(experiment("guided_edm"), teacher.weights())}
    chosen = experiment("guided_consistency", lowest=1, highest=highest)
    student = training_of(chosen, parents, stream("student"), 4)
    system = guided_consistency.rebuild(chosen, student.weights(), parents).guided(highest)
    x, sigma = 10 * normal(6, stream("x")), torch.tensor(10.0)
    label = torch.tensor([0.0, 1.0] * 3)[:, None]
    known = Denoiser(teacher.objective.network, EDM.consistency)(x, sigma, label)
    torch.testing.assert_close(system.denoise(x, sigma), known)


@pytest.mark.parametrize(
    ("method", "guidance", "told"), [("edm", "[2]", "no"), ("guided_edm", "[]", "a")]
)
def test_guidance_belongs_to_classes(
    tmp_path: Path, method: str, guidance: str, told: str
) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(TEACHER.replace("guided_edm", method).replace("[0, 2]", guidance))
    with pytest.raises(InputProblems, match=f":7: error ML106: .* is told {told} class"):
        systems_of(load_experiment(path))


@pytest.mark.parametrize("scale", ["-1", ".inf", "1.0e+12"])
def test_guidance_that_no_row_could_name_is_refused_where_it_stands(
    tmp_path: Path, scale: str
) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(TEACHER.replace("[0, 2]", f"[0, {scale}]"))
    with pytest.raises(InputProblems, match=r":7: error ML103: .*no guidance scale"):
        load_experiment(path)


TEACHER = """\
title: Teacher
method: guided_edm
data: moons
train: {steps: 1000, batch: 64, lr: 2.0e-3}
evaluate:
  samplers: {euler: [3]}
  guidance: [0, 2]
  reference: heun@6
"""
STUDENT = """\
title: Student
method: guided_consistency
data: moons
needs: {teacher: toy-guided}
train: {steps: 1000, batch: 64, lr: 1.0e-3, options: {lowest: 0}}
evaluate:
  samplers: {consistency: [1, 2]}
  levels: {2: [0.3]}
  guidance: [0, 2]
replicas: 2
"""


class Build:
    """Both networks through all stages, in their own processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        parent = ["--parent", f"teacher={folder / 'toy-guided.safetensors'}"]
        samples = ["--parent-samples", folder / "toy-guided.samples"]
        self.built("toy-guided", TEACHER, [], [])
        self.built("toy-lcm", STUDENT, parent, samples)

    def built(self, name: str, yaml: str, parent: list, samples: list) -> None:
        at = {end: self.folder / f"{name}.{end}" for end in
              ("yaml", "safetensors", "history", "t", "samples", "json", "where")}  # fmt: skip
        at["yaml"].write_text(yaml)
        self.run("train_plane", at["yaml"], *parent, "--weights", at["safetensors"],
                 "--history", at["history"], "--timing", at["t"])  # fmt: skip
        self.run("measure_plane", at["yaml"], *parent, *samples, "--weights", at["safetensors"],
                 "--samples", at["samples"], "--measurements", at["json"],
                 "--timing", at["where"])  # fmt: skip

    def run(self, stage: str, *arguments: object) -> str:
        done = shared().run(ROOT, *command(stage, *arguments)[2:])
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return Build(tmp_path_factory.mktemp("guided"))


@pytest.mark.slow
def test_the_arrays_carry_the_guidance(build: Build) -> None:
    teacher, student = (
        load_arrays(build.folder / f"{name}.samples") for name in ("toy-guided", "toy-lcm")
    )
    assert teacher["label"].tolist() == student["label"].tolist() == [0, 1] * 128
    assert teacher["euler@3,w=2/seed0"].shape == student["consistency@2,w=0/seed0"].shape
    counts = {name: int(teacher[f"nfe/{name}"][0]) for name in ("heun@6,w=0", "euler@3,w=2")}
    assert counts == {"heun@6,w=0": 22, "euler@3,w=2": 6}
    assert student["nfe/consistency@2,w=2"].tolist() == [2]
    assert not {"worked/x", "field/x"} & teacher.keys()
    assert not {"worked/jump", "field/x"} & student.keys()


@pytest.mark.slow
def test_the_rows_carry_the_guidance(build: Build) -> None:
    rows = Measurements.model_validate(read_json(build.folder / "toy-lcm.json")).root
    found = {row.key: row for row in rows}
    for metric in ("off_manifold", "class_accuracy", "class_spread", "class_sliced_w2"):
        assert found[f"toy-lcm/consistency@2,w=2/{metric}"].nfe == 2
    paired = {w: found[f"toy-lcm/consistency@1,w={w}/paired_rmse"].value for w in (0, 2)}
    assert paired[0] != paired[2]
    rows = Measurements.model_validate(read_json(build.folder / "toy-guided.json")).root
    floor = {row.key: row.value for row in rows if "real@1" in row.key}
    assert floor["toy-guided/real@1/class_accuracy"] == 1
    assert floor["toy-guided/real@1/class_sliced_w2"] < 0.2
