"""The rules as Snakemake reads them: each logs, is sealed, quotes, and says what it needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pytest
import yaml
from checkout import ROOT
from warm import shared

pytestmark = pytest.mark.slow

TRAINS = {"train_plane", "train_base_part", "train_latent"}
KEPT = "\n    cache: KEPT\n"
TARGETS = {"published_checkpoints"}  # nothing to run
TELLS = {"all"}  # what a person reads at the end of a build
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w[^{}]*)\}")


READ = """\
import json, sys
from pipelines.steering.reading import read_workflow
told = {
    rule.name: {
        "shell": rule.shellcmd,
        "logs": list(rule.log),
        "outputs": list(rule.output.keys()),
        "params": list(rule.params.keys()),
        "resources": list(rule.resources.keys()),
        "benchmark": bool(rule.benchmark),
    }
    for rule in read_workflow({"retrain": sys.argv[1]}).rules
}
json.dump(told, open(sys.argv[2], "w"))
"""
Rules = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    """Return the rules by name, those of a retrained and of a published base."""
    found: Rules = {}
    for retrain in ("true", "false"):
        told = tmp_path_factory.mktemp("rules") / "told.json"
        subprocess.run([sys.executable, "-c", READ, retrain, told], cwd=ROOT, check=True)
        found |= json.loads(told.read_text(encoding="utf-8"))
    return {name: rule for name, rule in found.items() if name not in TARGETS}


@pytest.mark.slow
@pytest.mark.parametrize("retrain", ["true", "false"])
def test_snakemakes_own_lint_has_nothing_to_say(retrain: str) -> None:
    done = shared().run(ROOT, "snakemake", "--lint", "--config", f"retrain={retrain}")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_every_job_has_the_same_log(rules: Rules) -> None:
    for name, rule in rules.items():
        assert len(rule["logs"]) == 1, name
        ending = " 2>&1 | tee {log:q}" if name in TELLS else ") > {log:q} 2>&1"
        assert rule["shell"].endswith(ending), rule["shell"]


@pytest.mark.slow
def test_every_product_is_sealed_and_hangs_on_the_environment(rules: Rules) -> None:
    for name, rule in rules.items():
        if name in TELLS | {"publish_lesson"}:  # the record is a seal; pages are not made by it
            continue
        assert "seal" in rule["outputs"], name
        assert "lock" in rule["params"], name
        assert "code" in rule["params"], name


@pytest.mark.slow
def test_all_that_reaches_a_shell_is_quoted(rules: Rules) -> None:
    for name, rule in rules.items():
        for word in PLACEHOLDER.findall(rule["shell"]):
            assert word.endswith(":q"), f"{name}: {word}"


def test_every_job_says_what_it_needs(rules: Rules) -> None:
    for name, rule in rules.items():
        assert {"mem_mb", "runtime"} <= set(rule["resources"]), name


def test_what_trains_is_benchmarked(rules: Rules) -> None:
    assert {name for name, rule in rules.items() if rule["benchmark"]} == TRAINS


def test_what_trains_and_samples_is_kept_between_builds() -> None:
    """tests/builds/test_cache.py builds with it."""
    text = "".join(path.read_text() for path in sorted((ROOT / "pipelines/rules").glob("*.smk")))
    blocks = re.split(r"(?m)^ *(?:use )?rule (\w+)", text)
    kept = {name for name, block in zip(blocks[1::2], blocks[2::2], strict=True) if KEPT in block}
    measures = {"measure_plane", "measure_latent", "cache_latents"}
    assert kept == TRAINS | measures


def test_rules_do_not_stop_python_by_themselves() -> None:
    for file in [ROOT / "Snakefile", *(ROOT / "pipelines/rules").glob("*.smk")]:
        assert "sys.exit" not in file.read_text(encoding="utf-8")


def test_the_conda_environment_is_the_one_of_these_tests() -> None:
    """Its pins are those of the lock file, and what runs here is what they name."""
    told = yaml.safe_load((ROOT / "config/environment.yaml").read_text(encoding="utf-8"))
    python, _, pins = told["dependencies"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").split()
    assert pins == {"pip": lock}, "sed 's/^/      - /' requirements.lock"
    if python.partition("=")[2] != ".".join(map(str, sys.version_info[:2])):
        pytest.skip("another Python, of which the lock file says nothing")
    installed = {pin: version(pin.partition("==")[0]) for pin in lock}
    local = {pin: found.partition("+")[0] for pin, found in installed.items()}  # torch's +cpu
    assert all(pin.partition("==")[2] == found for pin, found in local.items())
