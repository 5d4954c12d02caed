"""Names of systems are taken apart and put together in `pipelines.contracts.keys` alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.blocks.claim import CLAIM
from pipelines.blocks.table import TABLE

KEYS = "pipelines/contracts/keys.py"
CUTS = {
    "partition", "rpartition", "split", "rsplit", "removeprefix", "removesuffix", "startswith",
    "endswith", "replace", "find", "rfind", "index", "count", "join",
}  # fmt: skip
EXEMPT = {  # by file: what looks alike and is something else
    "bootstrap.py": {"PIP.rpartition('/')"},  # an address
    "randomness.py": {"'/'.join(map(str, labels))"},  # of a random stream
    "inline.py": {"href.startswith(('/', '\\\\'))"},  # a link
    "claim.py": {repr(CLAIM.example)},  # as an author writes it
    "table.py": {repr(TABLE.example)},
    "hub_cache.py": {"repository.replace('/', '--')"},  # a repository
    "checkpoint_inputs.py": {"f'{settings.build}/{CHECKPOINTS}'"},  # files
    "template_files.py": {"path.removeprefix(f'{TEMPLATES}/')"},
    "settings.py": {
        "f'{self.module}/{name}'", """f"{config.get('lessons', 'lessons')}/{config['module']}\"""",
    },
    "wholes.py": {"f'{lesson}/{name}'"},
    "exported_round.py": {"'measured-lessons/round@1'"},  # a form of files, and its version
    "executing.py": {"f'{STUDENT}/{cell.name}'", "name.removeprefix(f'{STUDENT}/')"},  # runs
    "materials.py": {
        "f'{folder}/{name}'", "f'{WEIGHTS}/{name}'",
        "f'{model}/{path.relative_to(place).as_posix()}'",
    },
    "notebook.py": {"f'{cell.kind}/{cell.name}/{cell.student}'"},  # what a cell is known by
    "source.py": {"name.split('/', 1)"},  # a model's folder or file
    "exercises.py": {"name.partition('/')"},
    "exercise_inputs.py": {"name.partition('/')"},
    "soundness.py": {"'/' in target"},  # a link
    "spots.py": {"spot.name.partition('/')"},  # a place of the page
    "networks.py": {"name.removeprefix('seed').partition('/')"},  # weights
}  # fmt: skip
QUOTED = re.compile(r"`[^`]*`")  # names in a message
SAMPLED = re.compile(r"[\w}\]\)+*?]@[\w{(\[\\.]|,\(?(?:\?[!=:])?w=[\d{(\[\\]|\(\?!w=")
JOINED = re.compile(  # a file has an ending, or more folders
    r"\{\}/\{\}(?:/[\w{}]+)?\s*|.*(?:(?:path|film|modes|nfe)/\{\}|/seed\{\}|\{\}/seed).*"
)


def found_in(source: str, exempt: set[str] | None = None, *, names: bool = True) -> list[int]:
    """Return the lines of a program that take names apart or put them together.

    Args:
        names: Whether a name that is written out counts too: `"real@1/off_manifold"`.
    """
    tree = ast.parse(source)
    texts = {id(part) for node in ast.walk(tree) for part in _parts(node)}
    nodes = (node for node in ast.walk(tree) if id(node) not in texts and _suspicious(node, names))
    return sorted({node.lineno for node in nodes if ast.unparse(node) not in (exempt or ())})


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield docstrings, and pieces of longer texts."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield from node.values


def _suspicious(node: ast.AST, names: bool) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=of, attr=attr), args=args) if attr in CUTS:
            return any(_border(one) for one in ([of] if attr == "join" else args[:1]))
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]):
            return _border(left)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _border(_edge(left, -12)) or _border(_edge(right, 0))
        case ast.JoinedStr() | ast.Constant(value=str()):
            text = QUOTED.sub("", _text(node))
            made = isinstance(node, ast.JoinedStr) or "{}" in text or "\\" in text
            return bool(JOINED.fullmatch(text) or (SAMPLED.search(text) and (made or names)))
    return False


def _border(node: ast.AST) -> bool:
    """Whether a text is what stands between the parts of a name, or holds it."""
    match node:
        case ast.Tuple(elts=elements):
            return any(map(_border, elements))
        case ast.Constant(value=str(text)):
            return text == "/" or text in ("path/", "film/", "modes/", "nfe/") or _sampled(text)
        case ast.JoinedStr():
            text = _text(node)
            return text in ("{}/", "/{}") or _sampled(text)
    return False


