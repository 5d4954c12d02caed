"""How long the trainings of a build took, and how many times as long as each other.

    python tests/benchmarks/durations.py [BUILD]

CPU-seconds as the build recorded them, seconds by the clock for whole loops. Nothing is judged:
another machine, or a busy one, takes another time. Ratios are within the one build.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.contracts.measurement import load_timings, load_trainings

RATIOS = {  # what is compared: the first should be about, or at most, so many times the second
    "an adversary against longer plain distillation": (
        "grid-cd-adv/train@5000/cpu_seconds", "grid-cd-long/train@15000/cpu_seconds",
    ),
    "fifty guided steps against four of LCM-LoRA": (
        "base/ddim@50,w=5,leading/loop_8", "lcm-lora/lcm@4,w=1/loop_8",
    ),
}  # fmt: skip


def main() -> None:
    build = Path(sys.argv[1] if len(sys.argv) > 1 else "build")
    trainings = load_trainings(sorted(build.glob("models/*.timing.json")))
    clocks = [row for path in build.glob("timings/*.json") for row in load_timings(path).rows]
    seconds = {row.key: row.value for row in (*trainings, *clocks)}
    for row in sorted(trainings, key=lambda row: -row.value):
        print(f"{row.value:8.1f} s  {row.key}")
    print(f"{sum(row.value for row in trainings):8.1f} s  all trainings")
    for what, (one, other) in RATIOS.items():
        if one in seconds and other in seconds:
            print(f"{seconds[one] / seconds[other]:8.2f}    {what}")


if __name__ == "__main__":
    main()
