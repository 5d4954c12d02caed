"""What README, CONTRIBUTING and the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from checkout import ROOT

from pipelines.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITTEN = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^):\s]+)\)", text):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives the headings of a Markdown text."""
    heads = re.findall(r"(?m)^#+ (.*)$", text)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/building.md"])
def test_make_has_the_targets(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / name).read_text(), re.MULTILINE))
    assert targets
    assert all(f"\n{target}:" in makefile for target in targets)


def test_the_two_commands_come_first() -> None:
    assert re.findall(r"(?m)^make ([a-z-]+)", README)[:2] == ["site", "test"]


def test_the_command_has_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    verbs = set(re.findall(r"(?m)^measured-lessons ([a-z]+)", README))
    assert len(verbs) >= 4
    for verb in verbs:
        with pytest.raises(SystemExit) as stop:
            main([verb, "--help"])
        assert stop.value.code == 0


def test_the_picture_is_light() -> None:
    (picture,) = re.findall(r"!\[.+\]\((.+)\)", README)
    assert 0 < (ROOT / picture).stat().st_size <= 200_000
