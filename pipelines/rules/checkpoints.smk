# Published checkpoints: drawn, timed and shown where the hub, or its cache, and a GPU can be had.
# Nothing of the lessons hangs on them: `snakemake published_checkpoints`.


# One at a time: each fills a GPU.
rule measure_checkpoint:
    input:
        checkpoint=checkpoints_of.file,
    output:
        samples=f"{BUILD}/checkpoints/samples/{{checkpoint}}.safetensors",
        measurements=f"{BUILD}/checkpoints/measurements/{{checkpoint}}.json",
        seal=f"{BUILD}/seals/measure_checkpoint/{{checkpoint}}.json",
    log:
        f"{BUILD}/logs/measure_checkpoint/{{checkpoint}}.log",
    conda:
        ENVIRONMENT
    threads: whole_machine(workflow)
    resources:
        mem_mb=16000,
        runtime=240,
    params:
        content=checkpoints_of.content,
        code=code("pipelines.stages.measure_checkpoint"),
        lock=LOCK,
        device=SETTINGS.device,
    message:
        "sampling and measuring {wildcards.checkpoint}"
    shell:
        sealed(
            "python -m pipelines.stages.measure_checkpoint {input.checkpoint:q}"
            " --code {params.code:q} --device {params.device:q} --samples {output.samples:q}"
            " --measurements {output.measurements:q}"
        )


rule clock_checkpoints:
    input:
        checkpoints=checkpoints_of.sound_files,
        quiet=checkpoints_of.measurements,
    output:
        timings=f"{BUILD}/checkpoints/timings/checkpoints.json",
        seal=f"{BUILD}/seals/clock_checkpoints.json",
    log:
        f"{BUILD}/logs/clock_checkpoints.log",
    conda:
        ENVIRONMENT
    threads: whole_machine(workflow)
    resources:
        mem_mb=16000,
        runtime=240,
    params:
        content=checkpoints_of.contents,
        code=code("pipelines.stages.clock_checkpoints"),
        lock=LOCK,
        device=SETTINGS.device,
    message:
        "timing published checkpoints"
    shell:
        sealed(
            "python -m pipelines.stages.clock_checkpoints {input.checkpoints:q}"
            " --code {params.code:q} --device {params.device:q} --timings {output.timings:q}"
        )


rule render_checkpoints:
    input:
        checkpoints=checkpoints_of.sound_files,
        samples=checkpoints_of.samples,
        measurements=checkpoints_of.measurements,
        timings=rules.clock_checkpoints.output.timings,
        templates=templates(),
    output:
        page=f"{BUILD}/checkpoints/index.html",
        pictures=directory(f"{BUILD}/checkpoints/pictures"),
        static=[f"{BUILD}/checkpoints/{file}" for file in static_files()],
        seal=f"{BUILD}/seals/render_checkpoints.json",
    log:
        f"{BUILD}/logs/render_checkpoints.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        content=checkpoints_of.page_content,
        code=code("pipelines.stages.render_checkpoints"),
        lock=LOCK,
    message:
        "rendering published checkpoints"
    shell:
        sealed(
            "python -m pipelines.stages.render_checkpoints {input.checkpoints:q}"
            " --samples {input.samples:q} --measurements {input.measurements:q}"
            " --timings {input.timings:q} --page {output.page:q} --pictures {output.pictures:q}"
            " --static {output.static:q}"
        )


rule published_checkpoints:
    input:
        rules.render_checkpoints.output.page,
