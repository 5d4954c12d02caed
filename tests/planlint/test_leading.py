"""What the lint says of `:leads:`: too many of a section, and those that change nothing."""

import pytest
from claim_samples import EXPLICIT, LOOSE, read

from pipelines.planlint.rules import lint


def claims(*leads: str) -> str:
    return "\n".join(
        f":::{{claim}} c{at}\n:check: 1 < 2\n{f':leads: {one}' if one else ''}\nIt is so.\n:::\n"
        for at, one in enumerate(leads)
    )


def found(text: str) -> list[tuple[str, str]]:
    problems = lint(read(text), facts={}, citations={}, experiments={})
    return [(one.severity, one.message) for one in problems if one.code == "ML323"]


def test_more_than_three_claims_of_a_section_cannot_lead_it() -> None:
    four = claims("yes", "yes", "yes", "yes")
    message = "3 claims of this section lead already, `c3` is one more"
    assert found(EXPLICIT + four) == [("error", message)]
    assert found(LOOSE + four) == [("warning", message)]
    apart = claims("", "yes", "yes") + "\n#### 2. Explain: Y\n\n" + claims("", "yes")
    assert found(EXPLICIT + apart) == []


@pytest.mark.parametrize(
    ("leads", "needless"),
    [
        (("yes",), ["c0"]),  # it leads anyhow
        (("", "yes"), []),  # before the first
        (("", "", "", "no"), ["c3"]),  # it is folded anyhow
        (("", "", "no", ""), []),
    ],
)
def test_an_option_that_changes_nothing(leads: tuple[str, ...], needless: list[str]) -> None:
    told = [("warning", f"`:leads:` changes nothing for claim `{name}`") for name in needless]
    assert found(EXPLICIT + claims(*leads)) == told
