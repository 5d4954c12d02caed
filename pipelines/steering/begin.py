"""Where the Snakefile reaches into Snakemake: when it is read, and when its jobs begin.

Its scheduler and its logger are not meant for this: the version is pinned, and tests cover both.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from snakemake_interface_common.exceptions import WorkflowError

from pipelines.manifest import RECORDS
from pipelines.publishing.states import Progress, write_progress
from pipelines.steering.ask import HELPER
from pipelines.steering.estimates import PlannedJob, earlier_seconds, shipped_seconds
from pipelines.steering.expecting import Plan
from pipelines.steering.helper import begin
from pipelines.steering.order import Expectations, Unknown, keep_turns
from pipelines.steering.teller import Teller

_HANDLER = "DefaultStreamHandler"
_TARGETS = {"all", "published_checkpoints"}  # what is asked for, and no work
_QUICK = _TARGETS | {
    *("collect_ledger", "collect_lesson_ledger"),
    *("render_lesson", "render_index", "publish_lesson"),
}  # done in seconds
_PROFILES = Path("profiles")


def steer(workflow: Any) -> None:
    """Let clocks have their turn; where nobody asked for Snakemake's own words, tell in ours.

    Raises:
        WorkflowError: A profile of ours was given in a way that lets another one win.
    """
    from snakemake.logging import logger
    from snakemake.scheduling.greedy import Scheduler

    if workflow.is_main_process:
        check_profile(sys.argv[1:], os.environ.get("SNAKEMAKE_PROFILE", ""))
    keep_turns(Scheduler, lambda: _expectations(workflow))
    for teller in [one for one in logger.handlers if isinstance(one, Teller)]:
        logger.removeHandler(teller)
    own = [one for one in logger.handlers if one.name == _HANDLER]
    if own and not _wants_all(workflow):
        teller = Teller()
        for handler in own:
            handler.addFilter(teller.lets)
        logger.addHandler(teller)


def check_profile(words: Sequence[str], environment: str) -> None:
    """Refuse `--profile profiles/…`: `profiles/default` would win over each of its entries.

    Args:
        words: The command line; `environment` names a profile that it need not.
    """
    if any(word.startswith("--workflow-profile") for word in words):
        return
    given = [environment] if environment else []
    for at, word in enumerate(words):
        option, _, value = word.partition("=")
        if option == "--profile":
            given += [value] if value else words[at + 1 : at + 2]
    for profile in given:
        if Path(profile).resolve().is_relative_to(_PROFILES.resolve()):
            raise WorkflowError(
                f"--profile {profile}: error: profiles/default would win over its entries\n"
                f"    remedy: give it as --workflow-profile {profile}"
            )


def whole_machine(workflow: Any) -> Callable[[Any], int]:
    """Return how many threads a job has that is alone: here all; on a cluster its node says."""

    def threads(wildcards: Any) -> int:
        return int(workflow.cores) if workflow.local_exec else 1

    return threads


def _expectations(workflow: Any) -> Expectations:
    """Return what is known of the jobs of a build; nothing where no one tells of them."""
    works = next((teller.works for teller in _tellers() if teller.works), None)
    return Plan(works, workflow.dag) if works else Unknown()


def get_help(workflow: Any, module: Path) -> None:
    """Start the helper of this build, which ends with it.

    Not where nothing is to be run, nor where jobs have an environment other than ours. What runs
    on a cluster does without: it has a node to itself, and its memory is counted.
    """
    from snakemake.settings.types import DeploymentMethod

    if not workflow.is_main_process:
        os.environ.pop(HELPER, None)
    deployed = workflow.deployment_settings.deployment_method
    elsewhere = DeploymentMethod.CONDA in deployed
    if workflow.is_main_process and not workflow.output_settings.dryrun and not elsewhere:
        begin(module / "module.md")


def _wants_all(workflow: Any) -> bool:
    """Tell whether Snakemake is to speak for itself: dry runs, cluster jobs, or as asked."""
    if not workflow.is_main_process:
        return True
    settings = workflow.output_settings
    asked = (settings.dryrun, settings.verbose, settings.debug_dag, settings.printshellcmds)
    silent = any(str(one) in ("all", "rules") for one in settings.quiet or ())
    return any(asked) or silent


def set_out(workflow: Any, build: Path, module: Path) -> list[str]:
    """Write down what a build is about to do; return the lessons that readers should wait for.

    Those are the lessons that it publishes; none where all is done in seconds.
    """
    _end_at_once(workflow)
    jobs = {job.id: job for job in planned(workflow, build)}
    earlier = earlier_seconds(jobs.values(), build, RECORDS)
    lessons = [job for job in jobs.values() if job.rule == "publish_lesson"]
    pending = {job.lesson: _seconds_of_lesson(workflow, job, earlier) for job in lessons}
    work = {number: job for number, job in jobs.items() if job.rule not in _TARGETS}
    write_progress(build, Progress(jobs=len(work), pending=pending))
    expected = shipped_seconds(work.values(), module / "durations.json") | earlier
    for teller in _tellers():
        teller.begin(work, expected, _workers(workflow))
    return [] if {job.rule for job in jobs.values()} <= _QUICK else list(pending)


def _end_at_once(workflow: Any) -> None:
    """Drop Snakemake's limit of a hundred jobs a second where jobs run on this machine.

    It asks a timer of a second for each round of its scheduler, and waits for the last to end.
    """
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


def planned(workflow: Any, build: Path) -> list[PlannedJob]:
    """Return the jobs that a build would run."""
    return [
        PlannedJob(
            id=workflow.dag.jobid(job),
            rule=job.rule.name,
            output=_first(job, build),
            threads=job.threads,
            lesson=job.wildcards_dict.get("lesson", ""),
        )
        for job in workflow.dag.needrun_jobs()
    ]


def _first(job: Any, build: Path) -> str:
    """Return the first product of a job, relative to the build."""
    path = Path(str(next(iter(job.output), job.rule.name)))
    return (path.relative_to(build) if path.is_relative_to(build) else path).as_posix()


def _seconds_of_lesson(
    workflow: Any, publishing: PlannedJob, earlier: dict[int, float]
) -> float | None:
    """Return what a lesson took in an earlier build: its jobs, spread over the processors.

    None unless all of them have been timed here.
    """
    dag = workflow.dag
    start = next(job for job in dag.needrun_jobs() if dag.jobid(job) == publishing.id)
    waiting, seen = [start], {start}
    while waiting:
        for needed in dag.dependencies[waiting.pop()]:
            if needed not in seen and dag.needrun(needed):
                seen.add(needed)
                waiting.append(needed)
    numbers = [dag.jobid(job) for job in seen]
    if not all(number in earlier for number in numbers):
        return None
    return sum(earlier[number] for number in numbers) / _workers(workflow)


def _workers(workflow: Any) -> int:
    """Return how many jobs of one thread run at once."""
    return int(workflow.cores if workflow.local_exec else workflow.nodes)


def _tellers() -> list[Teller]:
    from snakemake.logging import logger

    return [one for one in logger.handlers if isinstance(one, Teller)]


def end_lines() -> None:
    """Leave the terminal to the last words of a build."""
    for teller in _tellers():
        teller.end()
