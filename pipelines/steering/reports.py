"""What a failed job has to say: its own problem report, out of a log with much else in it."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.contracts.problems import harmless

_PROBLEM = re.compile(r"^\S.*: (?:error|warning)\b|^\s+remedy: ")
_FULL = re.compile(r"No space left on device|Disk quota exceeded")
_NOISE = re.compile(
    r"it/s\]|s/it\]|\d+%\|"  # progress bars
    r"|Loading weights|open an issue|^in all [\d.]+ CPU-seconds"
)
_LINES = 40  # of a log without a report
_MOST = 400  # lines of a report


def report_of(log: Path) -> str:
    """Return the problem report in a log, else its last lines; and where the log is."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"    it left no log ({log})"
    lines = [
        harmless(line.rpartition("\r")[2]) for line in text.splitlines() if not _NOISE.search(line)
    ]
    report = _report(lines) or [f"    {line}" for line in lines[-_LINES:]]
    if _FULL.search(text) and "remedy:" not in text:
        report = [f"{log}: error: the disk is full", "    remedy: free some space and build again"]
    return "\n".join([*report, f"    all it said: {log}"])


def _report(lines: list[str]) -> list[str]:
    """Return the lines from the first problem to the last remedy."""
    first = next((i for i, line in enumerate(lines) if _PROBLEM.match(line)), None)
    last = max((i for i, line in enumerate(lines) if "remedy: " in line), default=None)
    if first is None or last is None or last < first:
        return []
    return lines[first : last + 1][:_MOST]