def _edge(node: ast.AST, start: int) -> ast.AST:
    """Return the end or the beginning of a text, where it meets another."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return ast.Constant(node.value[start:][:12])
    return node


def _sampled(text: str) -> bool:
    return "@" in text or "w=" in text or "/seed" in text


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value
    values = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return "".join(values)


def files(pattern: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))


PROGRAMS = [name for name in files("pipelines/**/*.py") if name != KEYS]
RULES = ["Snakefile", *files("pipelines/rules/*.smk")]
HELPERS = [
    name
    for name in files("tests/**/*.py")
    if not Path(name).name.startswith("test_") and "/data/" not in name
]
IN_RULES = re.compile(  # Snakemake's language is not Python's
    r"""\b(?:r?partition|r?split|removeprefix|startswith|endswith)\(f?["'](?:/|[^"']*@[^"']*)["']"""
    r"""|["']@["'] (?:not )?in\b|[\w}]@[{\d]|,w="""
)


def test_programs_leave_names_whole() -> None:
    found = {
        name: found_in((ROOT / name).read_text(), EXEMPT.get(Path(name).name)) for name in PROGRAMS
    }
    assert len(found) > 300 and not {name: lines for name, lines in found.items() if lines}


def test_rules_leave_names_whole() -> None:
    assert len(RULES) > 5
    for name in RULES:
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            assert not IN_RULES.search(line.partition("#")[0]), f"{name}:{number}"


def test_helpers_of_tests_leave_names_whole() -> None:
    found = {
        name: found_in((ROOT / name).read_text(), EXEMPT.get(Path(name).name), names=False)
        for name in HELPERS
    }
    assert len(found) > 10 and not {name: lines for name, lines in found.items() if lines}


def test_every_exemption_is_needed() -> None:
    for file, exempt in EXEMPT.items():
        named = [name for name in PROGRAMS + HELPERS if Path(name).name == file]
        found = [line for name in named for line in found_in((ROOT / name).read_text())]
        assert len(found) == len(exempt), file


PLANTED = [
    'system.partition("@")', 'system.split("@")[0]', 'key.rpartition("/")', 'key.split("/", 2)',
    'key.rsplit("/", 1)[0]', 'key.startswith(f"{name}/")', 'key.removeprefix(f"{name}/")',
    'key.endswith(f"/{metric}")', 'key.startswith(f"{name}/{sampler}@")', '"@" in pattern',
    '"/" in pattern', '"@" not in pattern', 'said.partition(",w=")', 'name.removesuffix("/seed0")',
    'f"{experiment.name}/{system}/{metric}"', 'f"{sampler}@{steps}"', 'f"{name}/real@1"',
    'f"path/{system}/x"', 'f"{system}/seed{seed}"', 'f"nfe/{name}"', 'f"{name}/train@{n}/seconds"',
    'f"{system},w={w:g}"', '"{}/{}".format(a, b)', '"{}@{}".format(a, b)', '"real@1/off_manifold"',
    'f"real@1/{metric}"', '"consistency@1"', 'name + "@" + steps', 'experiment + "/" + system',
    '"@".join((sampler, steps))', '"/".join((name, system, metric))', 'key.startswith("path/")',
    'key.startswith(("path/", "film/"))', 're.compile(r"([a-z0-9_]+)@(\\d+)")',
    're.compile(r"@(\\d+)(?:,w=([\\d.]+))?$")', 're.split(r",(?!w=)", text)',
    're.fullmatch(r"[^/,]+@\\d+/seed\\d+", name)', 'PATTERN = r"(?P<sampler>[a-z]+)@(\\d+)"',
    're.compile(rf"{SAMPLER}@\\d+")',
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found(planted: str) -> None:
    whole = f'"""Of `a/b@1`, and heun@2."""\n\ndef of(name):\n    return {planted}\n'
    if planted.startswith("PATTERN"):
        whole = f"import re\n\n\n{planted}\n"
    assert found_in(whole) == [4]


@pytest.mark.parametrize(
    "innocent",
    [
        "a @ b", 'path.split(":")', 'f"{build}/draft/{lesson}"', 'f"step {n}/{steps}"',
        'f"write `:{role}: <experiment>/<sampler>@<steps>`"', 'f"`{a}/{b}` is no system"',
        'raise ValueError(f"write like `heun@4,w={w}`")', 'f"@{folder}"', '"@media screen"',
        'Sampling.parse(name)', 'path.startswith("templates/")', 'f"{name}-{part}"', 'a / b',
    ],
)  # fmt: skip
def test_what_is_no_name_is_let_be(innocent: str) -> None:
    body = innocent if innocent.startswith("raise") else f"return {innocent}"
    assert found_in(f"def of(name):\n    {body}\n") == []


@pytest.mark.parametrize(
    "planted",
    [
        'named = {one.partition("/")[0] for one in systems}', 'name = f"{sampler}@{steps}"',
        'plain = name.split("@")[0]', 'if "@" in name:', 'flags = ["real@1"]', 'said = ",w=2"',
    ],
)  # fmt: skip
def test_what_is_planted_in_rules_is_found(planted: str) -> None:
    assert IN_RULES.search(planted)
