"""Memory that stays with the process, so that a training step needs no new pages."""

from __future__ import annotations

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
KEPT = 1 << 30  # bytes that may lie free
LARGEST = 32 << 20  # bytes of a block that is taken from them: the most that glibc allows


def keep_freed_memory() -> bool:
    """Let the allocator keep what tensors free; return whether it can.

    By itself glibc hands the activations of a batch back to the system after a step and asks for
    them anew in the next one, page by page. Results stay the same to the bit. Other systems'
    allocators have no such setting and are left alone.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(TRIM_THRESHOLD, KEPT)) and bool(mallopt(MMAP_THRESHOLD, LARGEST))
