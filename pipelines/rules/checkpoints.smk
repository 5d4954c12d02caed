# Published checkpoints: drawn, timed and shown where the hub, or its cache, and a GPU can be had.
# Nothing of the lessons is built.
import sys
from pathlib import Path

from pipelines.contracts.checkpoint import load_checkpoint
from pipelines.contracts.problems import InputProblems
from pipelines.graph import content, stop, unswallowed
from pipelines.plan.needs import wrong_name
from pipelines.provenance import code_digest

BUILD = config.get("build") or "build/checkpoints"
FOLDER = Path(f"{config.get('lessons', 'lessons')}/{config['module']}/checkpoints")
DEVICE = config.get("device", "cpu")
PRODUCT = f"{BUILD}/index.html"
TEMPLATES = [
    "pipelines/templates/checkpoints.html.j2",
    "pipelines/templates/layout.html.j2",
    "pipelines/templates/static/lessons.css",
]

WANTED = config.get("only", "").split(",") if config.get("only") else []
try:
    if unfit := [
        wrong for path in FOLDER.glob("*.yaml") if (wrong := wrong_name(path))
    ]:
        raise InputProblems(unfit)
    FILES = {
        path.stem: str(path)
        for path in sorted(FOLDER.glob("*.yaml"))
        if (not WANTED or path.stem in WANTED) and load_checkpoint(path)
    }
except InputProblems as problems:
    stop(problems)
if not FILES or set(WANTED) - set(FILES):
    sys.exit(
        f"`only` names a file that {FOLDER} does not have, or there is none at all"
    )


wildcard_constraints:
    checkpoint="|".join(FILES),


@unswallowed
def checkpoint_file(wildcards):
    return FILES[wildcards.checkpoint]


@unswallowed
def checkpoint_content(wildcards):
    return content(checkpoint_file(wildcards))


# One at a time: each fills a GPU.
rule portray_checkpoint:
    input:
        checkpoint=checkpoint_file,
    output:
        samples=f"{BUILD}/samples/{{checkpoint}}.safetensors",
        measurements=f"{BUILD}/measurements/{{checkpoint}}.json",
    log:
        f"{BUILD}/logs/portray/{{checkpoint}}.log",
    threads: workflow.cores
    params:
        content=checkpoint_content,
        code=code_digest("pipelines.stages.portray_checkpoint"),
        lock=content("requirements.lock"),
        device=DEVICE,
    message:
        "drawing with {wildcards.checkpoint}"
    shell:
        "python -m pipelines.stages.portray_checkpoint {input.checkpoint:q}"
        " --code {params.code:q} --device {params.device:q} --samples {output.samples:q}"
        " --measurements {output.measurements:q} > {log:q} 2>&1"


rule clock_checkpoints:
    input:
        checkpoints=list(FILES.values()),
        quiet=expand(rules.portray_checkpoint.output.measurements, checkpoint=FILES),
    output:
        timings=f"{BUILD}/timings/checkpoints.json",
    log:
        f"{BUILD}/logs/clock_checkpoints.log",
    threads: workflow.cores
    params:
        content=content(*FILES.values()),
        code=code_digest("pipelines.stages.clock_checkpoints"),
        lock=content("requirements.lock"),
        device=DEVICE,
    message:
        "timing published checkpoints"
    shell:
        "python -m pipelines.stages.clock_checkpoints {input.checkpoints:q}"
        " --code {params.code:q} --device {params.device:q} --timings {output.timings:q} > {log:q} 2>&1"


rule render_checkpoints:
    input:
        checkpoints=list(FILES.values()),
        samples=expand(rules.portray_checkpoint.output.samples, checkpoint=FILES),
        measurements=expand(
            rules.portray_checkpoint.output.measurements, checkpoint=FILES
        ),
        timings=rules.clock_checkpoints.output.timings,
        templates=TEMPLATES,
    output:
        page=PRODUCT,
        pictures=directory(f"{BUILD}/pictures"),
        style=f"{BUILD}/static/lessons.css",
    log:
        f"{BUILD}/logs/render_checkpoints.log",
    params:
        content=content(*FILES.values(), *TEMPLATES),
        code=code_digest("pipelines.stages.render_checkpoints"),
    message:
        "rendering published checkpoints"
    shell:
        "python -m pipelines.stages.render_checkpoints {input.checkpoints:q}"
        " --samples {input.samples:q} --measurements {input.measurements:q}"
        " --timings {input.timings:q} --page {output.page:q} --pictures {output.pictures:q}"
        " --style {output.style:q} > {log:q} 2>&1"
