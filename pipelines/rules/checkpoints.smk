# Published checkpoints: drawn, timed and shown where the hub, or its cache, and a GPU can be had.
# Nothing of the lessons is built.
import sys
from pathlib import Path

from pipelines.contracts.checkpoint import load_checkpoint
from pipelines.contracts.problems import InputProblems
from pipelines.provenance import code_digest, files_digest

BUILD = config.get("build") or "build/checkpoints"
FOLDER = Path(f"{config.get('lessons', 'lessons')}/{config['module']}/checkpoints")
DEVICE = config.get("device", "cpu")
PRODUCT = f"{BUILD}/index.html"

try:
    WANTED = config.get("only", "").split(",") if config.get("only") else []
    FILES = {
        path.stem: str(path)
        for path in sorted(FOLDER.glob("*.yaml"))
        if (not WANTED or path.stem in WANTED) and load_checkpoint(path)
    }
except InputProblems as problems:
    sys.exit(f"{problems}\n\n{len(problems.problems)} problem(s). Nothing was built.")
if not FILES or set(WANTED) - set(FILES):
    sys.exit(
        f"`only` names a file that {FOLDER} does not have, or there is none at all"
    )


wildcard_constraints:
    checkpoint="|".join(FILES),


# One at a time: each fills a GPU.
rule portray_checkpoint:
    input:
        checkpoint=lambda wildcards: FILES[wildcards.checkpoint],
    output:
        samples=f"{BUILD}/samples/{{checkpoint}}.safetensors",
        measurements=f"{BUILD}/measurements/{{checkpoint}}.json",
    log:
        f"{BUILD}/logs/portray/{{checkpoint}}.log",
    threads: workflow.cores
    params:
        code=code_digest("pipelines.stages.portray_checkpoint"),
        lock=files_digest([Path("requirements.lock")]),
        device=DEVICE,
    message:
        "drawing with {wildcards.checkpoint}"
    shell:
        "python -m pipelines.stages.portray_checkpoint {input.checkpoint} --code {params.code}"
        " --device {params.device} --samples {output.samples}"
        " --measurements {output.measurements} > {log} 2>&1"


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
        code=code_digest("pipelines.stages.clock_checkpoints"),
        lock=files_digest([Path("requirements.lock")]),
        device=DEVICE,
    message:
        "timing published checkpoints"
    shell:
        "python -m pipelines.stages.clock_checkpoints {input.checkpoints} --code {params.code}"
        " --device {params.device} --timings {output.timings} > {log} 2>&1"


rule render_checkpoints:
    input:
        checkpoints=list(FILES.values()),
        samples=expand(rules.portray_checkpoint.output.samples, checkpoint=FILES),
        measurements=expand(
            rules.portray_checkpoint.output.measurements, checkpoint=FILES
        ),
        timings=rules.clock_checkpoints.output.timings,
        templates=[
            "templates/checkpoints.html.j2",
            "templates/layout.html.j2",
            "templates/static/lessons.css",
        ],
    output:
        page=PRODUCT,
        pictures=directory(f"{BUILD}/pictures"),
        style=f"{BUILD}/static/lessons.css",
    log:
        f"{BUILD}/logs/render_checkpoints.log",
    params:
        code=code_digest("pipelines.stages.render_checkpoints"),
    message:
        "rendering published checkpoints"
    shell:
        "python -m pipelines.stages.render_checkpoints {input.checkpoints}"
        " --samples {input.samples} --measurements {input.measurements}"
        " --timings {input.timings} --page {output.page} --pictures {output.pictures}"
        " --style {output.style} > {log} 2>&1"
