"""A cluster queues no job of seconds alone: each rule is long, local, or in a group."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
MAIN = (
    "Snakefile",
    *(f"pipelines/rules/{name}.smk" for name in ("networks", "latent", "documents")),
)
LONG = {"train", "measure", "pretrain", "distil", "portray"}
ALONE = {"clock", "clock_latent"}


def text(*names: str) -> str:
    return "".join((ROOT / name).read_text(encoding="utf-8") for name in names)


def test_every_rule_is_long_or_local_or_grouped() -> None:
    rules = set(re.findall(r"(?m)^ *rule (\w+):", text(*MAIN)))
    (local,) = re.findall(r"(?ms)^localrules:\n(.*?)\n\n", text(*MAIN))
    profile = yaml.safe_load(text("profiles/slurm/config.yaml"))
    grouped = {word.partition("=")[0] for word in profile["groups"]}
    apart = set(re.findall(r"\w+", local))
    assert rules == LONG | ALONE | apart | grouped
    assert len(rules) == sum(map(len, (LONG, ALONE, apart, grouped)))
    assert profile["set-threads"].keys() == profile["set-resources"].keys() == ALONE
