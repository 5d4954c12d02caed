"""All findings of a plan's rounds, and each round with its own: what the review page shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipelines.contracts.blocks import Blocks
from pipelines.contracts.planning import Severity
from pipelines.pages.places import fit
from pipelines.pages.review.spots import SpotView, SpotViews
from pipelines.rounds.locations import CONTENT, ID, PLACE, field_text
from pipelines.rounds.register import FindingsRegister, Round, Status, Tracked

_APART = {label.lower() for label in (ID, PLACE, CONTENT, "location")}  # shown in the head


@dataclass(frozen=True)
class FindingView:
    """A finding as the page shows it: its anchor, where it is, and its fields."""

    tracked: Tracked
    anchor: str
    place: SpotView | None
    location: str

    @property
    def fields(self) -> dict[str, Blocks]:
        """What it says, by label, without what the head of the finding shows."""
        found = self.tracked.finding.fields
        return {name: blocks for name, blocks in found.items() if name.lower() not in _APART}

    @property
    def state(self) -> str:
        """Its status in words."""
        return "reopened" if self.tracked.reopened else self.tracked.status.value

    @property
    def seal(self) -> str:
        """The digests of its place as it is now, "" where it has none."""
        return str(self.place.seal) if self.place else ""


@dataclass(frozen=True)
class RoundView:
    """A round with its findings."""

    round: Round
    findings: list[FindingView]


@dataclass(frozen=True)
class FindingsView:
    """The register of findings as the page shows it."""

    register: FindingsRegister
    rounds: list[RoundView]

    @property
    def all(self) -> list[FindingView]:
        """All findings: the open ones first, the worst of them before others."""
        states, severities = list(Status), list(Severity)
        found = [one for each in self.rounds for one in each.findings]
        return sorted(
            found,
            key=lambda one: (
                states.index(one.tracked.status),
                severities.index(one.tracked.severity),
            ),
        )

    @property
    def tally(self) -> dict[str, int]:
        """How many findings there are of each status, the most urgent first."""
        count = Counter(one.state for one in self.all)
        return {state: count[state] for state in ("reopened", *Status) if count[state]}


def findings_view(register: FindingsRegister, spots: SpotViews) -> FindingsView:
    """Return the rounds of a plan with all that they found."""
    anchors: Counter[str] = Counter()
    rounds = [RoundView(one, []) for one in register.rounds]
    for one in register.findings:
        anchor = f"finding-{fit(one.id)}"
        anchors[anchor] += 1
        again = f"-{anchors[anchor]}" if anchors[anchor] > 1 else ""
        place = spots.views.get(one.spot.name) if one.spot else None
        location = field_text(one.finding, "location", "where")
        rounds[one.round - 1].findings.append(FindingView(one, anchor + again, place, location))
    return FindingsView(register, rounds)
