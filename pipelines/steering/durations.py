"""`python -m pipelines.steering.durations BUILD`: the seconds of a build's jobs, for first builds.

Printed as `durations.json` of a module: where no build has run yet, the time left is told from it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from pathlib import Path

from pipelines.steering.estimates import seconds_of_record

_BESIDE = re.compile(  # outputs that are not the first of their job
    r"^(?:seals|measurements|site|logs)/|\.(?:history|timing)\.json$|\.(?:dark|\w+-narrow)\.svg$"
    r"|/figures/[^/]+\.(?:png|csv|json)$|/report$|/(?!index\.)[a-z]+\.html$"
    r"|/(?:card|claims|review)\.json$|^draft/static/|^manifest\.json$"
)


def durations(build: Path, records: Path) -> dict[str, float]:
    """Return the seconds of each job, by its first product."""
    found = {}
    for file in records.iterdir():
        if not file.is_file():
            continue  # a long name, in parts
        path = Path(base64.urlsafe_b64decode(file.name).decode())
        seconds = seconds_of_record(file)
        if seconds is None or not path.is_relative_to(build):
            continue
        name = path.relative_to(build).as_posix()
        if not _BESIDE.search(name):
            found[name] = round(seconds, 1)
    return found


if __name__ == "__main__":
    found = durations(Path(sys.argv[1]), Path(".snakemake/metadata"))
    print(json.dumps({"cores": os.cpu_count(), "seconds": found}, indent=1, sort_keys=True))
