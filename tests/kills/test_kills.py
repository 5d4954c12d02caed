"""A few kills of the campaign, and one that was meant: an orphan that awakes too late."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import psutil
import pytest
from campaign import LOCAL, Build, Campaign, commanded
from warm import HERE

pytestmark = pytest.mark.build
WARM = str(HERE / "server.py")  # of what trains


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return Campaign(tmp_path_factory.mktemp("kills"), "any", seed=1)


def test_builds_that_are_killed_are_mended_by_the_next(campaign: Campaign) -> None:
    for faults in campaign.rounds(kills=3):
        assert not faults, "\n".join(faults)


def test_an_orphan_cannot_change_what_the_next_build_makes(campaign: Campaign) -> None:
    """It is stopped while it trains, and may go on when the next build has ended."""
    campaign.change(1 - campaign.variant)
    killed = Build(campaign.project, LOCAL)
    while killed.lives and "train_plane" not in killed.stages():
        time.sleep(0.01)
    assert killed.lives
    orphans = [job.pid for job in killed.jobs()]
    for orphan in orphans:
        os.kill(orphan, signal.SIGSTOP)
    killed.driver.kill()
    killed.driver.wait()
    campaign.change(1 - campaign.variant)
    campaign.finish()
    for orphan in orphans:
        with suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGCONT)
    while any(psutil.pid_exists(orphan) for orphan in orphans):
        time.sleep(0.05)
    assert not campaign.result.faults, "\n".join(campaign.result.faults)
    assert not list(campaign.compared())


def test_what_a_failed_job_still_writes_is_made_again(campaign: Campaign) -> None:
    """Its shell is killed, the build says so and ends; the training goes on and writes weights."""
    campaign.change(1 - campaign.variant)
    failed = Build(campaign.project, LOCAL)
    asking, training = [], []
    while not (asking and training):
        assert failed.lives
        jobs = {job: commanded(job) for job in failed.jobs()}
        asking = [job for job, words in jobs.items() if "pipelines.stages.train_plane" in words]
        training = [job for job, words in jobs.items() if WARM in words]
    training[0].suspend()
    shell = asking[0].parent()
    assert shell
    shell.kill()
    assert failed.driver.wait() == 1
    training[0].resume()
    while training[0].is_running():
        time.sleep(0.05)
    made = campaign.project.build_folder
    assert (made / "models/toy-flow.safetensors").is_file()
    assert not (made / "seals/train_plane/toy-flow.json").exists()
    campaign.finish()
    assert not campaign.result.faults, "\n".join(campaign.result.faults)
    assert not list(campaign.compared())
