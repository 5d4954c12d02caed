"""The latent experiments of a module, and all that can be wrong with what they name."""

from pathlib import Path

import pytest

from pipelines.contracts.latent_experiment import load_latent_experiment
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.module.experiments import load_latent_experiments

TRAIN = "{steps: 10, batch: 8, lr: 0.01}"
BASE = {"title": "B", "method": "base", "systems": "['ddim@4,w=3,leading']"}
STUDENT = {
    "title": "S", "method": "lcm_lora", "needs": "{teacher: base}", "train": TRAIN,
    "systems": "['lcm@4,w=1']",
}  # fmt: skip
PAIR = {
    "title": "P", "method": "combined", "needs": "{model: base, lcm: student}",
    "adapters": "{lcm: 1}", "systems": "['lcm@4,w=1']",
}  # fmt: skip


def problems(folder: Path, **files: dict[str, str]) -> dict[tuple[str, int], Problem]:
    """Write experiments beside or over the three sound ones; return what is wrong."""
    for name, keys in ({"base": BASE, "student": STUDENT, "pair": PAIR} | files).items():
        lines = [f"{key}: {value}\n" for key, value in keys.items() if value]
        (folder / f"{name}.yaml").write_text("".join(lines), encoding="utf-8")
    found = list[Problem]()
    load_latent_experiments(folder, {"plane"}, found)
    return {(Path(problem.file).name, problem.line): problem for problem in found}


def test_sound_experiments_have_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path) == {}


def test_a_folder_without_experiments_has_none(tmp_path: Path) -> None:
    assert load_latent_experiments(tmp_path / "nowhere", (), []) == {}


@pytest.mark.parametrize(
    ("name", "changes", "line", "message"),
    [
        ("student", {"method": "magic"}, 2, "unknown method `magic`"),
        (
            "student",
            {"needs": "{teacher: nobody}"},
            3,
            "`teacher: nobody` is no latent experiment",
        ),
        ("student", {"needs": "{}"}, 3, "`lcm_lora` needs teacher"),
        ("student", {"needs": "{teacher: base, aunt: base}"}, 3, "`lcm_lora` needs teacher"),
        ("student", {"train": ""}, 1, "a training is missing"),
        ("pair", {"train": TRAIN}, 6, "`combined` trains nothing"),
        ("pair", {"adapters": "{style: 1}"}, 4, "`style` has a weight and no experiment"),
    ],
)
def test_what_is_wrong_has_its_line(
    tmp_path: Path, name: str, changes: dict[str, str], line: int, message: str
) -> None:
    whole = {"student": STUDENT, "pair": PAIR}[name] | changes
    found = problems(tmp_path, **{name: whole})
    assert found[f"{name}.yaml", line].code == "ML104"
    assert message in found[f"{name}.yaml", line].message


def test_a_name_of_the_plane_is_taken(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, plane=STUDENT).values()
    assert "is also a 2D experiment" in problem.message


def test_what_is_told_the_guidance_is_made_by_the_method_that_tells_it(tmp_path: Path) -> None:
    needs = {"method": "lcm", "needs": "{teacher: base, told: student}"}
    found = problems(tmp_path, student=STUDENT, listener=STUDENT | needs)
    (problem,) = found.values()
    assert (problem.file.endswith("listener.yaml"), problem.code) == (True, "ML104")
    assert "`told: student` is made by `lcm_lora`" in problem.message
    assert problem.remedy == "name an experiment of `guidance_distillation`"


def test_an_unreadable_file_may_be_needed(tmp_path: Path) -> None:
    found = problems(tmp_path, base={"title": "B", "mothed": "base"})
    assert {name for name, _ in found} == {"base.yaml"}


def test_circles(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        student=STUDENT | {"needs": "{teacher: other}"},
        other=STUDENT | {"needs": "{teacher: student}"},
    )
    assert found["student.yaml", 3].code == found["other.yaml", 3].code == "ML105"
    assert "break the circle" in found["other.yaml", 3].remedy


@pytest.mark.parametrize(
    ("system", "message"),
    [
        ("ddim@4,w=3", "does not say where its steps lie; write `ddim@4,w=3,trailing`, or"),
        ("lcm@4,w=1,trailing", "`lcm` has times of its own; write `lcm@4,w=1`"),
        ("ddim@4,w=3,middle", "should match pattern"),
        ("magic@4,w=3,trailing", "no sampler `magic`; there are ddim, pndm"),
    ],
)
@pytest.mark.parametrize("key", ["systems", "timed"])
def test_a_system_says_where_its_steps_lie(
    tmp_path: Path, key: str, system: str, message: str
) -> None:
    path = tmp_path / "base.yaml"
    path.write_text(f"title: B\nmethod: base\nsystems:\n  - lcm@1,w=1\n{key}:\n  - {system}\n")
    if key == "systems":
        path.write_text(f"title: B\nmethod: base\n\n\nsystems:\n  - {system}\n")
    with pytest.raises(InputProblems) as caught:
        load_latent_experiment(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("ML103", 6) and message in problem.message


def test_what_is_drawn_for_held_out_captions_is_one_of_the_systems(tmp_path: Path) -> None:
    path = tmp_path / "base.yaml"
    path.write_text("title: B\nmethod: base\nsystems: ['lcm@1,w=1']\nheld_out: ['lcm@2,w=1']\n")
    with pytest.raises(InputProblems) as caught:
        load_latent_experiment(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("ML103", 4)
    assert "`lcm@2,w=1` is none of `systems`; add it there too" in problem.message
