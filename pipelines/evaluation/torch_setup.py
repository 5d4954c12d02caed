"""Where a part is trained or appraised, and how it is called in a card."""

from __future__ import annotations

import torch

from pipelines.evaluation.memory import keep_freed_memory


def settle() -> None:
    """One thread, deterministic: the same machine gives the same bits; and freed memory kept."""
    keep_freed_memory()
    torch.set_num_threads(1)
    torch.set_deterministic_debug_mode("error")  # the other way to say so imports a compiler


def settle_on(device: str) -> None:
    """Settle torch; on a GPU speed goes before equal bits, and products may be TensorFloat-32."""
    settle()
    if device != "cpu":
        torch.use_deterministic_algorithms(False)
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")


def described(device: str) -> str:
    """Return the name of the hardware behind a device; of a processor only that it is one."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device
