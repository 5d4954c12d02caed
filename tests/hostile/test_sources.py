"""What stands beside plans: YAML, BibTeX, JSON, and files that are no files.

Each case lies in a small module, and is refused by name: before anything is trained, with its
file, its line and what to do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from attack import Outcome, attacked
from checkout import ROOT

BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefghi")
)
DIGITS = "9" * 5000


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """The tiny module, in a folder of its own inside another, which nothing may leave."""
    folder = tmp_path / "around/tiny"
    shutil.copytree(ROOT / "tests/data/tiny-module", folder)
    with (folder / "experiments/toy-edm.yaml").open("a") as experiment:
        experiment.write("seed: 0\nreplicas: 1\n")
    return folder


def linted(module: Path) -> Outcome:
    return attacked("lint", module / "probe/plan.md", log=module.parent.parent / "log")


def test_the_module_is_sound(module: Path) -> None:
    outcome = linted(module)
    assert outcome.status == 0 and "1 plan(s): 0 error(s)" in outcome.told, outcome


# --- YAML ----------------------------------------------------------------------------------------

EXPERIMENTS: dict[str, tuple[str, str]] = {
    "a date that no calendar has": ("title: EDM teacher", "title: 2024-13-45"),
    "a number for a name": ("method: edm", "1: 2\nmethod: edm"),
    "nothing for a name": ("method: edm", "~: 2\nmethod: edm"),
    "a list for a name": ("method: edm", "? [a, b]\n: c\nmethod: edm"),
    "a tag of YAML": ("title: EDM teacher", "title: !!int x"),
    "a tag of Python": ("title: EDM teacher", "title: !!python/object/apply:os.mkdir ['x']"),
    "5,000 digits": ("seed: 0", f"seed: {DIGITS}"),
    "5,000 digits for a name": ("seed: 0", f"seed: 0\nlevels: {{{DIGITS}: [1.0]}}"),
    "100,000 brackets": ("seed: 0", "seed: " + "[" * 100_000),
    "references that grow": ("seed: 0", f"seed: 0\n{BOMB}"),
    "a name that is merged in": ("seed: 0", "seed: 0\n<<: {seed: 1}"),
    "a name twice": ("seed: 0", "seed: 0\nseed: 1"),
    "infinity": ("lr: 2.0e-3", "lr: .inf"),
    "no number": ("lr: 2.0e-3", "lr: .nan"),
    "a number too large for a float": ("lr: 2.0e-3", "lr: 1.0e+999"),
    "a word of truth for a number": ("steps: 500", "steps: yes"),
    "truth for a number": ("steps: 500", "steps: true"),
    "a text for a number": ("steps: 500", "steps: '6000'"),
    "more trainings than time": ("replicas: 1", "replicas: 100000000"),
    "a network larger than memory": ("seed: 0", "seed: 0\nnetwork: {hidden: 1000000000}"),
    "mathematics in a title": ("title: EDM teacher", 'title: "costs $5_{ and \\\\frac $x"'),
    "a title of 100,000 letters": ("title: EDM teacher", "title: " + "a" * 100_000),
    "a title that nobody sees": ("title: EDM teacher", 'title: "a\\0\\e[31m\\u202eb"'),
    "lines that only YAML breaks": ("method: edm", 'data: "' + "\u2028" * 99 + '"\nmethod: magic'),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_refused_with_its_line(name: str, module: Path) -> None:
    file = module / "experiments/toy-edm.yaml"
    old, new = EXPERIMENTS[name]
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    outcome = linted(module)
    assert outcome.refused and f"{file}:" in outcome.told and "remedy:" in outcome.told, outcome
    assert not (module.parent / "x").exists() and "\x1b" not in outcome.told


FACT = "- {{id: a, value: {0}, what: a, source: nobody}}\n"
FACTS: dict[str, str] = {
    "5,000 brackets": "- id: " + "[" * 5000,
    "a tag without a value": "- id: !!timestamp x\n",
    "a date": FACT.format("2024-13-45"),
    "a tag": FACT.format("!!int x"),
    "infinity": FACT.format(".inf"),
    "5,000 digits": FACT.format(DIGITS),
    "references": "- &a {id: a}\n- *a\n",
}


@pytest.mark.parametrize("file", ["facts.yaml", "glossary.yaml"])
@pytest.mark.parametrize("name", FACTS)
def test_facts_and_terms_are_refused_with_their_line(name: str, file: str, module: Path) -> None:
    from pipelines.contracts.problems import InputProblems
    from pipelines.module.sources import load_facts, load_glossary

    path = module / file
    path.write_text(FACTS[name], encoding="utf-8")
    with pytest.raises(InputProblems, match=rf"{file}:\d+: error ML10"):
        load_facts(path) if file == "facts.yaml" else load_glossary(path, ())


# --- BibTeX --------------------------------------------------------------------------------------

ENTRY = "@misc{{one, author = {{A B}}, title = {{{0}}}, year = {{2020}}}}\n"
WORKS: dict[str, str] = {
    "100,000 open braces": "@misc{one, title = {" + "{" * 100_000,
    "braces 3,000 deep": ENTRY.format("{" * 3000 + "x" + "}" * 3000),
    "macros 2,000 deep": ENTRY.format(r"\emph{" * 2000 + "x" + "}" * 2000),
    "strings that double": '@string{a = "xx"}\n'
    + "".join(f"@string{{{new} = {old} # {old}}}\n" for old, new in pairwise("abcdefghi"))
    + "@misc{one, author = {A}, title = i}\n",
    "2,000 entries of one key": ENTRY.format("t") * 2000,
    "20,000 signs": "@" * 10_000 + "@a{" * 5000,
    "files and programs of TeX": ENTRY.format(r"\input{/etc/passwd}\write18{touch x}"),
    "a script": ENTRY.format("<script>alert(1)</script>")
    + "@misc{two, author = {A}, title = {B}, url = {javascript:alert(1)}, year = {<img src=x>}}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", WORKS)
def test_a_bibliography_takes_little_and_runs_nothing(name: str, module: Path) -> None:
    (module / "references.bib").write_text(WORKS[name], encoding="utf-8")
    plan = module / "probe/plan.md"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(
        text.replace("The problem, before", "{cite}`one` {cite}`two` The problem, before")
    )
    out, log = module.parent / "out", module.parent.parent / "log"
    outcome = attacked("render", plan, "--out", out, "--build", module.parent, log=log)
    assert outcome.sound, outcome
    pages = "".join(file.read_text(encoding="utf-8") for file in out.rglob("*.html"))
    assert "root:x" not in pages and "javascript:" not in pages and "<script>alert" not in pages
    assert not list(module.parent.rglob("x"))


# --- JSON beside the plans -----------------------------------------------------------------------

REPEATED = '[{{"made": "here", "trainings": ["a","b","c","d","e"], "rows": {0}}}]'
JSON: dict[str, tuple[str, str]] = {
    "repetitions that are no numbers": (
        "repetitions.json", REPEATED.format('{"toy-edm/heun@10/x": [NaN, 1, 2, 3, Infinity]}'),
    ),
    "repetitions 100,000 deep": ("repetitions.json", "[" * 100_000),
    "repetitions of 5,000 digits": ("repetitions.json", REPEATED.format(DIGITS)),
    "sampling 100,000 deep": ("sampling.json", "{" + '"a":{' * 100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", JSON)
def test_json_of_a_module_is_refused(name: str, module: Path) -> None:
    file, text = JSON[name]
    (module / file).write_text(text, encoding="utf-8")
    assert attacked("claims", module, "--module", module, log=module.parent.parent / "log").refused


# --- files that are none -------------------------------------------------------------------------


def sparse(path: Path) -> None:
    """A file of 100 MB that takes no room: one line of zeros."""
    with path.open("wb") as file:
        file.truncate(100_000_000)


SPECIAL: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link out of the module": lambda path: path.symlink_to(
        "../" * (len(path.parents) - 2) + "etc/passwd"
    ),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a line of 100 MB": sparse,
}
PLACES = (
    *("probe/plan.md", "experiments/toy-edm.yaml", "facts.yaml", "references.bib", "module.md"),
    *("probe/listings/hello.py", "repetitions.json"),
)
PAIRS = [(name, PLACES[(n + m) % len(PLACES)]) for n, name in enumerate(SPECIAL) for m in (0, 3)]


@pytest.mark.parametrize(("name", "place"), PAIRS)
def test_what_is_no_file_of_the_module_is_not_read(name: str, place: str, module: Path) -> None:
    path = module / place
    path.unlink(missing_ok=True)
    SPECIAL[name](path)
    outcome = attacked("lint", module, log=module.parent.parent / "log")
    assert outcome.refused and "root:x" not in outcome.told, outcome
    assert "ML114" in outcome.told or "ML108" in outcome.told, outcome


@pytest.mark.parametrize("verb", ["lint", "parse", "format", "repair", "render"])
@pytest.mark.parametrize(
    "name", ["/dev/zero", "/proc/self/mem", "a" * 5000, "\udcff.md", "-", "."]
)
def test_no_name_of_a_file_ends_in_a_traceback(
    verb: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    more = ["--out", tmp_path / "out"] if verb == "render" else []
    assert attacked(verb, *more, "--", name, log=tmp_path / "log").refused


def test_a_link_is_mended_where_it_leads_and_for_whom_it_was(tmp_path: Path) -> None:
    plan, link = tmp_path / "there/plan.md", tmp_path / "plan.md"
    plan.parent.mkdir()
    plan.write_bytes(b"# Lesson: A\r\n\r\nText.\r\n")
    plan.chmod(0o600)
    link.symlink_to(plan)
    assert attacked("repair", "--write", link, log=tmp_path / "log").status == 0
    assert link.is_symlink() and b"\r" not in plan.read_bytes()
    assert plan.stat().st_mode & 0o777 == 0o600
