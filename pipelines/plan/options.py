"""Options of directives: `:key: value` lines, checked one by one."""

from __future__ import annotations

import re

from pipelines.contracts.names import RULE, is_identifier, shown
from pipelines.plan.markdown import Raw
from pipelines.plan.reading import Reading

_NO = {"no", "false"}
_YES = {"yes", "true", ""}


def check_options(reading: Reading, raw: Raw, known: tuple[str, ...]) -> None:
    for key in raw.options:
        if key not in known:
            allowed = ", ".join(f"`:{name}:`" for name in known) or "no options"
            reading.problem(
                option_line(reading, raw, key),
                "ML208",
                f"unknown option `:{key}:` of `{{{raw.name}}}`",
                f"it takes {allowed}",
            )


def option_line(reading: Reading, raw: Raw, key: str) -> int:
    for line in range(raw.line + 1, raw.end + 1):
        if reading.source.line(line).strip().startswith(f":{key}:"):
            return line
    return raw.line


def bad_option(reading: Reading, raw: Raw, key: str, wanted: str) -> None:
    reading.problem(
        option_line(reading, raw, key),
        "ML208",
        f"`:{key}: {raw.options.get(key, '')}` is not understood",
        f"write {wanted}",
    )


def flag(reading: Reading, raw: Raw, key: str, *, default: bool) -> bool:
    value = raw.options.get(key)
    if value is None:
        return default
    if value.lower() not in _YES | _NO:
        bad_option(reading, raw, key, "`yes` or `no`")
    return value.lower() not in _NO


def number(reading: Reading, raw: Raw) -> int | None:
    text = raw.options.get("number", "")
    if re.fullmatch(r"[0-9]{1,4}", text):
        return int(text)
    if "number" in raw.options:
        bad_option(reading, raw, "number", "a whole number")
    return None


def named(reading: Reading, raw: Raw, name: str) -> str:
    """Check and return an identifier: it becomes a file name and an anchor."""
    if not is_identifier(name):
        reading.problem(
            raw.line,
            "ML211",
            f"`{shown(name)}` is no identifier",
            RULE,
        )
        return reading.slug(name)
    return name
