"""Every planned example, modality and misconception of the lessons has a place on its page."""

from pathlib import Path

import pytest

from pipelines.any_plan import read_plan
from pipelines.blocks.claim import Claim
from pipelines.blocks.misconception import MisconceptionBlock
from pipelines.contracts.blocks import walk
from pipelines.contracts.spans import Role
from pipelines.pages.places import find_places

MODULE = Path("lessons/fast-generation")
LESSONS = ("consistency-models", "latent-consistency-and-turbo", "the-speed-landscape")


@pytest.fixture(params=LESSONS)
def plan(request):
    return read_plan(MODULE / request.param / "plan.md")[0]


def references(extra):
    """Return what the column `Place` names."""
    return [
        role.target for spans in extra.values() for role in walk(spans) if isinstance(role, Role)
    ]


def test_examples_and_modalities_stand_somewhere(plan):
    known = find_places(plan).by_name
    for row in (*plan.examples, *plan.modalities):
        named = references(row.extra)
        assert named, f"line {row.src.line} has no place"
        assert set(named) <= known.keys(), f"line {row.src.line}"


def test_misconceptions_are_put_right(plan):
    nodes = [node for node in walk(plan.design.outline) if isinstance(node, MisconceptionBlock)]
    assert {row.number for row in plan.misconceptions} <= {node.number for node in nodes}


def test_claims_are_many_and_some_fail(plan):
    claims = [node for node in walk(plan.design.outline) if isinstance(node, Claim)]
    assert len(claims) >= 12
    assert any(not claim.holds for claim in claims)
