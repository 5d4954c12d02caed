"""Quality rows from the arrays of a sample file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.experiment import Experiment
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.features import classifier_accuracy
from pipelines.diffusion.metrics import paired_rmse
from pipelines.diffusion.randomness import rows, stream
from pipelines.stages.toy.drawing import systems_of
from pipelines.stages.toy.scores import Scores, scores_of


def exact_ends(owner: Experiment, arrays: Arrays) -> Tensor:
    """Return what the reference sampler of an experiment made of the common noise, (n, 2)."""
    return torch.from_numpy(arrays[f"{owner.evaluate.reference}/seed{owner.seed}"])


@dataclass(frozen=True)
class Measuring:
    """One experiment's samples, and the exact endpoints from the same noise, if there are any."""

    experiment: Experiment
    arrays: Arrays
    seeds: Sequence[int]
    ends: Tensor | None
    producer: Producer

    def rows(self) -> Iterator[Measurement]:
        """Yield all rows: of every system, of the noise floor, of the worked example."""
        for sampler, steps in systems_of(self.experiment):
            yield from self.system(f"{sampler}@{steps}")
        if self.experiment.evaluate.reference:
            yield from self.floor()
            yield from self.worked()
        if "worked/jump" in self.arrays:
            yield from self.jump()

    def system(self, name: str) -> Iterator[Measurement]:
        """Yield the metrics of one sampler and step count, means over the seeds."""
        each = [self.scores(self.tensor(f"{name}/seed{seed}")) for seed in self.seeds]
        nfe = int(self.arrays[f"nfe/{name}"][0])
        for metric in each[0]:
            values = torch.tensor([scores[metric] for scores in each], dtype=torch.float64)
            many = len(values) > 1
            yield self.row(
                f"{name}/{metric}",
                values.mean().item(),
                n=len(self.arrays["noise"]),
                nfe=nfe,
                seeds=tuple(self.seeds),
                spread=values.std().item() if many else None,
                spread_over=f"{len(values)} seeds" if many else "",
            )

    def scores(self, x: Tensor) -> Scores:
        """Return the metrics of a cloud, with the paired one where there are exact endpoints."""
        paired = {} if self.ends is None else {"paired_rmse": paired_rmse(x, self.ends)}
        return self.clouds(x) | paired

    def clouds(self, x: Tensor) -> Scores:
        """Return the metrics of a cloud of points (n, dim) against real data."""
        return scores_of(self.experiment, x, self.tensor("real"))

    def floor(self) -> Iterator[Measurement]:
        """Yield the metrics of fresh real data: what a perfect sampler would score."""
        data = self.experiment.data
        count, dataset = len(self.arrays["real"]), DATASETS[data]
        again = rows(count, dataset.fresh or dataset.draw, stream("real again", data))
        if data == "digits":
            yield self.row("real@1/classifier_accuracy", classifier_accuracy())
        for metric, value in self.clouds(again).items():
            yield self.row(f"real@1/{metric}", value, n=count)

    def worked(self) -> Iterator[Measurement]:
        """Yield the worked example of a teacher, and how far restarts part from each other."""
        name = self.experiment.evaluate.reference
        yield self.row(f"{name}/restart_deviation", self.deviation(name), n=self.restarted())
        if DATASETS[self.experiment.data].dim == 2:
            yield from self.points(name)

    def points(self, name: str) -> Iterator[Measurement]:
        """Yield the coordinates of the worked example."""
        level = self.arrays["worked/level"]
        points = {"a": self.arrays["worked/x"][0], "b": self.arrays["worked/x"][1]}
        for label, point in (points | {"end": self.arrays["worked/end"]}).items():
            yield self.row(f"{name}/{label}_x", float(point[0]))
            yield self.row(f"{name}/{label}_y", float(point[1]))
        yield self.row(f"{name}/a_level", float(level[0]))
        yield self.row(f"{name}/b_level", float(level[1]))

    def restarted(self) -> int:
        return int(self.arrays["restarts"].shape[1])

    def deviation(self, name: str) -> float:
        """Return the largest distance between two endpoints of one trajectory, over all."""
        ends = [*self.tensor("restarts"), self.tensor(f"path/{name}/x")[-1]]
        return max((x - y).norm(dim=1).max().item() for x, y in combinations(ends, 2))

    def jump(self) -> Iterator[Measurement]:
        """Yield a student's outputs at the two points of the worked example."""
        a, b = self.tensor("worked/jump")
        flat = len(a) == 2
        for label, point in (("a", a), ("b", b)) if flat else ():
            yield self.row(f"consistency@1/jump_{label}_x", point[0].item(), nfe=1)
            yield self.row(f"consistency@1/jump_{label}_y", point[1].item(), nfe=1)
        gap = (a - b).double().square().sum().item()
        yield self.row("consistency@1/jump_gap_squared", gap, nfe=1)

    def tensor(self, name: str) -> Tensor:
        return torch.from_numpy(self.arrays[name])

    def row(
        self,
        rest: str,
        value: float,
        n: int = 1,
        nfe: int | None = None,
        seeds: tuple[int, ...] | None = None,
        spread: float | None = None,
        spread_over: str = "",
    ) -> Measurement:
        return Measurement(
            key=f"{self.experiment.name}/{rest}",
            value=value,
            n=n,
            nfe=nfe,
            seeds=(self.experiment.seed,) if seeds is None else seeds,
            spread=spread,
            spread_over=spread_over,
            produced_by=self.producer,
        )
