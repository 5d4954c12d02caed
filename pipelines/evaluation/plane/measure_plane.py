"""Quality rows from the arrays of a sample file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import torch
from torch import Tensor

from pipelines.contracts.artifacts import Arrays
from pipelines.contracts.experiment import Experiment, teachers_of
from pipelines.contracts.keys import REAL, ArrayKey, Sampling
from pipelines.contracts.measurement import Measurement, Producer
from pipelines.diffusion.datasets import DATASETS
from pipelines.diffusion.features import classifier_accuracy
from pipelines.diffusion.metrics import paired_rmse
from pipelines.diffusion.randomness import rows
from pipelines.evaluation.plane.draws import REPORTED, evaluation_stream
from pipelines.evaluation.plane.evaluated_systems import (
    evaluate_problem,
    guidances_of,
    reference_of,
    systems_of,
)
from pipelines.evaluation.plane.scores import COPIES, Scores, scores_of
from pipelines.evaluation.rows import RowMaker, means_of

PARTS = 10  # of the samples, each measured by itself
FEWEST = 100  # samples of a part
Ends = dict[float | None, list[Tensor]]  # guidance scale → endpoints of each replica


def exact_ends(owner: Experiment, arrays: Arrays, count: int) -> Ends:
    """Return what the reference sampler of an experiment made of the common noise, each (n, 2).

    One for each of `count` replicas: those that they are, or those that they learnt from.
    """
    ends: Ends = {}
    keys = [key for key in map(ArrayKey.find, arrays) if key and key.of_samples]
    for guidance in guidances_of(owner):
        exact = reference_of(owner).guided(guidance)
        many = sum(key.sampling == exact for key in keys)
        own = [ArrayKey.of_seed(exact, owner.seed + k) for k in teachers_of(count, many)]
        ends[guidance] = [torch.from_numpy(arrays[str(key)]) for key in own]
    return ends


def measure_plane(
    experiment: Experiment,
    arrays: Arrays,
    seeds: Sequence[int],
    parents: Sequence[tuple[Experiment, Arrays]],
    producer: Producer,
    draws: str = REPORTED,
) -> Iterator[Measurement]:
    """Return the quality rows of a sample file.

    Args:
        parents: What it learnt from, each with its sample file. The samples are paired with the
            endpoints of the experiment's own reference sampler, or of a parent's.
        draws: Which noise and real data they are, of `evaluation.plane.draws`.
    """
    owners = [(experiment, arrays), *parents]
    exact = [(owner, samples) for owner, samples in owners if owner.evaluate.reference]
    ends = exact_ends(*exact[0], len(seeds)) if exact else {}
    return PlaneEvaluation(experiment, arrays, seeds, ends, producer, draws).all_rows()


@dataclass(frozen=True)
class PlaneEvaluation:
    """One experiment's samples, and the exact endpoints from the same noise, if there are any.

    `ends` has one entry a seed and guidance: the endpoints of that replica's own teacher.
    """

    experiment: Experiment
    arrays: Arrays
    seeds: Sequence[int]
    ends: Ends
    producer: Producer
    draws: str = REPORTED

    @cached_property
    def maker(self) -> RowMaker:
        """What makes rows of this experiment."""
        return RowMaker(self.experiment.name, self.producer, seeds=(self.experiment.seed,))

    def all_rows(self) -> Iterator[Measurement]:
        """Yield all rows: of every system, of the noise floor, of the worked example."""
        for sampling in systems_of(self.experiment):
            yield from self.system_rows(sampling)
        if self.experiment.evaluate.reference:
            yield from self.floor()
        if "worked/x" in self.arrays:
            yield from self.worked()
        if "worked/jump" in self.arrays:
            yield from self.jump()

    def system_rows(self, sampling: Sampling) -> Iterator[Measurement]:
        """Yield the metrics of one sampler and step count, means over the seeds."""
        each = [self.replica_scores(sampling, index) for index in range(len(self.seeds))]
        parts = self.part_scores(sampling)
        nfe = int(self.arrays[str(ArrayKey(sampling, kind="nfe"))][0])
        for metric in each[0]:
            values = torch.tensor([scores[metric] for scores in each], dtype=torch.float64)
            many = len(values) > 1
            yield self.maker.row(
                sampling,
                metric,
                values.mean().item(),
                n=len(self.arrays["noise"]),
                nfe=nfe,
                seeds=tuple(self.seeds),
                spread=values.std().item() if many else None,
                spread_over=f"{len(values)} seeds" if many else "",
                trainings=tuple(values.tolist()),
                parts=tuple(part[metric] for part in parts),
                draws=f"{self.experiment.data} noise" if parts else "",
            )

    def part_scores(self, sampling: Sampling) -> list[Scores]:
        """Return the metrics of each part of the samples, means over the replicas.

        Part k of every system of a data set comes from the same noise.
        """
        replicas = range(len(self.seeds))
        return [
            means_of([self.replica_scores(sampling, index, part) for index in replicas])
            for part in parts_of(len(self.arrays["noise"]))
        ]

    def replica_scores(self, sampling: Sampling, index: int, part: slice | None = None) -> Scores:
        """Return the metrics of one replica, with the paired one where there are exact ends."""
        of = slice(None) if part is None else part
        x = self.tensor(ArrayKey.of_seed(sampling, self.seeds[index]))[of]
        label = self.tensor("label").long()[of] if "label" in self.arrays else None
        ends = self.exact(sampling.guidance)
        paired = {"paired_rmse": paired_rmse(x, ends[index][of])} if ends else {}
        parts = 1 if part is None else PARTS
        return scores_of(self.experiment, x, self.tensor("real")[of], label, parts) | paired

    def exact(self, guidance: float | None) -> list[Tensor]:
        """Return the exact endpoints at a guidance; none without a reference.

        Raises:
            InputProblems: The reference was not solved at this guidance.
        """
        if not self.ends or guidance in self.ends:
            return self.ends.get(guidance, [])
        guided = "no guidance" if guidance is None else f"w={guidance:g}"
        remedy = "add this guidance to the teacher's experiment, or leave it out here"
        message = f"no reference endpoints at {guided}"
        raise evaluate_problem(self.experiment, ("guidance",), message, remedy)

    def floor(self) -> Iterator[Measurement]:
        """Yield the metrics of other real data: what a perfect sampler would score.

        Where the samples are judged by data that were held out, these are the training data; only
        scores of copying would take them for copies, and look at the held-out ones.
        """
        data = self.experiment.data
        count, dataset = len(self.arrays["real"]), DATASETS[data]
        again = rows(count, dataset.draw, evaluation_stream(self.draws, "real again", data))
        new = again
        if dataset.fresh:
            new = rows(count, dataset.fresh, evaluation_stream(self.draws, "new", data))
        if data == "digits":
            yield self.maker.row(REAL, "classifier_accuracy", classifier_accuracy())
        label = dataset.mode(again) if "label" in self.arrays else None

        def fresh_scores(of: slice, parts: int) -> Scores:
            labels, real = None if label is None else label[of], self.tensor("real")[of]
            found = scores_of(self.experiment, again[of], real, labels, parts)
            if dataset.fresh is None:
                return found
            copies = scores_of(self.experiment, new[of], real, labels, parts)
            return found | {name: copies[name] for name in COPIES}

        parts = [fresh_scores(part, PARTS) for part in parts_of(count)]
        for metric, value in fresh_scores(slice(None), 1).items():
            yield self.maker.row(
                REAL,
                metric,
                value,
                n=count,
                parts=tuple(part[metric] for part in parts),
                draws=f"{data} fresh" if parts else "",
            )

    def worked(self) -> Iterator[Measurement]:
        """Yield the worked example of a teacher, and how far restarts part from each other."""
        exact = reference_of(self.experiment)
        many = self.arrays["restarts"].shape[1]  # points whose trajectory was solved again
        deviation = self.deviation(exact)
        yield self.worked_row(exact, "restart_deviation", deviation, n=int(many))
        if DATASETS[self.experiment.data].dim == 2:
            yield from self.points(exact)

    def points(self, exact: Sampling) -> Iterator[Measurement]:
        """Yield the coordinates of the worked example."""
        level = self.arrays["worked/level"]
        points = {"a": self.arrays["worked/x"][0], "b": self.arrays["worked/x"][1]}
        for label, point in (points | {"end": self.arrays["worked/end"]}).items():
            yield self.worked_row(exact, f"{label}_x", float(point[0]))
            yield self.worked_row(exact, f"{label}_y", float(point[1]))
        for label, value in zip("ab", level, strict=True):
            yield self.maker.row(exact, f"{label}_level", float(value), exact=True)

    def deviation(self, exact: Sampling) -> float:
        """Return the largest distance between two endpoints of one trajectory, over all."""
        ends = [*self.tensor("restarts"), self.tensor(ArrayKey(exact, "x", "path"))[-1]]
        return max(float((x - y).norm(dim=1).max()) for x, y in combinations(ends, 2))

    def jump(self) -> Iterator[Measurement]:
        """Yield a student's outputs at the two points of the worked example."""
        a, b = self.tensor("worked/jump")
        flat, once = len(a) == 2, Sampling("consistency", 1)
        for label, point in (("a", a), ("b", b)) if flat else ():
            yield self.worked_row(once, f"jump_{label}_x", point[0].item(), nfe=1)
            yield self.worked_row(once, f"jump_{label}_y", point[1].item(), nfe=1)
        gap = (a - b).double().square().sum().item()
        yield self.worked_row(once, "jump_gap_squared", gap, nfe=1)

    def worked_row(
        self, sampling: Sampling, metric: str, value: float, n: int = 1, nfe: int | None = None
    ) -> Measurement:
        """Return a row of the worked example: of the first network, at points that were chosen."""
        reason = "one worked example of one network"
        return self.maker.row(
            sampling, metric, value, n=n, nfe=nfe, trainings=(value,), no_spread=reason
        )

    def tensor(self, key: str | ArrayKey) -> Tensor:
        """Return an array of the samples by name."""
        return torch.from_numpy(self.arrays[str(key)])


def parts_of(count: int) -> list[slice]:
    """Return the parts of so many samples: stretches, in which classes that alternate are even.

    A trial build draws too few to be divided.
    """
    size = count // PARTS
    return [slice(k * size, (k + 1) * size) for k in range(PARTS)] if size >= FEWEST else []
