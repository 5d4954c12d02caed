# What the lessons ask for, and where everything lies. Read once, when the graph is drawn.
import atexit
import json
import shlex
import sys
from pathlib import Path

from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.keys import experiment_of
from pipelines.contracts.names import IDENTIFIER
from pipelines.contracts.problems import InputProblems
from pipelines.digests import Digests
from pipelines.graph import content, source, stop, unswallowed
from pipelines.plan.shares import REST, heirs, lineage, ranks, shares, unclaimed
from pipelines.plan.survey import READERS, survey
from pipelines.publishing.site import drop_broken_records
from pipelines.recalled import FOLDER, Recalled
from pipelines.registry import FIGURES, METHODS
from pipelines.seals import broken_seals, told_broken
from pipelines.steering.begin import end_lines, get_help, set_out, steer
from pipelines.steering.keeping import keeps_results

steer(workflow)
RECALLED = Recalled(FOLDER / "graph.json")
atexit.register(RECALLED.save)
code_digest = Digests(RECALLED).code
PRESET = PRESETS[config["preset"]]
STRICT = str(config.get("strict")).lower() == "true"
BUILD = config.get("build") or (
    "build" if PRESET.name == "default" else f"build/{PRESET.name}"
)
MODULE = f"{config.get('lessons', 'lessons')}/{config['module']}"
GLOSSARY = [file for file in (f"{MODULE}/glossary.yaml",) if Path(file).is_file()]
REPETITIONS = [file for file in (f"{MODULE}/repetitions.json",) if Path(file).is_file()]
get_help(workflow, Path(MODULE))
FACTS = f"{MODULE}/facts.yaml"
REFERENCES = f"{MODULE}/references.bib"
RETRAIN = str(config.get("retrain")).lower() == "true" or not PRESET.publish
TRAINED_BY = config.get("recipe", "quick") if RETRAIN else "published"
RECIPE = f"{MODULE}/latent/recipes/{TRAINED_BY}.yaml"
PUBLISHED = f"{MODULE}/latent/published"
BASE = [RECIPE] if RETRAIN else [RECIPE, PUBLISHED]
NEEDED = [FACTS, REFERENCES, *(BASE if any(Path(MODULE).glob("latent/*.yaml")) else [])]
LOCK = content("requirements.lock")
KEPT = keeps_results(
    workflow, LOCK
)  # of what trains and samples; clocks are of one machine


def soon(command):
    """Have a stage run by a helper that has imported what it needs; else as others are."""
    return command.replace(
        "python -m ", "python -IS pipelines/steering/ask.py python -m "
    )


# How every job ends: what it says goes to its log, what it made is sealed.
SEALED = " > {log:q} 2>&1 && " + soon(
    "python -m pipelines.seals {output.seal:q} {output:q}"
)

try:
    CATALOG = survey(Path(MODULE), map(Path, NEEDED), RECALLED, code_digest(*READERS))
except InputProblems as problems:
    stop(problems)
if EDITED := told_broken(broken_seals(Path(BUILD))):
    sys.exit(f"{EDITED}\n\nNothing was built or changed.")
drop_broken_records(Path(BUILD))
MEASURED = [f"{BUILD}/measurements/{name}.json" for name in CATALOG.measured]
SHARES = shares(CATALOG)
CLOCKS = SHARES | {
    REST: unclaimed(CATALOG, SHARES)
}  # each takes what none before it takes
RANKS = ranks(CATALOG, SHARES)
HEIRS = heirs(CATALOG)


wildcard_constraints:
    experiment="|".join(CATALOG.experiments) or "none-at-all",
    lesson=IDENTIFIER.pattern,
    owner=IDENTIFIER.pattern,
    figure=IDENTIFIER.pattern,


# The order of the jobs: by the lesson that first needs them; within a lesson, what ends it before
# what begins it. Its clock comes first of all, as soon as its networks are there: later it would
# have to wait for a long training of the next lesson that has slipped in.
NETWORK, MEASUREMENT, DOCUMENT, CLOCK = 10, 30, 50, 60


