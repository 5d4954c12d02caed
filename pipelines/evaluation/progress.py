"""A long training as seen from outside: a bar on a terminal, plain lines in a log, a history."""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

from pipelines.contracts.artifacts import History
from pipelines.methods.latent.training import Training

POINTS = 200  # of a history
LINE_SECONDS = 60.0  # between the lines of a log


class Progress:
    """Tells of the steps of one training."""

    def __init__(self, name: str, done: int, steps: int) -> None:
        self.name, self.first, self.steps = name, done, steps
        self.since = self.told = time.monotonic()
        self.shown = sys.stderr.isatty()
        self.bar = tqdm(total=steps, initial=done, desc=name, disable=not self.shown)
        self.sums, self.count = dict[str, float](), 0
        self.table = list[dict[str, float]]()

    def saw(self, row: dict[str, float]) -> None:
        """Take the scalars of one step."""
        for name, value in row.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.count += 1
        step = round(row["step"])
        self.bar.update(1)
        if step * POINTS // self.steps > (step - 1) * POINTS // self.steps or step == self.steps:
            means = {name: value / self.count for name, value in self.sums.items()}
            self.table.append({**means, "step": float(step)})
            self.sums, self.count = {}, 0
            self.bar.set_postfix(loss=f"{means['loss']:.4g}")
        late = time.monotonic() - self.told > LINE_SECONDS or step in (self.first + 1, self.steps)
        if late and not self.shown:
            self._line(step, row["loss"])

    def _line(self, step: int, loss: float) -> None:
        self.told = time.monotonic()
        pace = (self.told - self.since) / (step - self.first)
        mean = self.table[-1]["loss"] if self.table else loss
        left = f"{pace * (self.steps - step) / 60:.1f} min left"
        line = f"{self.name}: step {step}/{self.steps}  loss {mean:.4g}  {left}"
        print(line, file=sys.stderr, flush=True)

    def history(self, name: str, seed: int) -> History:
        """Return what was seen; of a resumed training only what came after."""
        self.bar.close()
        columns = {key: tuple(row[key] for row in self.table) for key in sorted(self.table[0])}
        return History(experiment=name, seed=seed, columns=columns)


def begun(name: str, training: Training) -> Progress:
    return Progress(name, training.done, training.tuning.steps)
