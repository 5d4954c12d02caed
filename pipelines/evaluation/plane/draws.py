"""The noise and the real data that networks are judged with: one set to choose settings on, and
another that is reported.

Levels, rates and step counts are chosen by their scores on the first set, from which the curves of
a training are drawn, too. Those scores flatter what was chosen. Pages show scores on the other.
"""

from __future__ import annotations

import torch

from pipelines.diffusion.randomness import stream

REPORTED, SEARCH = "reported", "search"
DRAWS = (REPORTED, SEARCH)


def evaluation_stream(draws: str, *labels: object) -> torch.Generator:
    """Return the generator of what is called so in one of the two sets."""
    return stream(*labels) if draws == SEARCH else stream(REPORTED, *labels)
