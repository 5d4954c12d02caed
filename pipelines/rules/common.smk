# What the lessons ask for, and where everything lies. Read once, when the graph is drawn.
import sys
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.problems import InputProblems
from pipelines.plan.catalog import read_catalog
from pipelines.provenance import code_digest, files_digest
from pipelines.registry import FIGURES, METHODS

PRESET = PRESETS[config["preset"]]
BUILD = config.get("build") or (
    "build" if PRESET.name == "default" else f"build/{PRESET.name}"
)
MODULE = f"{config.get('lessons', 'lessons')}/{config['module']}"
GLOSSARY = [file for file in (f"{MODULE}/glossary.yaml",) if Path(file).is_file()]
REPETITIONS = [
    file for file in (f"{MODULE}/repetitions.json",) if Path(file).is_file()
]
PRODUCT = f"{BUILD}/manifest.json"
LOCK = files_digest([Path("requirements.lock")])

try:
    CATALOG = read_catalog(Path(MODULE))
except InputProblems as problems:
    sys.exit(
        f"{problems}\n\n{len(problems.problems)} problem(s). Nothing was built or changed."
    )
MEASURED = [f"{BUILD}/measurements/{name}.json" for name in CATALOG.measured]


wildcard_constraints:
    experiment="|".join(CATALOG.experiments) or "none-at-all",
    lesson="[a-z0-9-]+",
    figure="[a-z0-9-]+",


def experiment_file(wildcards):
    return CATALOG.experiments[wildcards.experiment].file


def networks(name, suffix=".safetensors"):
    """The file of all replicas of an experiment; with other suffixes, what goes with it."""
    return f"{BUILD}/models/{name}{suffix}"


def parents(wildcards):
    """The networks that these learn from."""
    needs = CATALOG.experiments[wildcards.experiment].needs
    return [networks(needs[role]) for role in sorted(needs)]


def parent_samples(wildcards):
    needs = CATALOG.experiments[wildcards.experiment].needs
    return [f"{BUILD}/samples/{needs[role]}.safetensors" for role in sorted(needs)]


def parent_flags(wildcards, input):
    """`--parent role=path …`, so that a stage never has to guess who is who."""
    needs = CATALOG.experiments[wildcards.experiment].needs
    return [
        f"--parent {role}={path}" for role, path in zip(sorted(needs), input.parents)
    ]


def method_code(stage):
    """The digest of a stage with the method of the experiment at hand, and of its parents."""

    def digest(wildcards):
        experiment = CATALOG.experiments[wildcards.experiment]
        family = [
            experiment,
            *(CATALOG.experiments[name] for name in experiment.needs.values()),
        ]
        return code_digest(stage, *{METHODS[member.method].module for member in family})

    return digest


def figure_use(wildcards):
    return CATALOG.lessons[wildcards.lesson].figures[wildcards.figure]


def figure_name(wildcards):
    return figure_use(wildcards).figure


def figure_options(wildcards):
    return figure_use(wildcards).options_json


def figure_code(wildcards):
    return code_digest("pipelines.stages.draw", FIGURES[figure_name(wildcards)].module)


def plan_file(wildcards):
    return CATALOG.lessons[wildcards.lesson].file


def lesson_drawings(wildcards):
    return drawings(wildcards.lesson)


def figure_lineage(wildcards):
    """The experiments that a figure draws, and all that they learnt from."""
    names = list(figure_use(wildcards).experiments)
    for name in names:
        needs = CATALOG.measured[name].needs
        names += [needs[role] for role in sorted(needs) if needs[role] not in names]
    return names


def trained(name):
    """Published weights and combinations are not trained here."""
    return bool(CATALOG.measured[name].train)


def figure_experiments(wildcards):
    return [CATALOG.measured[name].file for name in figure_lineage(wildcards)]


def figure_trainings(wildcards):
    """CPU-seconds, only for a figure that shows them: they differ from build to build."""
    if not FIGURES[figure_name(wildcards)].timed:
        return []
    return [
        networks(name, ".timing.json")
        for name in figure_lineage(wildcards)
        if trained(name)
    ]


def figure_clocks(wildcards):
    """Wall-clock rows, only for a figure that shows them."""
    return clocks() if FIGURES[figure_name(wildcards)].clocked else []


def figure_samples(wildcards):
    names = figure_use(wildcards).experiments
    return [f"{BUILD}/samples/{name}.safetensors" for name in names]


def figure_histories(wildcards):
    names = figure_use(wildcards).experiments
    return [networks(name, ".history.json") for name in names if trained(name)]


def drawings(lesson):
    """The three files of each figure of a lesson."""
    base = f"{BUILD}/draft/{lesson}/figures"
    kinds = ("light.svg", "dark.svg", "json")
    return [
        f"{base}/{figure}.{kind}"
        for figure in CATALOG.lessons[lesson].figures
        for kind in kinds
    ]


def static_files():
    """The stylesheet and the scripts, relative to the site."""
    return [
        path.removeprefix("templates/") for path in templates() if "/static/" in path
    ]


def lesson_listings(wildcards):
    """What became of the programs that a lesson shows."""
    folder = f"{BUILD}/draft/{wildcards.lesson}/listings"
    names = CATALOG.lessons[wildcards.lesson].listings
    return [f"{folder}/{name}.json" for name in names]


def site_files():
    """All that readers see, relative to the site."""
    files = ["index.html", *static_files()]
    for lesson in CATALOG.lessons:
        files += [f"{lesson}/index.html", f"{lesson}/review.html"]
        files += [
            path.removeprefix(f"{BUILD}/draft/")
            for path in drawings(lesson)
            if path.endswith("svg")
        ]
    return files


def each_network(suffix):
    return [networks(name, suffix) for name in CATALOG.experiments]


def each_training(suffix):
    """The same of all that is trained, the models of the tiny Stable Diffusion among them."""
    return [networks(name, suffix) for name in CATALOG.measured if trained(name)]


def lender_flags():
    """`--lender experiment=other …`: whose repeated trainings stand for those that it lacks."""
    each = CATALOG.measured.values()
    return [f"--lender {one.name}={one.spread_from}" for one in each if one.spread_from]


def clocks():
    latent = [f"{BUILD}/timings/latent.json"] if CATALOG.students else []
    return [f"{BUILD}/timings/clock.json", *latent]


def templates():
    return sorted(str(path) for path in Path("templates").rglob("*") if path.is_file())
