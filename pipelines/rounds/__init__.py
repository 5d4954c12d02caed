"""Rounds of review: what they found, what became of it, and how a new round enters its plan."""
