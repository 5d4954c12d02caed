"""`methods`: docs/methods.md, from what the methods' own files say of themselves.

Paper and differences are those of each module's docstring; seconds are those of `durations.json`;
claims those whose checks name an experiment of the method.
"""

import argparse
import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.blocks.claim import Claim
from pipelines.commands.folders import read_plans
from pipelines.contracts.blocks import walk
from pipelines.contracts.files import read_json
from pipelines.contracts.keys import MeasurementKey, keys_in
from pipelines.contracts.plan import LessonPlan
from pipelines.module.catalog import read_catalog
from pipelines.registry import LATENT_METHODS, METHODS

PACKAGE = Path(__file__).parent.parent
DIFFERENT = "Different here"
_ARXIV = re.compile(r"\b\d{4}\.\d{4,5}\b")
HEAD = """\
# Methods

Made by `measured-lessons methods --module lessons/fast-generation`; a test holds this file against
it. Paper and differences stand in the docstrings of `pipelines/methods`. Seconds are those of the
jobs that train (`durations.json`: two cores, all networks of an experiment), from the quickest to
the slowest experiment of a method; a dash means that no build has told them yet.
"""
COLUMNS = "| method | paper | what differs, and why | experiments | seconds | claims |\n"


@dataclass(frozen=True)
class Used:
    """Where a method is used.

    Attributes:
        experiments: Of the method, by name.
        seconds: What training each took, where it is known.
        claims: By lesson, those whose checks name one of the experiments.
    """

    experiments: list[str]
    seconds: list[float]
    claims: dict[str, list[str]]


def add(parser: argparse.ArgumentParser) -> None:
    """Name the module."""
    parser.add_argument("--module", type=Path, required=True, help="folder of the plans")


def run(args: argparse.Namespace) -> int:
    """Print the document."""
    print(document(args.module), end="")
    return 0


def document(module: Path) -> str:
    """Return docs/methods.md for the methods and the plans of a module folder."""
    catalog = read_catalog(module)
    by_method = defaultdict[str, list[str]](list)
    for name, one in catalog.measured.items():
        by_method[one.method].append(name)
    told = module / "durations.json"
    seconds = read_json(told)["seconds"] if told.exists() else {}  # a new module has none
    claims = claims_by_experiment(module)

    def used(method: str) -> Used:
        names = sorted(by_method[method])
        files = [f"models/{name}{suffix}" for name in names for suffix in ("", ".safetensors")]
        found = defaultdict[str, list[str]](list)
        for lesson, id in dict.fromkeys(pair for name in names for pair in claims[name]):
            found[lesson].append(id)
        return Used(names, [seconds[one] for one in files if one in seconds], found)

    plane = {name: used(name) for name in METHODS}
    pictures = {name: used(name) for name, method in LATENT_METHODS.items() if method.module}
    modules = {name: one.module for name, one in METHODS.items()}
    modules |= {name: one.module for name, one in LATENT_METHODS.items()}
    parts = [HEAD, "\n## In the plane\n\n", *_table(plane, modules)]
    return "".join([*parts, "\n## On pictures\n\n", *_table(pictures, modules)])


def claims_by_experiment(module: Path) -> Mapping[str, list[tuple[str, str]]]:
    """Return experiment → (lesson, claim) for every claim whose check names it."""
    found = defaultdict[str, list[tuple[str, str]]](list)
    for path, plan in read_plans(sorted(module.glob("*/plan.md"))).plans.items():
        if not isinstance(plan, LessonPlan):
            continue
        for claim in walk(plan):
            if isinstance(claim, Claim):
                names = {MeasurementKey.parse(key).experiment for key in keys_in(claim.check)}
                for name in names:
                    found[name].append((path.parent.name, claim.id))
    return found


def _table(methods: Mapping[str, Used], modules: Mapping[str, str]) -> Iterator[str]:
    yield COLUMNS
    yield "|---" * COLUMNS.count(" | ") + "|---|\n"
    for name, used in methods.items():
        doc = docstring_of(modules[name])
        cells = (
            f"`{name}`",
            papers(doc),
            differences(doc),
            ", ".join(f"`{one}`" for one in used.experiments),
            _span(used.seconds),
            "; ".join(f"{lesson}: {_ticked(ids)}" for lesson, ids in used.claims.items()) or "–",
        )
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _ticked(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _span(seconds: list[float]) -> str:
    if not seconds:
        return "–"
    low, high = min(seconds), max(seconds)
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"


def docstring_of(module: str) -> str:
    """Return a module's docstring without importing it."""
    path = PACKAGE.parent / Path(*module.split(".")).with_suffix(".py")
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def papers(doc: str) -> str:
    """Return links to the papers that a docstring names before it tells what differs."""
    numbers = dict.fromkeys(_ARXIV.findall(doc.partition(DIFFERENT)[0]))
    own = numbers or dict.fromkeys(_ARXIV.findall(doc))
    return ", ".join(f"[{number}](https://arxiv.org/abs/{number})" for number in own)


def differences(doc: str) -> str:
    """Return the paragraph of a docstring that tells what differs from the paper."""
    _, _, rest = doc.partition(DIFFERENT)
    paragraph = rest.partition("\n\n")[0]
    return " ".join(paragraph.split()).lstrip(",: ")
