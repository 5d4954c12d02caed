"""What plans say of measured numbers: expressions, their verdicts, and numbers as text."""

from pipelines.claims.evaluating import MissingValues, Value, evaluate, missing
from pipelines.claims.formats import FORMAT, format_number
from pipelines.claims.grammar import ClaimError, Expression, parse
from pipelines.claims.margins import (
    DECIDED,
    Margin,
    State,
    Uncertainty,
    comparisons_of,
    row_uncertainty,
    uncertainty_of,
)
from pipelines.claims.verdict import Verdict, evaluate_claim, parse_check

__all__ = [
    "DECIDED",
    "FORMAT",
    "ClaimError",
    "Expression",
    "Margin",
    "MissingValues",
    "State",
    "Uncertainty",
    "Value",
    "Verdict",
    "comparisons_of",
    "evaluate",
    "evaluate_claim",
    "format_number",
    "missing",
    "parse",
    "parse_check",
    "row_uncertainty",
    "uncertainty_of",
]