def urgency(rank, kind):
    return 100 * (len(SHARES) + 1 - rank) + kind


def lesson_urgency(kind):
    """The priority of a job that is made for one lesson."""
    order = list(SHARES)

    @unswallowed
    def priority(wildcards):
        slug = wildcards.get("lesson") or wildcards.get("owner")
        return urgency(order.index(slug) if slug in order else len(order), kind)

    return priority


@unswallowed
def network_urgency(wildcards):
    """Among the networks of a lesson, those first that many wait for."""
    name = wildcards.get("experiment") or wildcards.get("student") or "base"
    return urgency(RANKS.get(name, 0), NETWORK + min(HEIRS.get(name, 0), 9))


@unswallowed
def measuring_urgency(wildcards):
    name = wildcards.get("experiment") or wildcards.get("student")
    return urgency(RANKS[name], MEASUREMENT)


@unswallowed
def experiment_file(wildcards):
    return CATALOG.experiments[wildcards.experiment].file


@unswallowed
def experiment_content(wildcards):
    return content(experiment_file(wildcards))


def networks(name, suffix=".safetensors"):
    """The file of all replicas of an experiment; with other suffixes, what goes with it."""
    return f"{BUILD}/models/{name}{suffix}"


@unswallowed
def parents(wildcards):
    """The networks that these learn from."""
    needs = CATALOG.experiments[wildcards.experiment].needs
    return [networks(needs[role]) for role in sorted(needs)]


@unswallowed
def parent_samples(wildcards):
    needs = CATALOG.experiments[wildcards.experiment].needs
    return [f"{BUILD}/samples/{needs[role]}.safetensors" for role in sorted(needs)]


@unswallowed
def parent_flags(wildcards, input):
    """`--parent=role=path …`, so that a stage never has to guess who is who."""
    needs = CATALOG.experiments[wildcards.experiment].needs
    return [
        f"--parent={role}={path}" for role, path in zip(sorted(needs), input.parents)
    ]


def method_code(stage):
    """The digest of a stage with the method of the experiment at hand, and of its parents."""

    @unswallowed
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


@unswallowed
def figure_name(wildcards):
    return figure_use(wildcards).figure


@unswallowed
def figure_options(wildcards):
    return figure_use(wildcards).options_json


@unswallowed
def figure_code(wildcards):
    return code_digest("pipelines.stages.draw", FIGURES[figure_name(wildcards)].module)


@unswallowed
def plan_file(wildcards):
    return CATALOG.lessons[wildcards.lesson].file


@unswallowed
def page_content(wildcards):
    """What a page is made from besides what was measured: its plan, and what plans may name."""
    named = [experiment.file for experiment in CATALOG.measured.values()]
    read = (plan_file(wildcards), f"{MODULE}/module.md", REFERENCES, FACTS)
    return content(*read, *named, *templates())


def lesson_titles():
    """What the pages of other lessons show of a lesson."""
    return json.dumps(
        {slug: (one.title, one.appendix) for slug, one in CATALOG.lessons.items()}
    )


@unswallowed
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


@unswallowed
def figure_experiments(wildcards):
    return [CATALOG.measured[name].file for name in figure_lineage(wildcards)]


@unswallowed
def figure_content(wildcards):
    return content(*figure_experiments(wildcards))


@unswallowed
def figure_trainings(wildcards):
    """CPU-seconds, only for a figure that shows them: they differ from build to build."""
    if not FIGURES[figure_name(wildcards)].timed:
        return []
    return [
        networks(name, ".timing.json")
        for name in figure_lineage(wildcards)
        if trained(name)
    ]


@unswallowed
def figure_clocks(wildcards):
    """Wall-clock rows, only for a figure that shows them."""
    return lesson_clocks(wildcards) if FIGURES[figure_name(wildcards)].clocked else []


