"""What a job ran on: told beside what it made, in files that may differ between machines."""

from __future__ import annotations

import torch

from pipelines.provenance import processor


def hardware(device: str = "cpu") -> dict[str, str]:
    """Return the machine, and the GPU if the job computed there.

    Two processors of unlike arithmetic round unlike.
    """
    gpu = {"device": device_name(device)} if device.startswith("cuda") else {}
    return {
        "cpu": processor(),
        "arithmetic": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
        "torch": torch.__version__,
    } | gpu


def device_name(device: str) -> str:
    """Return the name of the hardware behind a device; of a processor only that it is one."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device
