"""A problem that has everything a problem can have."""

from pipelines.contracts.problems import Problem

PROBLEM = Problem(
    "a,b.md",
    3,
    "ML301",
    "literal number `50`\nhere",
    "cite it, 100%",
    "error",
    "It takes 50 s",
    10,
    12,
)
