"""Digests follow what a module imports, and only what the code means."""

from pathlib import Path

import pytest

from pipelines import provenance

STAGE = "import pipelines.maths\n\ndef main():\n    return pipelines.maths.f(1)\n"
MATHS = '"""Doc."""\n\ndef f(x):\n    """Doc."""\n    return x + 1\n'


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "pipelines"
    folder.mkdir()
    for name, text in {"__init__": "", "stage": STAGE, "maths": MATHS, "other": MATHS}.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    forget()
    yield folder
    monkeypatch.undo()
    forget()


def forget() -> None:
    for function in (provenance._path, provenance._module_digest, provenance.imported):
        function.cache_clear()


def digest_after(package: Path, name: str, text: str) -> str:
    (package / f"{name}.py").write_text(text)
    forget()
    return provenance.code_digest("pipelines.stage")


def test_the_walk_reaches_what_is_imported_and_its_packages(package: Path) -> None:
    assert provenance.reached(["pipelines.stage"]) == {
        "pipelines",
        "pipelines.stage",
        "pipelines.maths",
    }


def test_comments_and_docstrings_do_not_count_but_formulas_do(package: Path) -> None:
    before = provenance.code_digest("pipelines.stage")
    commented = '"""Another."""\n\ndef f(x):\n    """More."""\n    # why\n    return x + 1\n'
    assert digest_after(package, "maths", commented) == before
    assert digest_after(package, "maths", MATHS.replace("+ 1", "+ 2")) != before


def test_modules_that_are_not_imported_do_not_count(package: Path) -> None:
    before = provenance.code_digest("pipelines.stage")
    assert digest_after(package, "other", "x = 1\n") == before


def test_an_unknown_module_is_an_error(package: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        provenance.code_digest("pipelines.nowhere")
