# The map of the build: plans and experiments in, pages out. See README.md and docs/decisions/.
import gc

from snakemake.utils import min_version, validate

# A graph is made of much that stays: looking through it for garbage took a fifth of a dry run.
gc.freeze()
gc.set_threshold(100_000)
min_version("9.27")  # priorities that are functions


configfile: "config/default.yaml"


validate(config, "config/schema.yaml")


if config["preset"] == "checkpoints":

    include: "pipelines/rules/checkpoints.smk"

else:

    include: "pipelines/rules/common.smk"
    include: "pipelines/rules/networks.smk"
    include: "pipelines/rules/latent.smk"
    include: "pipelines/rules/documents.smk"


if config["preset"] == "checkpoints":

    rule all:
        default_target: True
        input:
            PRODUCT,

else:

    # No output: it runs in every build, last, and holds all files against what is known of them.
    rule all:
        default_target: True
        input:
            everything(),
        params:
            conclusion=conclusion(),
        message:
            "holding every file against its record"
        shell:
            "{params.conclusion} --products {input:q}"
