"""Stands in for a cluster: runs submitted jobs on this machine, and keeps what they asked for."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path

from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
from snakemake_interface_executor_plugins.jobs import JobExecutorInterface
from snakemake_interface_executor_plugins.settings import CommonSettings

common_settings = CommonSettings(non_local_exec=True, implies_no_shared_fs=False,
                                 job_deploy_sources=False)  # fmt: skip


class Executor(RemoteExecutor):
    def run_job(self, job: JobExecutorInterface) -> None:
        asked = {
            "rules": sorted(job.rules),
            "threads": job.threads,
            "resources": {name: job.resources[name] for name in dict(job.resources.items())},
        }
        with Path("submitted.jsonl").open("a") as file:
            file.write(json.dumps(asked, default=str) + "\n")
        environment = {k: v for k, v in os.environ.items() if k != "MEASURED_LESSONS_HELPER"}
        process = subprocess.Popen(self.format_job_exec(job), shell=True, env=environment)
        info = SubmittedJobInfo(job, external_jobid=str(process.pid), aux={"process": process})
        self.report_job_submission(info)

    async def check_active_jobs(
        self, active_jobs: list[SubmittedJobInfo]
    ) -> AsyncGenerator[SubmittedJobInfo, None]:
        for info in active_jobs:
            status = info.aux["process"].poll()
            if status is None:
                yield info
            elif status == 0:
                self.report_job_success(info)
            else:
                self.report_job_error(info)
        await asyncio.sleep(0.2)

    def cancel_jobs(self, active_jobs: list[SubmittedJobInfo]) -> None:
        for info in active_jobs:
            info.aux["process"].kill()
