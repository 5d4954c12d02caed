# The tiny Stable Diffusion: its base (published weights, or trained from nothing), the models made
# from it, their pictures. As in the plane, the file of an experiment is `ancient`.


rule pretrain:
    input:
        recipe=SETTINGS.recipe,
        needs=latent.needed_parts,
    output:
        weights=f"{BUILD}/models/base-parts/{{part}}.safetensors",
        history=f"{BUILD}/models/base-parts/{{part}}.history.json",
        timing=f"{BUILD}/models/base-parts/{{part}}.timing.json",
        seal=f"{BUILD}/seals/pretrain/{{part}}.json",
    log:
        f"{BUILD}/logs/pretrain/{{part}}.log",
    benchmark:
        f"{BUILD}/benchmarks/pretrain/{{part}}.tsv"
    cache: KEPT
    priority: urgency.training
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        runtime=1440 if SETTINGS.recipe_name == "published" else 120,
    params:
        content=latent.recipe_content,
        code=code("pipelines.stages.pretrain"),
        lock=LOCK,
        preset=PRESET,
        needs=latent.need_flags,
        device=SETTINGS.device,
    message:
        "training the {wildcards.part} of the tiny Stable Diffusion"
    shell:
        sealed(
            "python -m pipelines.stages.pretrain {input.recipe:q} --part {wildcards.part:q}"
            " --preset {params.preset:q} --code {params.code:q} --device {params.device:q}"
            " {params.needs:q} --weights {output.weights:q} --history {output.history:q}"
            " --timing {output.timing:q}"
        )


if SETTINGS.retrain:

    rule assemble:
        input:
            recipe=SETTINGS.recipe,
            parts=latent.parts,
            timings=latent.part_timings,
        output:
            folder=directory(f"{BUILD}/models/base"),
            seal=f"{BUILD}/seals/base.json",
        log:
            f"{BUILD}/logs/assemble.log",
        priority: urgency.training
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=2000,
            runtime=10,
        params:
            content=latent.recipe_content,
            code=code("pipelines.stages.assemble"),
            lock=LOCK,
            preset=PRESET,
            needs=latent.part_flags,
        message:
            "assembling the tiny Stable Diffusion"
        shell:
            sealed(
                "python -m pipelines.stages.assemble {input.recipe:q} --preset {params.preset:q}"
                " {params.needs:q} --timings {input.timings:q} --folder {output.folder:q}"
            )

else:

    rule adopt:
        input:
            recipe=SETTINGS.recipe,
            published=SETTINGS.published_base,
        output:
            folder=directory(f"{BUILD}/models/base"),
            seal=f"{BUILD}/seals/base.json",
        log:
            f"{BUILD}/logs/adopt.log",
        priority: urgency.training
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=400,
            runtime=10,
        params:
            content=latent.published_content,
            code=code("pipelines.stages.adopt"),
            lock=LOCK,
        message:
            "taking the published weights, if their card is right"
        shell:
            sealed(
                "python -m pipelines.stages.adopt {input.recipe:q}"
                " --published {input.published:q} --folder {output.folder:q}"
            )


rule encode:
    input:
        folder=f"{BUILD}/models/base",
    output:
        bank=f"{BUILD}/models/bank.safetensors",
        seal=f"{BUILD}/seals/encode.json",
    log:
        f"{BUILD}/logs/encode.log",
    cache: KEPT
    priority: urgency.training
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=code("pipelines.stages.encode"),
        lock=LOCK,
        preset=PRESET,
        device=SETTINGS.device,
    message:
        "encoding scenes"
    shell:
        sealed(
            "python -m pipelines.stages.encode --folder {input.folder:q}"
            " --preset {params.preset:q} --code {params.code:q} --device {params.device:q}"
            " --bank {output.bank:q}"
        )


rule distil:
    input:
        experiment=ancient(latent.file),
        sources=latent.sources,
        bank=f"{BUILD}/models/bank.safetensors",
    output:
        folder=directory(f"{BUILD}/models/{{student}}"),
        history=f"{BUILD}/models/{{student}}.history.json",
        timing=f"{BUILD}/models/{{student}}.timing.json",
        seal=f"{BUILD}/seals/distil/{{student}}.json",
    log:
        f"{BUILD}/logs/distil/{{student}}.log",
    benchmark:
        f"{BUILD}/benchmarks/distil/{{student}}.tsv"
    cache: KEPT
    priority: urgency.training
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        training=latent.training,
        code=latent.code("pipelines.stages.distil"),
        lock=LOCK,
        preset=PRESET,
        sources=latent.source_flags,
        device=SETTINGS.device,
    message:
        "training {wildcards.student}"
    shell:
        sealed(
            "python -m pipelines.stages.distil {input.experiment:q} --preset {params.preset:q}"
            " --code {params.code:q} --device {params.device:q} {params.sources:q}"
            " --bank {input.bank:q} --folder {output.folder:q} --history {output.history:q}"
            " --timing {output.timing:q}"
        )


rule portray:
    input:
        experiment=ancient(latent.file),
        own=latent.own_folder,
        sources=latent.sources,
        base=f"{BUILD}/models/base",
    output:
        samples=f"{BUILD}/samples/{{student}}.safetensors",
        measurements=f"{BUILD}/measurements/{{student}}.json",
        timing=f"{BUILD}/samples/{{student}}.timing.json",
        seal=f"{BUILD}/seals/portray/{{student}}.json",
    log:
        f"{BUILD}/logs/portray/{{student}}.log",
    cache: KEPT
    priority: urgency.measuring
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        measuring=latent.measuring,
        code=code("pipelines.stages.portray"),
        lock=LOCK,
        preset=PRESET,
        own=latent.own_flag,
        sources=latent.source_flags,
        seeds=latent.seed_flags,
        device=SETTINGS.device,
    message:
        "drawing and judging {wildcards.student}"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.portray {input.experiment:q}"
                " --preset {params.preset:q} --code {params.code:q} --device {params.device:q}"
                " {params.own:q} {params.sources:q} --judge {input.base:q}/judge.safetensors"
                " --seeds {params.seeds:q} --samples {output.samples:q}"
                " --measurements {output.measurements:q} --timing {output.timing:q}"
            )
        )


# As `clock`: alone on the machine, one a lesson that quotes it.
rule clock_latent:
    input:
        experiments=ancient(latent.clocked_files),
        folders=latent.clocked_folders,
    output:
        timings=f"{BUILD}/timings/pictures/{{owner}}.json",
        seal=f"{BUILD}/seals/clock_latent/{{owner}}.json",
    log:
        f"{BUILD}/logs/clock_latent/{{owner}}.log",
    priority: urgency.of_lesson(CLOCK)
    conda:
        ENVIRONMENT
    threads: whole_machine(workflow)
    resources:
        mem_mb=1500,
        runtime=20,
    params:
        timing=latent.clocked_settings,
        code=code("pipelines.stages.clock_latent"),
        lock=LOCK,
        preset=PRESET,
        models=latent.models_folder,
        device=SETTINGS.device,
    message:
        "timing pictures for {wildcards.owner}, alone on the machine"
    shell:
        sealed(
            "python -m pipelines.stages.clock_latent --preset {params.preset:q}"
            " --code {params.code:q} --device {params.device:q}"
            " --experiments {input.experiments:q} --models {params.models:q}"
            " --timings {output.timings:q}"
        )
