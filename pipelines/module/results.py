"""The recipe of an experiment's rows: what published results are held against."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pipelines.contracts.latent_experiment import TRAINING, LatentExperiment
from pipelines.contracts.sampling import NAME, load_sampling
from pipelines.module.build_catalog import BuildCatalog
from pipelines.module.shares import lineage

_BASE = "latent/published/card.json"


def recipe_digest(catalog: BuildCatalog, experiment: LatentExperiment, module: Path) -> str:
    """Return a digest of all settings that decide the rows of an experiment.

    They are its own, those of all that it learnt from, the published base, and how many sampling
    seeds its systems are drawn with.

    Args:
        module: The folder of the module.
    """
    names = [name for name in lineage(catalog, [experiment.name]) if name in catalog.latent]
    learnt = {name: catalog.latent[name].fields_as_json(TRAINING) for name in names}
    seeds = load_sampling(module / NAME).of_experiment(experiment.name)
    base = hashlib.sha256((module / _BASE).read_bytes()).hexdigest()
    own = (experiment.systems, experiment.held_out)
    whole = json.dumps([learnt, own, seeds, base], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]
