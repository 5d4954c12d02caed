"""What a build keeps of a lesson's review beside its page: what was found, what was promised."""

from __future__ import annotations

from pipelines.contracts.files import Strict

REVIEWED = "review.json"  # in a lesson's folder of drafts


class KeptFinding(Strict):
    """A finding as the lesson's review shows it.

    Attributes:
        status: "reopened", or one of `rounds.register.Status`.
        place: How people call where it is; "" where it is nowhere on the page.
        why: What opened it again.
    """

    id: str
    severity: str
    title: str
    status: str
    place: str = ""
    why: str = ""

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from others of its lesson."""
        return (self.id,)


class KeptPromise(Strict):
    """Something planned, and what became of it on the page (`pages.review.coverage.Status`).

    Attributes:
        places: How people call the places that deliver it.
    """

    kind: str
    what: str
    status: str
    places: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[str, ...]:
        """What tells it from others of its lesson."""
        return (self.kind, self.what)


class Reviewed(Strict):
    """What two builds of a lesson can be compared by, beside its text and its claims."""

    lesson: str
    findings: tuple[KeptFinding, ...] = ()
    promises: tuple[KeptPromise, ...] = ()
