"""Wall-clock seconds, taken in rounds: a slow minute of the machine strikes all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import torch

from pipelines.contracts.keys import system_of
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.evaluation.hardware import device_name
from pipelines.evaluation.rows import by_key, spread_of


@dataclass(frozen=True)
class Run:
    """One thing to be timed: the key of its row, what it does, how often it calls the network."""

    key: str
    act: Callable[[], object]
    nfe: int | None = None

    @property
    def system(self) -> str:
        """What is timed, as plans name it: the key without the metric."""
        return system_of(self.key)


def timed(
    runs: Sequence[Run], rounds: int, producer: Producer, device: str = "cpu"
) -> tuple[Measurement, ...]:
    """Time all runs in turn, again and again; return the median seconds of each, by key."""
    for run in runs:
        seconds_of(run, device)  # warm-up
    taken = [[seconds_of(run, device) for run in runs] for _ in range(rounds)]
    rows = (
        Measurement(
            key=run.key,
            value=median(each),
            unit="s",
            n=rounds,
            **spread_of(each, "repeats"),
            parts=tuple(each) if rounds > 1 else (),
            draws="rounds of the clock",
            nfe=run.nfe,
            device=device_name(device),
            threads=torch.get_num_threads(),
            produced_by=producer,
        )
        for run, *each in zip(runs, *taken, strict=True)
    )
    return by_key(rows).root


@torch.no_grad()
def seconds_of(run: Run, device: str = "cpu") -> float:
    """Return how long one run takes, all that it has left to a GPU included."""
    _wait(device)
    since = time.perf_counter()
    run.act()
    _wait(device)
    return time.perf_counter() - since


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()
