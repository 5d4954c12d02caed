"""Publish what a build has measured of some experiments, so that other builds need not train them.

    snakemake --cores all --config remeasure=true
    measured-lessons results build lcm-longer dmd-simulated \\
        --module lessons/fast-generation --made "2026-12-01, AMD EPYC"
"""

import argparse
import shutil
import sys
from pathlib import Path

from pipelines.contracts.built_files import load_built
from pipelines.contracts.files import write_json, written_aside
from pipelines.contracts.measurement import Measurements, Timings
from pipelines.contracts.published_results import (
    FOLDER,
    PublishedResults,
    digest_of,
    pictures_beside,
)
from pipelines.module.catalog import read_catalog
from pipelines.module.results import recipe_digest


def add(parser: argparse.ArgumentParser) -> None:
    """Name the build, the experiments, and when and on what they were measured."""
    parser.add_argument("build", type=Path, metavar="BUILD")
    parser.add_argument("experiments", nargs="+", metavar="EXPERIMENT")
    parser.add_argument("--module", type=Path, required=True, help="folder of the plans")
    parser.add_argument("--made", required=True, help="when and on what, in words")


def run(args: argparse.Namespace) -> int:
    """Write one file an experiment."""
    catalog = read_catalog(args.module)
    unknown = [name for name in args.experiments if name not in catalog.latent]
    if unknown:
        print(f"{args.module}: no experiment `{unknown[0]}` in latent/", file=sys.stderr)
        return 2
    for name in args.experiments:
        recipe = recipe_digest(catalog, catalog.latent[name], args.module)
        found = _of_build(args.build, name, args.made, recipe)
        if seen := {row.produced_by.published for row in found.rows} - {""}:
            print(f"{args.build}: {name} was not trained there: {seen.pop()}", file=sys.stderr)
            return 1
        out = args.module / FOLDER / f"{name}.json"
        with written_aside(pictures_beside(out)) as temporary:
            shutil.copyfile(_pictures(args.build, name), temporary)
        write_json(out, found)
        print(f"{len(found.rows)} rows: {out}")
    return 0


def _of_build(build: Path, name: str, made: str, recipe: str) -> PublishedResults:
    took = build / f"models/{name}.timing.json"
    return PublishedResults(
        experiment=name,
        made=made,
        recipe=recipe,
        rows=load_built(build / f"measurements/{name}.json", Measurements).root,
        pictures=digest_of(_pictures(build, name)),
        training=load_built(took, Timings) if took.is_file() else None,
        sampling=load_built(build / f"samples/{name}.timing.json", Timings),
    ).whole()


def _pictures(build: Path, name: str) -> Path:
    return build / f"samples/{name}.safetensors"
