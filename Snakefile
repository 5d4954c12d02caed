# The map of the build: plans and experiments in, pages out. See README.md and docs/decisions/.
import gc

from snakemake.utils import min_version, validate

# A graph is made of much that stays: looking through it for garbage took a fifth of a dry run.
gc.freeze()
gc.set_threshold(100_000)
min_version("9.27")  # priorities that are functions


configfile: "config/default.yaml"


validate(config, "config/schema.yaml")


report: "pipelines/rules/report/workflow.rst"


include: "pipelines/rules/common.smk"
include: "pipelines/rules/plane.smk"
include: "pipelines/rules/latent.smk"
include: "pipelines/rules/exercises.smk"
include: "pipelines/rules/documents.smk"
include: "pipelines/rules/checkpoints.smk"


# No output: it runs in every build, last, and holds all files against what is known of them.
rule all:
    default_target: True
    input:
        whole.everything(),
    log:
        f"{BUILD}/logs/all.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        build=whole.end_words,
    message:
        "holding every file against its record"
    shell:
        shown_and_logged(
            soon(
                "python -m pipelines.stages.end_build {params.build:q} --products {input:q}"
            )
        )


if KEPT:
    forgo_benchmarks(workflow)
