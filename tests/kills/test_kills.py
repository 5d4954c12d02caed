"""A few kills of the campaign, and one that was meant: an orphan that awakes too late."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import psutil
import pytest
from campaign import LOCAL, Build, Campaign

pytestmark = pytest.mark.build


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
