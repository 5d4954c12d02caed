"""Experiments of the smallest Stable Diffusion, trained for a few steps."""

from importlib import import_module

from pipelines.contracts.latent import Tuning
from pipelines.contracts.latent_experiment import LatentExperiment
from pipelines.methods.latent.pipeline import load
from pipelines.methods.latent.training import LatentTraining
from pipelines.methods.latent.training_context import TrainingContext
from pipelines.registry import LATENT_METHODS


def student(method, steps=3, **options):
    needs = {"teacher": "base"}
    tuning = Tuning(steps=steps, batch=4, lr=0.02, ema=0.5)
    return LatentExperiment(
        name=f"a-{method.replace('_', '-')}", file="a.yaml", title="A", method=method, needs=needs,
        train=tuning, options=options, systems=("lcm@1,w=1",),
    )  # fmt: skip


def trained(of, base, cached, adapter=None):
    context = TrainingContext(load(base), cached, adapter)
    objective = import_module(LATENT_METHODS[of.method].module).make(context, of)
    training = LatentTraining(objective, objective.tuning)
    objective.follow(training.weights())
    for _ in range(of.train.steps):
        training.step()
    return objective, training
