"""Put published results into a build, if they are of today's recipe; each row says so."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from pipelines.contracts.files import write_json, written_aside
from pipelines.contracts.measurement import Measurement, Timings
from pipelines.contracts.published_results import load_published_results, pictures_beside
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--recipe", required=True, help="digest of what decides the rows")
    parser.add_argument("--measurements", type=Path, required=True)
    parser.add_argument("--samples", type=Path, required=True, help="its pictures")
    parser.add_argument("--timing", type=Path, required=True, help="where it was sampled")
    parser.add_argument("--training", type=Path, required=True, help="what it took")
    args = parser.parse_args()
    found = load_published_results(args.results, args.recipe)

    def told(row: Measurement) -> Measurement:
        producer = row.produced_by.model_copy(update={"published": found.made})
        return row.model_copy(update={"produced_by": producer})

    write_json(args.measurements, [told(row).model_dump() for row in found.rows])
    with written_aside(args.samples) as temporary:
        shutil.copyfile(pictures_beside(args.results), temporary)
    write_json(args.timing, found.sampling)
    training = found.training or Timings(rows=())
    rows = tuple(map(told, training.rows))
    write_json(args.training, training.model_copy(update={"rows": rows}))
    print(f"{len(found.rows)} rows, published: {found.made}")


if __name__ == "__main__":
    main()
