# The map of the build: plans and experiments in, pages out. See README.md and docs/decisions/.
from snakemake.utils import min_version, validate

min_version("9.19")


configfile: "config/default.yaml"


validate(config, "config/schema.yaml")


if config["preset"] == "checkpoints":

    include: "pipelines/rules/checkpoints.smk"

else:

    include: "pipelines/rules/common.smk"
    include: "pipelines/rules/networks.smk"
    include: "pipelines/rules/latent.smk"
    include: "pipelines/rules/documents.smk"


rule all:
    default_target: True
    input:
        PRODUCT,
