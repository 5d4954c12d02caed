"""Which claims lead a section: three, spread over its parts, or those whose plan says so."""

import pytest
from claim_samples import EXPLICIT, read

from pipelines.module.leading import claims_of, leading_claims

PLAN = """\
#### 2. Explain: Parts
{}
##### One

{}

##### Two

{}
"""


def claim(name: str, leads: str = "") -> str:
    option = f":leads: {leads}\n" if leads else ""
    return f":::{{claim}} {name}\n:check: 1 < 2\n{option}It is so.\n:::\n"


def leading(*parts: str) -> list[str]:
    """Return the names of what leads a section with these parts, the first before a heading."""
    made = ["\n".join(claim(*name.split("=")) for name in part.split()) for part in parts]
    (_, section) = read(EXPLICIT + PLAN.format(*made)).design.outline.sections
    assert len(claims_of(section)) == sum(len(part.split()) for part in parts)
    return [one.id for one in leading_claims(section)]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("", "a", "b"), "a b"),
        (("", "a b c d", ""), "a b c"),
        (("a b", "c d", "e f"), "a c e"),  # the first of each part
        (("a", "b c d e", ""), "a b c"),  # then the second
        (("", "a b", "c d"), "a c b"),
        (("", "a b=yes", "c d"), "b a c"),
        (("", "a b=no", "c d"), "a c d"),
        (("", "a=yes b=yes c=yes d=yes", "e"), "a b c d"),
        (("", "a=no", "b=no"), ""),
    ],
)
def test_three_claims_lead_a_section(parts: tuple[str, ...], found: str) -> None:
    assert leading(*parts) == found.split()


def test_a_claim_in_a_note_to_the_builder_leads_nothing() -> None:
    note = "::::{builder}\n" + claim("hidden") + "::::\n"
    (_, section) = read(EXPLICIT + PLAN.format(note, claim("a"), "")).design.outline.sections
    assert [one.id for one in leading_claims(section)] == ["a"]
