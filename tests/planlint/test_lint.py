"""The lint: every code at its line, and nothing where nothing is wrong."""

import re

import pytest
from checkout import ROOT

from pipelines.any_plan import read_text
from pipelines.contracts.codes import TITLES
from pipelines.contracts.experiment import Evaluate, Experiment, Train
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.contracts.measurement import Fact
from pipelines.contracts.problems import Problem
from pipelines.contracts.references import Reference
from pipelines.planlint.rules import lint
from pipelines.planlint.texts import literal_numbers

EXPLICIT = (ROOT / "tests/data/plans/explicit.md").read_text(encoding="utf-8")
PICTURES = LatentExperiment(
    name="pictures", file="latent/pictures.yaml", title="P", method="base",
    systems=("lcm@1,w=1", "lcm@2,w=1", "lcm@4,w=1"), held_out=("lcm@1,w=1", "lcm@2,w=1"),
)  # fmt: skip
EXPERIMENTS = {
    "pictures": PICTURES,
    "toy": Experiment(
        name="toy",
        file="toy.yaml",
        title="Toy",
        method="edm",
        data="moons",
        train=Train(steps=1, batch=1, lr=0.1),
        evaluate=Evaluate(samplers={"euler": (4,)}, reference="heun@9"),
    ),
}
FACTS = {"g": Fact(id="g", value=9.81, what="gravity", source="galilei")}
CITATIONS = {"galilei": Reference(key="galilei", authors=("Galileo Galilei",), title="Discorsi")}


def problems_of(text: str) -> list[Problem]:
    plan, found = read_text(text, "plan.md")
    assert not found, found
    problems = lint(plan, facts=FACTS, citations=CITATIONS, experiments=EXPERIMENTS)
    return [one for one in problems if not one.code.startswith("ML5")]  # test_plan_gates.py


def test_a_sound_plan_has_no_problems() -> None:
    assert problems_of(EXPLICIT) == []


MISTAKES = [
    ("See {ref}`path`", "It takes 17 steps. See {ref}`path`", "ML301", "It takes 17"),
    ("Feather", "Feather of 5 grams", "ML301", "Feather of"),
    ("| Speed |", "| Speed, 3 times |", "ML301", "| Speed,"),
    ("Soon.", "In 2.5 seconds.", "ML301", "In 2.5"),
    ("Hook: a stone", "Hook: 99 stones", "ML301", "Hook: 99"),
    ("Heavy things fall", "Heavy things fall 7 times", "ML301", "7 times"),
    ("`toy/euler@4/off_manifold`.", "`toy/euler`.", "ML302", "The path,"),
    ("`toy/euler@4/off_manifold`.", "`toy/euler@4/a < 1`.", "ML302", "The path,"),
    ("`toy/euler@4/off_manifold`.", "`tog/euler@4/off_manifold`.", "ML303", "The path,"),
    (":teacher: toy", ":teacher: tog", "ML303", ":teacher:"),
    (":systems: toy/euler@4", ":systems: toy/euler@4, tog/x@1", "ML303", ":systems:"),
    ("{fact}`g`", "{fact}`h`", "ML304", "{fact}`h`"),
    ("fact(g)", "fact(h)", "ML304", "fact(h)"),
    ("{cite}`galilei`", "{cite}`newton`", "ML305", "{cite}`newton`"),
    ("{term}", "{terrn}", "ML306", "{terrn}"),
    ("{ref}`faster`", "{ref}`slower`", "ML307", "{ref}`slower`"),
    ("{figure} one-trajectory", "{figure} two-trajectories", "ML308", "{figure}"),
    ("{table} timing", "{table} timings", "ML308", "{table}"),
    (":teacher: toy\n", "", "ML309", "{figure}"),
    (":teacher: toy", ":teacher: toy\n:pupil: toy", "ML309", ":pupil:"),
    (":systems: toy/euler@4\n", "", "ML309", "{table}"),
    ("<= 2 * fact(g)", "<= 2 *", "ML310", ":check:"),
    ("<= 2 * fact(g)", "* 2", "ML310", ":check:"),
    ("|percent1+", "|percents", "ML311", "|percents"),
    ("`toy/euler@4/off_manifold`.", "`toy/euler@5/off_manifold`.", "ML312", "The path,"),
    ("`toy/euler@4/off_manifold`.", "`toy/heun@4/off_manifold`.", "ML312", "The path,"),
    ("`toy/euler@4/off_manifold`.", "`toy/euler@04/off_manifold`.", "ML312", "The path,"),
    (":::{claim} faster", ":::{claim} path", "ML313", ":::{claim}"),
]


@pytest.mark.parametrize(("old", "new", "code", "place"), MISTAKES)
def test_each_mistake_is_named_at_its_line(old: str, new: str, code: str, place: str) -> None:
    assert old in EXPLICIT
    text = EXPLICIT.replace(old, new, 1)
    found = [problem for problem in problems_of(text) if problem.code == code]
    line = text[: text.index(place)].count("\n") + 1
    assert [(problem.line, problem.severity) for problem in found] == [(line, "error")]
    assert found[0].remedy and found[0].excerpt in text


@pytest.mark.parametrize(
    "name", ["heun@9/off_manifold", "euler@4/x", "train@3000/seconds", "real@1/sliced_w2"]
)
def test_systems_that_are_measured(name: str) -> None:
    text = EXPLICIT.replace("`toy/euler@4/off_manifold`.", f"`toy/{name}`.")
    assert problems_of(text) == []


