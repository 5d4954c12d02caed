"""`{omitted}`: planned and, on purpose, not on the page. It needs a reason, and no place."""

from pipelines.contracts.spans import Role
from pipelines.module.report import Report
from pipelines.planlint.texts import all_runs, page_runs, roles

OMITTED = "omitted"


def check_omissions(report: Report) -> None:
    """Report omissions without a reason, with a place all the same, or where students read."""
    read = {id(one) for spans, _ in page_runs(report.plan) for one in _omissions(spans)}
    for spans, src in all_runs(report.plan):
        for one in _omissions(spans):
            if id(one) in read:
                message = "students would read what the lesson leaves out"
                remedy = "write it in a row or a bullet of the planning"
            elif not one.target:
                message = "left out without a reason"
                remedy = "write {omitted}`why it is planned and not on the page`"
            elif any(role.name == "ref" for role in roles(spans)):
                message = "left out, and yet with a place"
                remedy = "keep the {ref} or the {omitted}"
            else:
                continue
            report.problem(src.line, "ML525", message, remedy, at="{omitted}")


def _omissions(spans: tuple[object, ...]) -> list[Role]:
    return [one for one in roles(spans) if one.name == OMITTED]  # type: ignore[arg-type]
