"""Profiles: one wins whole, no job of seconds is queued alone, none needs a number of cores."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from checkout import ROOT
from snakemake.cli import parse_args
from snakemake_interface_common.exceptions import WorkflowError
from warm import shared

from pipelines.steering.begin import check_profile

MAIN = ("Snakefile", *(str(file) for file in (ROOT / "pipelines/rules").glob("*.smk")))
PLANE = {"train_plane", "measure_plane", "search_plane"}
LONG = PLANE | {"train_base_part", "train_latent", "measure_latent", "execute_exercise"}
ALONE = {"clock_plane", "clock_latent", "measure_checkpoint", "clock_checkpoints"}


def text(*names: str) -> str:
    return "".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def test_every_rule_is_long_or_local_or_grouped() -> None:
    rules = set(re.findall(r"(?m)^ *(?:rule|use rule \w+ as) (\w+)(?:| with):", text(*MAIN)))
    (local,) = re.findall(r"(?ms)^localrules:\n(.*?)\n\n", text(*MAIN))
    profile = yaml.safe_load(text("profiles/slurm/config.yaml"))
    grouped = {word.partition("=")[0] for word in profile["groups"]}
    apart = set(re.findall(r"\w+", local))
    assert rules == LONG | ALONE | apart | grouped
    assert len(rules) == sum(map(len, (LONG, ALONE, apart, grouped)))
    asked = profile["set-resources"]
    assert {rule for rule in asked if asked[rule].get("turns") == 1} == grouped
    assert asked.keys() - grouped == ALONE
    assert (profile["resources"], profile["set-resource-scopes"]) == (["turns=1"], ["turns=local"])


@pytest.mark.parametrize(
    "words",
    [
        ["--profile", "profiles/slurm"],
        ["--cores", "2", "--profile=profiles/gpu"],
        ["--profile", "mine", "--profile", "./profiles/default"],
    ],
)
def test_a_profile_of_ours_that_would_be_mixed_is_refused(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(WorkflowError, match="remedy: give it as --workflow-profile"):
        check_profile(words, "")
    with pytest.raises(WorkflowError, match="profiles/default would win"):
        check_profile([], words[-1].rpartition("=")[2])
    check_profile([*words, "--workflow-profile", "none"], "")
    check_profile(["--profile", "mine", "profiles/gpu"], "")


@pytest.mark.slow
def test_the_refusal_reaches_the_command_line() -> None:
    done = shared().run(ROOT, "snakemake", "--dry-run", "--profile", "profiles/gpu")
    assert done.returncode == 1
    assert "profiles/default would win over its entries" in done.stdout


def test_of_a_workflow_profile_nothing_of_the_default_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    slurm = yaml.safe_load(text("profiles/slurm/config.yaml"))
    del slurm["executor"], slurm["default-resources"]["slurm_account"]  # of a package not here
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(slurm))
    _, told = parse_args(["--workflow-profile", str(tmp_path)])
    assert told.cores is None
    assert told.jobs == 64
    _, usual = parse_args([])
    assert usual.cores is not None