@pytest.mark.parametrize("name", ["toy/euler@4/held_out_all", "pictures/lcm@4,w=1/held_out_all"])
def test_a_system_that_is_not_drawn_for_held_out_captions(name: str) -> None:
    (found,) = problems_of(EXPLICIT.replace("`toy/euler@4/off_manifold`.", f"`{name}`."))
    assert found.code == "ML312" and "is not drawn for held-out captions" in found.message
    assert "add it to `held_out` in " in found.remedy


ONE, TWO = "pictures/lcm@1,w=1", "pictures/lcm@2,w=1"
CHECK = "toy/euler@4/off_manifold <= 2 * fact(g)"


@pytest.mark.parametrize(
    ("check", "codes"),
    [
        (f"{ONE}/held_out_all < {TWO}/all", ["ML320"]),
        (f"{ONE}/held_out_all < {ONE}/all", []),
        (f"{ONE}/held_out_all < {TWO}/held_out_all", []),
        (f"{ONE}/all - {ONE}/held_out_all < {TWO}/all - {TWO}/held_out_all", []),
        (f"{ONE}/all < {TWO}/all and {ONE}/held_out_all < {TWO}/held_out_all", []),
        (f"{ONE}/held_out_all < {ONE}/all + {TWO}/all", ["ML320"]),
    ],
)
def test_systems_are_compared_on_the_same_captions(check: str, codes: list[str]) -> None:
    assert CHECK in EXPLICIT
    text = EXPLICIT.replace(CHECK, check)
    found = [one for one in problems_of(text) if one.code in ("ML310", "ML320")]
    assert [one.code for one in found] == codes
    assert all(one.line == text[: text.index(check)].count("\n") + 1 for one in found)


@pytest.mark.parametrize(
    ("check", "unbounded"),
    [
        (f"{ONE}/sharpness < {TWO}/sharpness", [TWO]),
        (f"{ONE}/sharpness >= 1.05 * {TWO}/sharpness", [ONE]),
        (f"{ONE}/all < {TWO}/all and {ONE}/sharpness < {TWO}/sharpness", [TWO]),
        (f"{ONE}/sharpness < {TWO}/sharpness <= 1", []),
        (f"{ONE}/sharpness < {TWO}/sharpness and 1.1 >= {TWO}/sharpness", []),
        (f"{ONE}/sharpness < {TWO}/sharpness and {ONE}/sharpness <= 1", [TWO]),
        (f"abs(1 - {ONE}/sharpness) < abs(1 - {TWO}/sharpness)", []),
        (f"{ONE}/sharpness >= 0.5", []),
        (f"{ONE}/sharpness <= 0.9 * pictures/renders@1/sharpness", []),
        (f"{ONE}/diversity < {TWO}/diversity", []),
    ],
)
def test_pictures_that_are_called_sharper_must_not_be_too_sharp(
    check: str, unbounded: list[str]
) -> None:
    found = [one for one in problems_of(EXPLICIT.replace(CHECK, check)) if one.code == "ML322"]
    assert [one.message.split("/sharpness")[0].strip("`") for one in found] == unbounded
    assert all("<= 1`" in one.remedy for one in found)


def test_numbers_of_hand_written_plans_are_warnings() -> None:
    text = (
        "# Lesson: X\n## Phase 2: Analyze\n## Phase 3: Design\n### Lesson Outline\n#### 1. Hook\n"
    )
    found = problems_of(text + "\nIt takes 50 steps.\nAnd 10 more.\n\nType: 12 of a kind\n")
    assert [(p.line, p.severity, p.code) for p in found] == [
        (7, "warning", "ML301"),
        (8, "warning", "ML301"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "DPM-Solver++(2M) and DPM-Solver-3",
        "SD 1.5, SD v2.1, SDXL",
        "CIFAR-10 and ImageNet 64×64",
        "a 2D plane and W2, x_0, fp16, sd15",
        "Module 7.3, Lesson 2, Exercise 4a, section 9, (7.2.2)",
        "Level 3 and Step 2",
        "two steps, twelve months",
        "x² and H₂O",
    ],
)
def test_names_with_digits_are_no_numbers(text: str) -> None:
    assert list(literal_numbers(text)) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("50 steps", ["50"]),
        ("about ~0.8 s", ["~0.8"]),
        ("1,000 images of 512×512", ["1,000", "512×512"]),
        ("a 4-step model", ["4"]),
        ("12% and -3", ["12", "-3"]),
        ("2-4 steps", ["2", "4"]),
        ("level 80", ["80"]),
        ("10x faster", ["10"]),
        ("1e-3", ["1e-3"]),
        ("(2023)", ["2023"]),
        ("3D in 5 D", ["5"]),
    ],
)
def test_literal_numbers(text: str, numbers: list[str]) -> None:
    assert [number for _, number in literal_numbers(text)] == numbers


def test_every_code_is_documented_and_every_documented_code_exists() -> None:
    pages = {path.stem: path for path in (ROOT / "docs/problems").glob("ML*.md")}
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob("pipelines/**/*.py")]
    used = set(re.findall(r'"(ML\d{3})",', "".join(sources)))
    assert used == set(pages) == set(TITLES)
    index = (ROOT / "docs/problems/README.md").read_text(encoding="utf-8")
    for code, page in pages.items():
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {code}: {TITLES[code]}\n")
        assert "\n## Example\n" in text and "\n## Remedy\n" in text
        assert f"| [{code}]({code}.md) | {TITLES[code]} |" in index
