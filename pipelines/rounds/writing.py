"""An exported round → Markdown in the plan's own dialect, as its page writes it too.

What reviewers write is text: whatever would begin a heading, a directive, a fence, a list, a table
or a field of the dialect is escaped. Emphasis, code and mathematics within a line stay.

`templates/static/round.js` writes the same; a test in a browser holds the two against each other.
"""

import re
from collections import Counter
from collections.abc import Iterable

from pipelines.contracts.exported_round import ExportedRound, NewCheck, NewFinding, NewRemark
from pipelines.contracts.planning import Severity

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
# at the beginning of a line: `#`, `>`, `|`, `+ `, `- `, `* `, `---`, `**Label`, `:::`, "```", `1.`
_BEGINS = re.compile(r"[#>|=]|[-+*](?: |$)|[-_*]{3}|\*\*|__|_ _|:::|```|~~~")
_NUMBERED = re.compile(r"([0-9]{1,9})[.)](?= |$)")
_ROLE = re.compile(r"\{(?=[A-Za-z:_-]+\}`)")
_VERDICTS = {Severity.CRITICAL: "MAJOR REVISION", Severity.IMPROVEMENT: "NEEDS REVISION"}


def round_markdown(one: ExportedRound) -> str:
    """Return a round as it stands in a plan, without its number and the ids of its findings."""
    counts = Counter(Severity(finding.severity.lower()) for finding in one.findings)
    worst = next((severity for severity in Severity if counts[severity]), Severity.POLISH)
    parts = [
        f"## Review — {one.date} (Iteration 0/0)",
        f"**Made for:** `{one.version}`",
        *([f"**Reviewer:** {line_of(one.reviewer)}"] if line_of(one.reviewer) else []),
        "### Summary",
        "\n".join(f"- {each.value.capitalize()}: {counts[each]}" for each in Severity),
        f"### Verdict: {_VERDICTS.get(worst, 'PASS')}",
        *([prose(one.summary)] if prose(one.summary) else []),
    ]
    if one.ticked:
        parts += ["### Checked", f"{len(one.ticked)} of {one.boxes} boxes."]
        parts += ["\n".join(f"- [x] {line_of(text)}" for text in one.ticked)]
    if one.remarks:
        parts += ["### Remarks", "\n".join(map(_remark, one.remarks))]
    if one.checks:
        parts += ["### Fix Verification", _checks(one.checks)]
    if one.findings:
        parts += ["### Findings", *(_finding(finding) for finding in one.findings)]
    return "\n\n".join(parts) + "\n"


def _remark(one: NewRemark) -> str:
    names = ", ".join(f"`{name}`" for name in (one.place, one.content) if name)
    place = f"{line_of(one.location)} ({names})" if names else line_of(one.location)
    return f"- {place}: {line_of(one.text)}"


def _checks(checks: Iterable[NewCheck]) -> str:
    rows = ["| Id | Finding | Severity | Status | Content | Notes |", "|---|---|---|---|---|---|"]
    for one in checks:
        content = f"`{one.content}`" if one.content else ""
        cells = (one.id, _cell(one.title), one.severity, one.status, content, _cell(one.note))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _finding(one: NewFinding) -> str:
    fields = [
        ("Place", f"`{one.place}`" if one.place else ""),
        ("Content", f"`{one.content}`" if one.content else ""),
        ("Location", line_of(one.location)),
        ("Issue", prose(one.issue)),
        ("Student impact", prose(one.impact)),
        ("Suggested fix", prose(one.fix)),
    ]
    lines = [f"**{label}:** {text}" for label, text in fields if text]
    return f"#### [{one.severity}] — {line_of(one.title)}\n\n" + "\n".join(lines)


def line_of(text: str) -> str:
    """Return a text as one line that begins nothing but a paragraph."""
    words = " ".join(_CONTROL.sub(" ", text).split())
    return escaped(re.sub(r"(#+)$", r"\\\1", words))


def prose(text: str) -> str:
    """Return paragraphs: lines without indent, of which none begins anything else."""
    lines = [" ".join(_CONTROL.sub(" ", line).split()) for line in text.split("\n")]
    joined = "\n".join(escaped(line) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def escaped(line: str) -> str:
    """Return a line whose beginning is text, and whose roles are none."""
    line = _ROLE.sub(r"\\{", line)
    if match := _NUMBERED.match(line):
        return f"{match[1]}\\{line[match.end(1) :]}"
    return f"\\{line}" if _BEGINS.match(line) else line


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", line_of(text))
