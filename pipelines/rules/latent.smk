# The tiny Stable Diffusion: its base (published weights, or trained from nothing), the models made
# from it, their pictures. As in the plane, the file of an experiment is `ancient`.


rule train_base_part:
    input:
        recipe=SETTINGS.recipe,
        needs=latent.needed_parts,
    output:
        weights=f"{BUILD}/models/base-parts/{{part}}.safetensors",
        history=f"{BUILD}/models/base-parts/{{part}}.history.json",
        timing=f"{BUILD}/models/base-parts/{{part}}.timing.json",
        seal=f"{BUILD}/seals/train_base_part/{{part}}.json",
    log:
        f"{BUILD}/logs/train_base_part/{{part}}.log",
    benchmark:
        f"{BUILD}/benchmarks/train_base_part/{{part}}.tsv"
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
        code=code("pipelines.stages.train_base_part"),
        lock=LOCK,
        preset=PRESET,
        needs=latent.need_flags,
        device=SETTINGS.device,
    message:
        "training the {wildcards.part} of the tiny Stable Diffusion"
    shell:
        sealed(
            "python -m pipelines.stages.train_base_part {input.recipe:q} --part {wildcards.part:q}"
            " --preset {params.preset:q} --code {params.code:q} --device {params.device:q}"
            " {params.needs:q} --weights {output.weights:q} --history {output.history:q}"
            " --timing {output.timing:q}"
        )


if SETTINGS.retrain:

    rule assemble_base:
        input:
            recipe=SETTINGS.recipe,
            parts=latent.parts,
            timings=latent.part_timings,
        output:
            folder=directory(f"{BUILD}/models/base"),
            seal=f"{BUILD}/seals/base.json",
        log:
            f"{BUILD}/logs/assemble_base.log",
        priority: urgency.training
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=2000,
            runtime=10,
        params:
            content=latent.recipe_content,
            code=code("pipelines.stages.assemble_base"),
            lock=LOCK,
            preset=PRESET,
            needs=latent.part_flags,
        message:
            "assembling the tiny Stable Diffusion"
        shell:
            sealed(
                "python -m pipelines.stages.assemble_base {input.recipe:q} --preset {params.preset:q}"
                " {params.needs:q} --timings {input.timings:q} --folder {output.folder:q}"
            )

else:

    rule use_published_base:
        input:
            recipe=SETTINGS.recipe,
            published=SETTINGS.published_base,
        output:
            folder=directory(f"{BUILD}/models/base"),
            seal=f"{BUILD}/seals/base.json",
        log:
            f"{BUILD}/logs/use_published_base.log",
        priority: urgency.training
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=400,
            runtime=10,
        params:
            content=latent.published_content,
            code=code("pipelines.stages.use_published_base"),
            lock=LOCK,
        message:
            "using the published base, if its card is right"
        shell:
            sealed(
                "python -m pipelines.stages.use_published_base {input.recipe:q}"
                " --published {input.published:q} --folder {output.folder:q}"
            )


rule cache_latents:
    input:
        folder=f"{BUILD}/models/base",
    output:
        cached_latents=f"{BUILD}/models/cached-latents.safetensors",
        seal=f"{BUILD}/seals/cache_latents.json",
    log:
        f"{BUILD}/logs/cache_latents.log",
    cache: KEPT
    priority: urgency.training
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=code("pipelines.stages.cache_latents"),
        lock=LOCK,
        preset=PRESET,
        device=SETTINGS.device,
    message:
        "caching latents of scenes"
    shell:
        sealed(
            "python -m pipelines.stages.cache_latents --folder {input.folder:q}"
            " --preset {params.preset:q} --code {params.code:q} --device {params.device:q}"
            " --cached-latents {output.cached_latents:q}"
        )


rule train_latent:
    input:
        experiment=ancient(latent.file),
        sources=latent.sources,
        cached_latents=f"{BUILD}/models/cached-latents.safetensors",
    output:
        folder=directory(f"{BUILD}/models/{{experiment}}"),
        history=f"{BUILD}/models/{{experiment}}.history.json",
        timing=f"{BUILD}/models/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/train_latent/{{experiment}}.json",
    log:
        f"{BUILD}/logs/train_latent/{{experiment}}.log",
    benchmark:
        f"{BUILD}/benchmarks/train_latent/{{experiment}}.tsv"
    wildcard_constraints:
        experiment=LATENT_STUDENTS,
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
        code=latent.code("pipelines.stages.train_latent"),
        lock=LOCK,
        preset=PRESET,
        sources=latent.source_flags,
        device=SETTINGS.device,
    message:
        "training {wildcards.experiment}"
    shell:
        sealed(
            "python -m pipelines.stages.train_latent {input.experiment:q} --preset {params.preset:q}"
            " --code {params.code:q} --device {params.device:q} {params.sources:q}"
            " --cached-latents {input.cached_latents:q} --folder {output.folder:q}"
            " --history {output.history:q} --timing {output.timing:q}"
        )


rule measure_latent:
    input:
        experiment=ancient(latent.file),
        own=latent.own_folder,
        sources=latent.sources,
        base=f"{BUILD}/models/base",
    output:
        samples=f"{BUILD}/samples/{{experiment}}.safetensors",
        measurements=f"{BUILD}/measurements/{{experiment}}.json",
        timing=f"{BUILD}/samples/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/measure_latent/{{experiment}}.json",
    log:
        f"{BUILD}/logs/measure_latent/{{experiment}}.log",
    wildcard_constraints:
        experiment=LATENT_EXPERIMENTS,
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
        code=code("pipelines.stages.measure_latent"),
        lock=LOCK,
        preset=PRESET,
        own=latent.own_flag,
        sources=latent.source_flags,
        seeds=latent.seed_flags,
        device=SETTINGS.device,
    message:
        "sampling and measuring {wildcards.experiment}"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.measure_latent {input.experiment:q}"
                " --preset {params.preset:q} --code {params.code:q} --device {params.device:q}"
                " {params.own:q} {params.sources:q} --classifier {input.base:q}/judge.safetensors"
                " --seeds {params.seeds:q} --samples {output.samples:q}"
                " --measurements {output.measurements:q} --timing {output.timing:q}"
            )
        )


# What a few rows speak of and takes minutes to train: its rows stand in the module.
rule use_published_results:
    input:
        results=latent.published_results,
        pictures=latent.published_pictures,
    output:
        samples=f"{BUILD}/samples/{{experiment}}.safetensors",
        measurements=f"{BUILD}/measurements/{{experiment}}.json",
        timing=f"{BUILD}/samples/{{experiment}}.timing.json",
        training=f"{BUILD}/models/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/use_published_results/{{experiment}}.json",
    log:
        f"{BUILD}/logs/use_published_results/{{experiment}}.log",
    wildcard_constraints:
        experiment=PUBLISHED_EXPERIMENTS,
    priority: urgency.measuring
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=latent.results_content,
        code=code("pipelines.stages.use_published_results"),
        lock=LOCK,
        recipe=latent.recipe_digest,
    message:
        "using published results of {wildcards.experiment}, if they are of its recipe"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.use_published_results {input.results:q}"
                " --recipe {params.recipe:q} --samples {output.samples:q}"
                " --measurements {output.measurements:q}"
                " --timing {output.timing:q} --training {output.training:q}"
            )
        )


# As `clock_plane`: alone on the machine, one a lesson that quotes it.
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
