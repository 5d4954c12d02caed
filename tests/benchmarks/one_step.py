"""How far the points that a notebook makes lie from its data, over several seeds.

    python tests/benchmarks/one_step.py NOTEBOOK --points 'jump(start, T)' --data 'real(4000)'

The cells of code run in the folder of the notebook, in this process: run none that you have not
read. Every seed that they set is shifted by each of `--shifts` in turn. Data of another scale have
other distances, so the distance of a single point, the mean of the data, stands beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path

import matplotlib as mpl
import torch

from pipelines.diffusion.metrics import energy_distance, spread
from pipelines.exercises.submission import plain_code

_SEED = re.compile(r"(?P<call>\b(?:manual_seed|seed)\()(?P<seed>\d+)\)")


def shifted(code: str, by: int) -> str:
    """Return code with each seed that it sets shifted."""
    return _SEED.sub(lambda match: f"{match['call']}{int(match['seed']) + by})", code)


def names_after(notebook: Path, shift: int) -> dict[str, object]:
    """Run the cells of a notebook; return the names that they leave."""
    names: dict[str, object] = {"__name__": "__main__"}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(shifted(plain_code("".join(cell["source"])), shift), names)
    return names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--points", required=True, help="an expression, after the last cell")
    parser.add_argument("--data", required=True)
    parser.add_argument("--shifts", type=int, nargs="+", default=[0, 1, 2])
    args = parser.parse_args()
    mpl.use("agg")
    notebook = args.notebook.resolve()
    os.chdir(notebook.parent)
    sys.path.insert(0, str(notebook.parent))
    print("shift  distance  of a point  deviation  of the data")
    for shift in args.shifts:
        names = names_after(notebook, shift)
        with torch.no_grad():
            points, data = eval(args.points, names), eval(args.data, names)
        mean = data.mean(dim=0).expand(2, -1)
        told = energy_distance(points, data), energy_distance(mean, data)
        spreads = spread(points), spread(data)
        print(f"{shift:5} {told[0]:9.4f} {told[1]:11.4f} {spreads[0]:10.3f} {spreads[1]:12.3f}")


if __name__ == "__main__":
    main()
