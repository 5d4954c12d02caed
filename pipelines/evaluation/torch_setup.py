"""How torch computes in every stage: on which device, with the same bits, without new pages."""

from __future__ import annotations

import ctypes

import torch

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
KEPT = 1 << 30  # bytes that may lie free
LARGEST = 32 << 20  # bytes of a block that is taken from them: the most that glibc allows


def configure_torch(device: str = "cpu") -> None:
    """Take one thread and deterministic kernels: the same machine gives the same bits.

    On a GPU speed goes before equal bits, and products may be TensorFloat-32.
    """
    keep_freed_memory()
    torch.set_num_threads(1)
    if device == "cpu":
        torch.set_deterministic_debug_mode("error")  # the other way to say so imports a compiler
        return
    torch.set_deterministic_debug_mode("default")
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")


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
