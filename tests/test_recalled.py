"""What is kept from one run to the next saves time and decides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import provenance
from pipelines.digests import Digests
from pipelines.figure_registry import FIGURES
from pipelines.recalled import Recalled
from pipelines.registry import METHODS

STAGE = "from pipelines import maths\n\ndef main():\n    return maths.f(1)\n"
MATHS = '"""Doc."""\n\ndef f(x):\n    return x + 1\n'


def test_answers_are_found_again_under_their_own_key_only(tmp_path: Path) -> None:
    table = Recalled(tmp_path / "folder/table.json")
    table.remember("a", [1, "ä"])
    table.save()
    again = Recalled(tmp_path / "folder/table.json")
    assert again.get("a") == [1, "ä"]
    assert again.get("b") is None


@pytest.mark.parametrize("damage", ["cut", "flipped", "other", "empty", "gone", "folder"])
def test_a_damaged_table_holds_nothing_and_is_written_anew(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "table.json"
    table = Recalled(file)
    table.remember("a", "digest")
    table.save()
    whole = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage != "gone":
        flipped = whole.replace(b"digest", b"digesu")
        texts = {"cut": whole[:-3], "flipped": flipped, "other": b"\xff\n[]", "empty": b""}
        file.write_bytes(texts[damage])
    table = Recalled(file)
    assert table.get("a") is None
    table.remember("a", "digest")
    table.save()
    assert damage == "folder" or file.read_bytes() == whole


def test_a_full_table_keeps_what_was_asked_for(tmp_path: Path) -> None:
    table = Recalled(tmp_path / "table.json")
    for number in range(3000):
        table.remember(str(number), number)
    table.save()
    table = Recalled(tmp_path / "table.json")
    assert table.get("7") == 7
    table.remember("new", 1)
    table.save()
    table = Recalled(tmp_path / "table.json")
    assert (table.get("7"), table.get("new"), table.get("8")) == (7, 1, None)


def forget() -> None:
    for function in (provenance._path, provenance._module_digest, provenance.imported):
        function.cache_clear()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "pipelines"
    folder.mkdir()
    for name, text in {"__init__": "", "stage": STAGE, "maths": MATHS}.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    forget()
    yield folder
    monkeypatch.undo()
    forget()


def digest(package: Path) -> str:
    """Return the digest of a run of its own; what provenance says must be the same."""
    forget()
    table = Recalled(package.parent / "code.json")
    found = Digests(table).code_digest("pipelines.stage")
    table.save()
    assert found == provenance.code_digest("pipelines.stage")
    return found


def test_code_that_is_as_it_was_is_not_read_again(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(package)
    monkeypatch.setattr(provenance, "_module_digest", None)  # cannot be called
    monkeypatch.setattr(provenance, "imported", None)
    assert Digests(Recalled(package.parent / "code.json")).code_digest("pipelines.stage") == before


def test_code_that_changed_is_never_recalled(package: Path) -> None:
    before = digest(package)
    (package / "maths.py").write_text(MATHS.replace("+ 1", "+ 2"))
    changed = digest(package)
    assert changed != before
    (package / "maths.py").write_text(MATHS + "# a comment\n")
    assert digest(package) == before


def test_a_new_module_is_found_by_an_import_that_was_there(package: Path) -> None:
    """`from pipelines import name` may name a value of the package, or a module of it."""
    (package / "maths.py").write_text("from pipelines import late\n\n" + MATHS)
    (package / "__init__.py").write_text("late = None\n")
    before = digest(package)
    (package / "late.py").write_text("x = 1\n")
    assert digest(package) != before


def test_an_unknown_module_is_an_error(package: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        Digests(Recalled()).code_digest("pipelines.nowhere")


def test_the_digests_of_all_that_the_rules_name_are_those_of_provenance() -> None:
    digests = Digests(Recalled())
    for module in [one.module for one in (*METHODS.values(), *FIGURES.values())]:
        words = ("pipelines.stages.render_lesson", module)
        assert digests.code_digest(*words) == provenance.code_digest(*words)
