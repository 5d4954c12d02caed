"""A lesson's review as data, for whoever compares two builds: findings and promises."""

from collections.abc import Iterable, Iterator

from pipelines.contracts.plan import LessonPlan
from pipelines.contracts.reviewed import KeptFinding, KeptPromise, Reviewed
from pipelines.pages.review.coverage import Coverage
from pipelines.pages.review.findings import FindingsView, FindingView
from pipelines.plan.inline import plain


def reviewed(plan: LessonPlan, findings: FindingsView, found: Coverage) -> Reviewed:
    """Return what a review page says of findings and promises, in the order of the plan."""
    views = (one for each in findings.rounds for one in each.findings)
    return Reviewed(
        lesson=plan.id, findings=tuple(_findings(views)), promises=tuple(_promises(found))
    )


def _findings(views: Iterable[FindingView]) -> Iterator[KeptFinding]:
    for one in views:
        it = one.tracked
        yield KeptFinding(
            id=it.id,
            severity=it.severity.value,
            title=it.title,
            status=one.state,
            place=one.place.label if one.place else "",
            why=it.reopened,
        )


def _promises(found: Coverage) -> Iterator[KeptPromise]:
    for one in found.deliveries:
        yield KeptPromise(
            kind=one.promise.kind.value,
            what=" ".join(plain(one.promise.what).split()),
            status=one.status.value,
            places=tuple(place.label for place in one.places),
        )
