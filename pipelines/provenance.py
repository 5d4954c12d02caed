"""Digests of the code that a job really uses, so that editing a method retrains its networks.

Snakemake sees that a rule's command changed, not that a module it imports did. `code_digest`
follows imports within the package and hashes every syntax tree without docstrings: a comment
changes nothing, a formula does. Methods and figures are imported by name at run time, which no
static walk sees, so a rule names those modules itself.
"""

import ast
import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = "pipelines"
ROOT = Path(__file__).resolve().parent.parent


def code_digest(*modules: str) -> str:
    """Return a short digest over `modules` and all package modules that they import."""
    return joined_digest({name: _module_digest(name) for name in reached(modules)})


def joined_digest(digests: Mapping[str, str]) -> str:
    """Return a short digest of the digests of modules, by name."""
    joined = "\n".join(f"{name} {digests[name]}" for name in sorted(digests))
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def reached(
    modules: Iterable[str], imports: Callable[[str], Iterable[str]] | None = None
) -> set[str]:
    """Return the modules of the package that `modules` import, directly or not, and themselves.

    Args:
        imports: What a module names in its import statements, if another knows it too.
    """
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        if _path(name) is None:
            raise ModuleNotFoundError(f"no module {name} in this package")
        seen.add(name)
        waiting.extend((imports or imported)(name))
    return seen


@cache
def imported(name: str) -> frozenset[str]:
    """Return the package modules that one module names in its import statements."""
    found: set[str] = set()
    for node in ast.walk(_tree(name)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    inside = {module for module in found if module.split(".")[0] == PACKAGE and _path(module)}
    return frozenset(inside | _packages_of(inside) - {name})


def _packages_of(modules: Iterable[str]) -> set[str]:
    """A package's `__init__` runs whenever one of its modules is imported."""
    parents = (module.split(".") for module in modules)
    return {".".join(parts[:i]) for parts in parents for i in range(1, len(parts))}


@cache
def _module_digest(name: str) -> str:
    tree = _tree(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _drop_docstring(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        node.body = node.body[1:]


def _tree(name: str) -> ast.Module:
    path = _path(name)
    assert path is not None
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _path(name: str) -> Path | None:
    base = ROOT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def files_digest(paths: Iterable[Path]) -> str:
    """Return a digest over the names and bytes of files (templates, lock file)."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def versions() -> dict[str, str]:
    """Return the versions that a trained network's bits depend on."""
    return {name: version(name) for name in ("numpy", "safetensors", "torch")}


def processor() -> str:
    """Return the processor's name as Linux tells it, elsewhere as Python does."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
