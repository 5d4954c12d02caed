"""How much work a function does, without a clock: the calls that it makes."""

from __future__ import annotations

import sys
from collections.abc import Callable


def calls(act: Callable[[], object]) -> int:
    """Return how many functions are called, those written in C among them."""
    count = 0

    def saw(*event: object) -> None:  # every call and every end of one: as short as can be
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(saw)
    try:
        act()
    finally:
        sys.setprofile(before)
    return (count + 1) // 2
