"""The graph of a whole build, as Snakemake makes it from the rules; nothing is built."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from pipelines.steering.begin import planned
from pipelines.steering.estimates import PlannedJob, shipped_seconds
from pipelines.steering.simulating import Work

_MANY = 1_000_000  # processors: a job that takes them all takes whatever there is
_UNKNOWN = 1.0  # seconds of a job of which nothing like it was ever timed


def whole_graph(config: Mapping[str, str], durations: Path | None = None) -> dict[int, Work]:
    """Return all jobs of a build from nothing, with the seconds that they took elsewhere.

    Args:
        durations: What `pipelines.steering.durations` wrote; by default the module's own.
    """
    workflow = read_workflow(config)
    build, module = (Path(workflow.globals[name]) for name in ("BUILD", "MODULE"))
    jobs = {job.id: job for job in planned(workflow, build)}
    seconds = _filled(jobs, shipped_seconds(jobs.values(), durations or module / "durations.json"))
    dag, found = workflow.dag, dict[int, Work]()
    for job in dag.needrun_jobs():
        number = dag.jobid(job)
        found[number] = Work(
            id=number,
            name=f"{jobs[number].rule} {' '.join(job.wildcards_dict.values())}".strip(),
            seconds=seconds[number],
            needs=frozenset(dag.jobid(other) for other in dag.dependencies[job]),
            priority=job.priority,
            alone=job.threads == _MANY,
        )
    return found


def _filled(jobs: Mapping[int, PlannedJob], timed: Mapping[int, float]) -> dict[int, float]:
    """Return seconds for every job: a job that was never timed is as others of its rule."""
    rules = {jobs[number].rule for number in timed}
    means = {
        rule: fmean(timed[number] for number in timed if jobs[number].rule == rule)
        for rule in rules
    }
    return {n: timed.get(n, means.get(job.rule, _UNKNOWN)) for n, job in jobs.items()}


def read_workflow(config: Mapping[str, str]) -> Any:
    """Return Snakemake's workflow with the graph of a build that makes everything."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.enums import Quietness
    from snakemake.settings.types import (
        ConfigSettings,
        DAGSettings,
        OutputSettings,
        ResourceSettings,
    )

    quiet = OutputSettings(quiet={Quietness.ALL})
    with SnakemakeApi(quiet) as api:
        read = api.workflow(
            resource_settings=ResourceSettings(cores=_MANY),
            config_settings=ConfigSettings(config=dict(config)),
            snakefile=Path("Snakefile"),
        )
        read.dag(DAGSettings(forceall=True))
        workflow = read._workflow
        workflow._prepare_dag(forceall=True, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        workflow.dag.update_priority()
        return workflow
