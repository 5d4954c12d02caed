"""What a plan says of the claims that lead its sections."""

from pipelines.contracts.plan import LessonPlan
from pipelines.module.leading import AT_MOST, claims_of, needless
from pipelines.module.report import Report
from pipelines.module.requested import option_line


def check_leading(plan: LessonPlan, report: Report) -> None:
    """Few claims of a section lead; `:leads:` stands only where it changes which."""
    for section in plan.design.outline.sections if plan.design.outline else ():
        chosen = [claim for claim in claims_of(section) if claim.leads]
        for claim in chosen[AT_MOST:]:
            line = option_line(report, claim.src, "leads")
            message = f"{AT_MOST} claims of this section lead already, `{claim.id}` is one more"
            report.gate(line, "ML323", message, "choose those that carry the section", at="leads")
        for claim in needless(section):
            line = option_line(report, claim.src, "leads")
            message = f"`:leads:` changes nothing for claim `{claim.id}`"
            report.problem(line, "ML323", message, "take it away", "warning", at="leads")
