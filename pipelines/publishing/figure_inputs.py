"""Gather from the disk what a figure is drawn from."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.contracts.artifacts import load_arrays, load_histories
from pipelines.contracts.experiment import load_experiment
from pipelines.contracts.figure import FigureData
from pipelines.contracts.latent_experiment import load_latent_experiment
from pipelines.contracts.measurement import Timings, load_ledger, load_timings, load_trainings
from pipelines.module.experiments import LATENT


def figure_data(
    ledger: Path,
    experiments: Sequence[Path] = (),
    samples: Sequence[Path] = (),
    histories: Sequence[Path] = (),
    trainings: Sequence[Path] = (),
    clocks: Sequence[Path] = (),
) -> FigureData:
    """Read what a figure shows.

    Args:
        experiments: Files of the plane and, in a folder `latent`, of latent models.
        trainings, clocks: Timings, for figures that show seconds.
    """
    latent_files = [path for path in experiments if path.parent.name == LATENT]
    plane = [load_experiment(path) for path in experiments if path not in latent_files]
    latent = [load_latent_experiment(path) for path in latent_files]
    clocked = [row for path in clocks for row in load_timings(path).rows]
    times = (*load_trainings(trainings), *clocked)
    learnt = [load_histories(path) for path in histories]
    return FigureData(
        experiments={experiment.name: experiment for experiment in plane},
        latent={experiment.name: experiment for experiment in latent},
        samples={path.stem: load_arrays(path) for path in samples},
        histories={each[0].experiment: each for each in learnt},
        ledger=load_ledger(ledger).with_timings(Timings(rows=times)),
    )
