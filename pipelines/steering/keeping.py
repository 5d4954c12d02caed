"""Results between builds: Snakemake's cache of outputs, by what a job reads and not where.

Snakemake decides which jobs may be taken from the cache (`cache:` of a rule) and when, and says
where it is (`SNAKEMAKE_OUTPUT_CACHE`). What it keeps there itself does not fit us, for the reasons
in docs/decisions/0013-a-cache-by-content.md: the store of this module takes its place.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.provenance import versions
from pipelines.seals import hash_of, write_seal
from pipelines.steering.entries import Unfit, files_of, pack, unpack

LOCATION = "SNAKEMAKE_OUTPUT_CACHE"
SEAL = "seal"  # the output that says what the others are; made anew wherever they come from
_FORMAT = "2"  # to be raised when keys or entries mean something else


def keeps_results(workflow: Any, lock: str) -> bool:
    """Tell whether results are kept between builds; if so, let Snakemake use our store.

    Args:
        lock: A digest of the environment's lock file.
    """
    location = os.environ.get(LOCATION)
    if not location:
        return False
    import snakemake.workflow

    environment = {"format": _FORMAT, "lock": lock, **versions()}
    store = Results(Path(location).absolute(), environment)
    snakemake.workflow.LocalOutputFileCache = lambda: store
    if workflow.workflow_settings.cache is None:  # what `--cache` would set
        workflow.workflow_settings.cache = []
    return True


def forgo_benchmarks(workflow: Any) -> None:
    """Let results be kept of rules that have a `benchmark:`; then none is written.

    Snakemake refuses a rule with both, since what is taken from elsewhere took nothing here.
    """
    for rule in workflow.rules:
        if rule.cache and rule.cache.output:
            rule._benchmark = None


class Results:
    """What jobs made, one file each, named by rule, wildcards and key.

    It may spare work and never costs a result: whatever is wrong with it, the job runs.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, dict(environment)
        self.entries: dict[Any, Path] = {}  # of jobs that run: by what they read at their start
        self.warned: set[str] = set()

    async def exists(self, job: Any) -> bool:
        """Tell whether a job need not run. What it reads may itself not be made yet."""
        try:
            return self._entry(job).is_file()
        except OSError:
            return False

    async def fetch(self, job: Any) -> None:
        from snakemake.exceptions import CacheMissException

        entry = self.entries[job] = self._entry(job)
        try:
            if entry.is_file():
                unpack(entry, _products(job))
                write_seal(Path(job.output[SEAL]), map(Path, job.output))
                _log(job, f"taken from {entry}\n")
                return
        except Unfit as damage:
            self._warn(f"{entry}: warning: not taken, it was damaged: {damage}")
        except OSError as unable:
            self._warn(f"{self.folder}: warning: results are not taken from here: {_why(unable)}")
        raise CacheMissException(f"{job} is not in the cache")

    async def store(self, job: Any) -> None:
        entry = self.entries.pop(job, None) or self._entry(job)
        try:
            pack(entry, _products(job))
        except OSError as unable:
            self._warn(f"{self.folder}: warning: results are not kept here: {_why(unable)}")

    def _entry(self, job: Any) -> Path:
        words = [job.rule.name, *map(str, job.wildcards_dict.values())]
        return self.folder / f"{'-'.join(words)}-{key_of(job, self.environment)}.tar"

    def _warn(self, text: str) -> None:
        """Say something once, not again for each job."""
        from snakemake.logging import logger

        if text not in self.warned:
            self.warned.add(text)
            logger.warning(f"{text}\n    remedy: none is needed, the jobs run instead")


def _why(unable: OSError) -> str:
    """Return the same words for each entry, so that they are said once."""
    return unable.strerror or str(unable)


def _products(job: Any) -> dict[str, Path]:
    return {name: Path(path) for name, path in job.output.items() if name != SEAL}


def _log(job: Any, text: str) -> None:
    for name in job.log:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def key_of(job: Any, environment: Mapping[str, str]) -> str:
    """Return a digest of what decides a job's products: command, parameters, what it reads.

    No path, core or log is in it. The digest of code is a parameter; so is what an `ancient`
    input says to the job, of which the rest may change.
    """
    from snakemake.io import is_flagged

    read = [path for path in job.input if not is_flagged(path, "ancient")]
    inputs = {str(path): _digest(Path(path)) for path in read}
    decisive = {
        "environment": dict(environment),
        "rule": job.rule.name,
        "command": job.rule.shellcmd,
        "wildcards": dict(job.wildcards_dict),
        "params": {name: _placeless(value, inputs) for name, value in job.params.items()},
        "inputs": [inputs[str(path)] for path in read],
        "products": sorted(_products(job)),
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:32]


def _placeless(value: Any, inputs: Mapping[str, str]) -> Any:
    """Return a parameter with each input's digest in the place of its path."""
    if isinstance(value, str):
        for path in sorted(inputs, key=len, reverse=True):
            value = value.replace(path, inputs[path])
        return value
    if isinstance(value, list | tuple):
        return [_placeless(one, inputs) for one in value]
    return value


def _digest(path: Path) -> str:
    """Return a digest of a file's bytes, of a folder's with the names within it."""
    parts = [f"{within} {_hash_at(file, *_seen(file))}" for within, file in files_of(path)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _seen(file: Path) -> tuple[int, int]:
    seen = file.stat()
    return seen.st_size, seen.st_mtime_ns


@cache
def _hash_at(file: Path, size: int, stamp: int) -> str:
    """Cached latents are read by every model made from them: hashed once, unless they change."""
    return hash_of(file)
