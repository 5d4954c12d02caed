"""A module of one lesson with one claim about two measured numbers."""

from pathlib import Path

from pipelines.planwriter.starter import starter

JUMP, STEP = "toy-cd/consistency@1/off_manifold", "toy-edm/euler@1/off_manifold"
ROW = {
    "n": 10_000,
    "parts": [0.1, 0.1],
    "draws": "noise",
    "exact": True,
    "produced_by": {"rule": "measure_plane"},
}
CLAIM = f"""\
:::{{claim}} jump-helps
:check: {JUMP} <= 0.5 * {STEP}
A jump leaves at most half as many points off the moons.
:::
"""


def write_jumps(module: Path) -> None:
    """Write the module's only plan."""
    before, hook, after = starter("jumps").partition("#### 2. Hook\n")
    plan = module / "jumps/plan.md"
    plan.parent.mkdir(parents=True)
    plan.write_text(f"{before}{hook}\n{CLAIM}\n{after}", encoding="utf-8")