@unswallowed
def lesson_ledger(wildcards):
    return f"{BUILD}/ledgers/{wildcards.lesson}.json"


@unswallowed
def lesson_measurements(wildcards):
    names = SHARES[wildcards.lesson].measured
    return [f"{BUILD}/measurements/{name}.json" for name in names]


@unswallowed
def lesson_trainings(wildcards):
    names = SHARES[wildcards.lesson].trainings
    return [networks(name, ".timing.json") for name in names]


@unswallowed
def lesson_machines(wildcards):
    """Where the machines stand that trained and measured what a lesson shows."""
    names = SHARES[wildcards.lesson].measured
    measuring = [f"{BUILD}/samples/{name}.timing.json" for name in names]
    return measuring + [
        networks(name, ".timing.json") for name in names if trained(name)
    ]


@unswallowed
def lesson_clocks(wildcards):
    """The clocks that a lesson reads: its own, and those of earlier lessons that took its part."""
    share = SHARES[wildcards.lesson]
    plane = [f"{BUILD}/timings/plane/{owner}.json" for owner in share.plane_clocks]
    pictures = [
        f"{BUILD}/timings/pictures/{owner}.json" for owner in share.picture_clocks
    ]
    return plane + pictures


@unswallowed
def clocked_lineage(wildcards):
    """The experiments of the plane that a clock takes, and all that rebuild them."""
    named = set(map(experiment_of, CLOCKS[wildcards.owner].systems))
    return [name for name in lineage(CATALOG, named) if name in CATALOG.experiments]


@unswallowed
def clocked_content(wildcards):
    return content(
        *[CATALOG.experiments[name].file for name in clocked_lineage(wildcards)]
    )


@unswallowed
def clocked_students(wildcards):
    return CLOCKS[wildcards.owner].students


@unswallowed
def figure_samples(wildcards):
    names = figure_use(wildcards).experiments
    return [f"{BUILD}/samples/{name}.safetensors" for name in names]


@unswallowed
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
        path.removeprefix("pipelines/templates/")
        for path in templates()
        if "/static/" in path
    ]


@unswallowed
def lesson_listings(wildcards):
    """What became of the programs that a lesson shows."""
    folder = f"{BUILD}/draft/{wildcards.lesson}/listings"
    names = CATALOG.lessons[wildcards.lesson].listings
    return [f"{folder}/{name}.json" for name in names]


@unswallowed
def lesson_files(wildcards):
    """All that readers see of a lesson, relative to the site."""
    lesson = wildcards.lesson
    pictures = [
        path.removeprefix(f"{BUILD}/draft/")
        for path in drawings(lesson)
        if path.endswith("svg")
    ]
    return [f"{lesson}/index.html", f"{lesson}/review.html", *pictures]


@unswallowed
def lesson_drafts(wildcards):
    return [f"{BUILD}/draft/{file}" for file in lesson_files(wildcards)]


def each_training(suffix):
    """The same of all that is trained, the models of the tiny Stable Diffusion among them."""
    return [networks(name, suffix) for name in CATALOG.measured if trained(name)]


def lender_flags():
    """`--lender=experiment=other …`: whose repeated trainings stand for those that it lacks."""
    each = CATALOG.measured.values()
    return [f"--lender={one.name}={one.spread_from}" for one in each if one.spread_from]


def each_clock():
    """Every clock of the build: one a lesson that needs it, and one of what no lesson quotes."""
    plane = [owner for owner, share in CLOCKS.items() if share.systems]
    pictures = [owner for owner, share in CLOCKS.items() if share.students]
    return [f"{BUILD}/timings/plane/{owner}.json" for owner in plane] + [
        f"{BUILD}/timings/pictures/{owner}.json" for owner in pictures
    ]


def templates():
    return sorted(
        str(path) for path in Path("pipelines/templates").rglob("*") if path.is_file()
    )
