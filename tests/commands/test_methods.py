"""docs/methods.md: what the methods' own files say, held against them."""

from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.commands.methods import differences, docstring_of, papers
from pipelines.registry import LATENT_METHODS, METHODS

ROOT = Path(__file__).parent.parent.parent
MODULE = ROOT / "lessons/fast-generation"
MODULES = sorted({one.module for one in (*METHODS.values(), *LATENT_METHODS.values())} - {""})


def test_the_document_is_what_the_methods_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods", "--module", str(MODULE)]) == 0
    document = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out == document, "write it anew: see its first lines"
    for name in METHODS:
        assert f"| `{name}` |" in document


@pytest.mark.parametrize("module", MODULES)
def test_every_method_names_its_paper_and_what_differs(module: str) -> None:
    doc = docstring_of(module)
    assert papers(doc)
    assert len(differences(doc).split()) >= 5


def test_what_differs_ends_with_its_paragraph() -> None:
    doc = "A method (2301.00001).\n\nDifferent here, from it: one\nthing (2302.00002).\n\nMore."
    assert differences(doc) == "from it: one thing (2302.00002)."
    assert papers(doc) == "[2301.00001](https://arxiv.org/abs/2301.00001)"
