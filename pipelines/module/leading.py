"""Which claims lead a section: they stand open on its page, the others are folded."""

from collections.abc import Iterator
from dataclasses import replace

from pipelines.blocks.claim import Claim
from pipelines.contracts.blocks import Subheading, walk
from pipelines.contracts.planning import Section
from pipelines.contracts.spans import Voice

AT_MOST = 3

_Ranked = tuple[tuple[int, Claim], ...]


def leading_claims(section: Section) -> tuple[Claim, ...]:
    """Return the claims that lead a section, the most important first.

    Those whose plan says so; then, up to three in all, the first claim under each sub-heading, the
    second under each, and so on. A claim that says `:leads: no` never leads.
    """
    return _leading(_ranked(section))


def claims_of(section: Section) -> tuple[Claim, ...]:
    """Return all claims of a section that students see, in the order of the page."""
    return tuple(claim for _, claim in _ranked(section))


def needless(section: Section) -> Iterator[Claim]:
    """Yield the claims whose `:leads:` changes nothing."""
    ranked = _ranked(section)
    found = [claim.id for claim in _leading(ranked)]
    for at, (rank, claim) in enumerate(ranked):
        if claim.leads is not None:
            free = (rank, replace(claim, leads=None))
            if [one.id for one in _leading((*ranked[:at], free, *ranked[at + 1 :]))] == found:
                yield claim


def _leading(ranked: _Ranked) -> tuple[Claim, ...]:
    said = [claim for _, claim in ranked if claim.leads]
    others = [pair for pair in ranked if pair[1].leads is None]
    by_rule = [claim for _, claim in sorted(others, key=lambda pair: pair[0])]
    return (*said, *by_rule[: max(0, AT_MOST - len(said))])


def _ranked(section: Section) -> _Ranked:
    """Return each claim with its place among those under its sub-heading, from 0."""
    found: list[tuple[int, Claim]] = []
    rank = 0
    for block in section.nodes:
        if isinstance(block, Subheading):
            rank = 0
        if block.voice is Voice.STUDENT:
            for claim in (one for one in walk(block) if isinstance(one, Claim)):
                found.append((rank, claim))
                rank += 1
    return tuple(found)
