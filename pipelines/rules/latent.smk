# The tiny Stable Diffusion: its parts from nothing, assembled, appraised.
from pipelines.contracts.latent import DEPENDS

RECIPE = f"{MODULE}/latent/base.yaml"
BASE = f"{BUILD}/models/base"


wildcard_constraints:
    part="|".join(DEPENDS),


def part_weights(part):
    return f"{BUILD}/models/base-parts/{part}.safetensors"


def needed_parts(wildcards):
    return [part_weights(part) for part in DEPENDS[wildcards.part][1]]


def need_flags(wildcards, input):
    """`--need part=path …` for the parts that one part starts from."""
    return [
        f"--need {part}={path}"
        for part, path in zip(DEPENDS[wildcards.part][1], input.needs)
    ]


rule pretrain:
    input:
        recipe=RECIPE,
        needs=needed_parts,
    output:
        weights=f"{BUILD}/models/base-parts/{{part}}.safetensors",
        history=f"{BUILD}/models/base-parts/{{part}}.history.json",
        timing=f"{BUILD}/models/base-parts/{{part}}.timing.json",
    log:
        f"{BUILD}/logs/pretrain/{{part}}.log",
    threads: 1
    params:
        code=code_digest("pipelines.stages.pretrain"),
        lock=LOCK,
        preset=PRESET.name,
        needs=need_flags,
        device=config.get("device", "cpu"),
    message:
        "training the {wildcards.part} of the tiny Stable Diffusion"
    shell:
        "python -m pipelines.stages.pretrain {input.recipe} --part {wildcards.part}"
        " --preset {params.preset} --code {params.code} --device {params.device}"
        " {params.needs} --weights {output.weights} --history {output.history}"
        " --timing {output.timing} 2>&1 | tee {log}"


rule assemble:
    input:
        recipe=RECIPE,
        parts=[part_weights(part) for part in DEPENDS],
        timings=[
            part_weights(part).replace(".safetensors", ".timing.json")
            for part in DEPENDS
        ],
    output:
        folder=directory(BASE),
    log:
        f"{BUILD}/logs/assemble.log",
    threads: 1
    params:
        code=code_digest("pipelines.stages.assemble"),
        preset=PRESET.name,
        needs=[f"--need {part}={part_weights(part)}" for part in DEPENDS],
    message:
        "assembling the tiny Stable Diffusion"
    shell:
        "python -m pipelines.stages.assemble {input.recipe} --preset {params.preset}"
        " {params.needs} --timings {input.timings} --folder {output.folder} > {log} 2>&1"


rule appraise:
    input:
        recipe=RECIPE,
        folder=BASE,
        judge=part_weights("judge"),
    output:
        measurements=f"{BUILD}/measurements/latent/base.json",
        sheet=f"{BUILD}/samples/base.png",
    log:
        f"{BUILD}/logs/appraise.log",
    threads: 1
    params:
        code=code_digest("pipelines.stages.appraise"),
    message:
        "appraising the tiny Stable Diffusion"
    shell:
        "python -m pipelines.stages.appraise {input.recipe} --folder {input.folder}"
        " --judge {input.judge} --code {params.code}"
        " --systems ddim@50,w=3 ddim@50,w=7.5 ddim@4,w=7.5"
        " --measurements {output.measurements} --sheet {output.sheet} > {log} 2>&1"
