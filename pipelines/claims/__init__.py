"""What plans say of measured numbers: expressions, their verdicts, and numbers as text."""

from pipelines.claims.formats import FORMAT, format_number
from pipelines.claims.grammar import ClaimError, Expression, parse
from pipelines.claims.judging import MissingValues, Value, Verdict, evaluate, judge, missing

__all__ = [
    "FORMAT",
    "ClaimError",
    "Expression",
    "MissingValues",
    "Value",
    "Verdict",
    "evaluate",
    "format_number",
    "judge",
    "missing",
    "parse",
]
