"""What a job ran on: told beside what it made, in files that may differ between machines."""

from __future__ import annotations

import torch

from pipelines.provenance import processor


def hardware() -> dict[str, str]:
    """Return the machine: two processors of unlike arithmetic round unlike."""
    return {
        "cpu": processor(),
        "arithmetic": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
        "torch": torch.__version__,
    }


def hardware_of(device: str) -> dict[str, str]:
    """Return the machine, and the GPU if the job computed there."""
    on = {"device": torch.cuda.get_device_name(device)} if device.startswith("cuda") else {}
    return hardware() | on
