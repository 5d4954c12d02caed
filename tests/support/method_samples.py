"""An experiment of each 2D method, as small as can be, and an untrained teacher for it."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

from pipelines.contracts.experiment import Experiment, load_experiment
from pipelines.diffusion.conditional import LabelledShape
from pipelines.diffusion.randomness import stream
from pipelines.diffusion.systems import EDM, Shape
from pipelines.methods.toy import Parent
from pipelines.registry import METHODS

SHAPE = Shape(16, 2, (1.0, 2.0), 4)
TOY = [name for name, method in METHODS.items() if ".toy." in method.module]
TEXT = """\
title: A network
method: {method}
data: moons
{needs}network: {{hidden: 16, layers: 2, frequencies: [1, 2], noise_frequencies: 4}}
train:
  steps: 20
  batch: 32
  lr: 1.0e-3
  options: {options}
evaluate:
  samplers: {{{sampler}: [1]}}
"""


def experiment(folder: Path, method: str, options: str = "{}") -> Experiment:
    path = folder / f"toy-{method.replace('_', '-')}.yaml"
    needs = "needs: {teacher: toy-edm}\n" if METHODS[method].needs else ""
    sampler = METHODS[method].samplers[0]
    path.write_text(TEXT.format(method=method, needs=needs, options=options, sampler=sampler))
    return load_experiment(path)


FEW = {"reflow": "{pairs: 64}", "dmd": "{pairs: 64}"}  # options of methods that solve ODEs
TEACHERS = {  # of methods that edm cannot teach
    "reflow": "flow_matching",
    "progressive_distillation": "flow_matching",
    "guided_consistency": "guided_edm",
}
LABELLED = LabelledShape(*astuple(SHAPE)[:4])


def parents(folder: Path, method: str = "edm") -> dict[str, Parent]:
    shape = LABELLED if METHODS[method].labelled else SHAPE
    network = shape.fresh(EDM.denoiser, stream("teacher")).network
    folder = folder / "parents"
    folder.mkdir(exist_ok=True)
    return {"teacher": Parent(experiment(folder, method), network.state_dict())}
