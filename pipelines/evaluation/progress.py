"""A training as seen from outside: a bar on a terminal, lines in a log, the rows of a history."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence

from tqdm import tqdm

from pipelines.contracts.artifacts import History

LINES = 10  # of a log, at least
LINE_SECONDS = 60.0  # between two of them, at most
LATEST = ("step", "lr")  # scalars whose last value counts; of all others the mean
Row = dict[str, float]


class Progress:
    """Watches one training.

    Args:
        steps: Of the whole training; `done`: those that came before.
        points: How many rows the history of all steps has.
        whole: How the steps of the points are made whole.
    """

    def __init__(
        self,
        name: str,
        steps: int,
        points: int,
        whole: Callable[[float], int] = round,
        done: int = 0,
    ) -> None:
        self.name, self.steps, self.first, self.step = name, steps, done, done
        self.points = {whole(steps * k / points) for k in range(1, points + 1)}
        self.sums, self.count = dict[str, float](), 0
        self.loss = 0.0  # of the last step
        self.mean: float | None = None  # of the last point
        self.begun = self.reported = time.monotonic()
        self.reported_tenths = done * LINES // steps
        self.bar = tqdm(total=steps, initial=done, desc=name, disable=not sys.stderr.isatty())

    def saw(self, scalars: Mapping[str, float]) -> Row | None:
        """Take the scalars of one step; at a point return them, with means since the last one."""
        for name, value in scalars.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.count += 1
        self.step, self.loss = round(scalars["step"]), scalars["loss"]
        self.bar.update(1)
        if self.step not in self.points:
            return None
        means = {name: value / self.count for name, value in self.sums.items()}
        self.sums, self.count, self.mean = {}, 0, means["loss"]
        self.bar.set_postfix(loss=f"{self.mean:.4g}")
        return means | {name: scalars[name] for name in LATEST if name in scalars}

    def tell(self, note: str = "") -> None:
        """Print a line if it is time: after the first step, a tenth of them, or a minute."""
        now, tenths = time.monotonic(), self.step * LINES // self.steps
        early = now - self.reported <= LINE_SECONDS and tenths == self.reported_tenths
        if not self.bar.disable or (early and self.step > self.first + 1):
            return
        self.reported, self.reported_tenths = now, tenths
        pace = (now - self.begun) / (self.step - self.first)
        left = f"{pace * (self.steps - self.step) / 60:.1f} min left"
        loss = self.loss if self.mean is None else self.mean
        line = f"{self.name}: step {self.step}/{self.steps}  loss {loss:.4g}  {left}{note}"
        print(line, file=sys.stderr, flush=True)


def history(name: str, seed: int, table: Sequence[Row]) -> History:
    """Return the rows of the points; of a training that was resumed those that came after."""
    columns = {key: tuple(row[key] for row in table) for key in sorted(table[0])}
    return History(experiment=name, seed=seed, columns=columns)
