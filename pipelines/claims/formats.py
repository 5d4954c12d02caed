"""Numbers as text."""

import re

FORMAT = re.compile(
    r"(?P<kind>percent(?P<p>\d)|(?P<f>\d)f|(?P<g>\d)g|int|ratio(?P<r>\d)?|)(?P<spread>\+)?"
)
MOST = 6  # decimals of a spread
_MINUS = "\N{MINUS SIGN}"


def format_number(value: float, form: str = "", spread: float | None = None) -> str:
    """Set a number as text: `percent1` → "6.9 %", `2f` → "0.07", `ratio` → "12×".

    Where a spread would round to nothing, both get another decimal: 94.1 ± 0.4 %, not 94 ± 0 %.

    Raises:
        ValueError: If the format is unknown, or asks for a spread that there is none of.
    """
    match = FORMAT.fullmatch(form)
    if not match:
        raise ValueError(f"unknown format {form!r}; docs/authoring.md lists the formats")
    text, unit, decimals = _digits(value, match)
    if not match["spread"]:
        return text + unit
    if spread is None:
        raise ValueError("there is no spread: one network, or one example")
    beside = f"{(100 if match['p'] else 1) * spread:.{decimals}f}"
    if spread > 0 and float(beside) == 0 and decimals < MOST and (match["p"] or match["f"]):
        finer = f"percent{decimals + 1}+" if match["p"] else f"{decimals + 1}f+"
        return format_number(value, finer, spread)
    if spread > 0 and float(beside) == 0:  # no more decimals are allowed: digits of its own
        beside = _plain(f"{(100 if match['p'] else 1) * spread:.1g}")
    return f"{text} ± {beside}{unit}"


def _digits(value: float, match: re.Match[str]) -> tuple[str, str, int]:
    """Return digits, unit and the number of decimals for a spread."""
    if match["p"]:
        places, value, unit = int(match["p"]), 100 * value, "\N{NARROW NO-BREAK SPACE}%"
    elif match["kind"].startswith("ratio"):
        places, unit = int(match["r"] or 0), "×"
    elif match["f"] or match["kind"] == "int":
        places, unit = int(match["f"] or 0), ""
    else:
        digits = int(match["g"] or 3)
        text = _plain(f"{value:.{digits}g}")
        return text.replace("-", _MINUS), "", max(0, len(text.partition(".")[2]))
    text = f"{value:.{places}f}"
    return text.replace("-", _MINUS if float(text) else ""), unit, places


def _plain(text: str) -> str:
    """Write "1.2e-05" as "0.000012"; leave very small and very large numbers as they are."""
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    if abs(int(exponent)) > 7:
        return text
    digits = len(mantissa.partition(".")[2])
    return f"{float(text):.{max(0, digits - int(exponent))}f}"
