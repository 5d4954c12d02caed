"""How the commands of rules run: what they say goes to their log, what they make is sealed."""

from __future__ import annotations

_ASK = "python -IS pipelines/steering/ask.py"
_STAGE = "python -m "


def soon(command: str) -> str:
    """Have a stage run by a helper that has imported what it needs; else as others are."""
    return command.replace(_STAGE, f"{_ASK} {_STAGE}")


def logged(command: str) -> str:
    """Send all that a job says to its log."""
    return f"({command}) > {{log:q}} 2>&1"


def shown_and_logged(command: str) -> str:
    """Send what a job says to its log and to the person who waits for it."""
    return f"{command} 2>&1 | tee {{log:q}}"


def sealed(command: str) -> str:
    """Log a job, and write the hashes of its products when it has ended well."""
    seal = soon(f"{_STAGE}pipelines.seals {{output.seal:q}} {{output:q}}")
    return logged(f"{command} && {seal}")
