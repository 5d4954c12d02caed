# Train, measure, clock: everything that touches a network of the plane. One job trains all replicas
# of an experiment. Its file is `ancient`: what decides a job stands among the parameters, so that
# another title trains and measures nothing again.


rule train_plane:
    input:
        experiment=ancient(plane.file),
        parents=plane.parents,
    output:
        weights=f"{BUILD}/models/{{experiment}}.safetensors",
        history=f"{BUILD}/models/{{experiment}}.history.json",
        timing=f"{BUILD}/models/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/train_plane/{{experiment}}.json",
    log:
        f"{BUILD}/logs/train_plane/{{experiment}}.log",
    benchmark:
        f"{BUILD}/benchmarks/train_plane/{{experiment}}.tsv"
    wildcard_constraints:
        experiment=PLANE_EXPERIMENTS,
    cache: KEPT
    priority: urgency.training
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        training=plane.training,
        code=plane.code("pipelines.stages.train_plane"),
        lock=LOCK,
        preset=PRESET,
        parents=plane.parent_flags,
    message:
        "training {wildcards.experiment}"
    shell:
        sealed(
            "python -m pipelines.stages.train_plane {input.experiment:q}"
            " --preset {params.preset:q} --code {params.code:q} {params.parents:q}"
            " --weights {output.weights:q} --history {output.history:q}"
            " --timing {output.timing:q}"
        )


# Samples and their measurements come from one process: most of a short job is importing torch.
rule measure_plane:
    input:
        experiment=ancient(plane.file),
        weights=f"{BUILD}/models/{{experiment}}.safetensors",
        parents=plane.parents,
        parent_samples=plane.parent_samples,
    output:
        samples=f"{BUILD}/samples/{{experiment}}.safetensors",
        measurements=f"{BUILD}/measurements/{{experiment}}.json",
        timing=f"{BUILD}/samples/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/measure_plane/{{experiment}}.json",
    log:
        f"{BUILD}/logs/measure_plane/{{experiment}}.log",
    wildcard_constraints:
        experiment=PLANE_EXPERIMENTS,
    cache: KEPT
    priority: urgency.measuring
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        measuring=plane.measuring,
        code=plane.code("pipelines.stages.measure_plane"),
        lock=LOCK,
        preset=PRESET,
        parents=plane.parent_flags,
        draws="reported",
    message:
        "sampling and measuring {wildcards.experiment}"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.measure_plane {input.experiment:q}"
                " --preset {params.preset:q} --code {params.code:q}"
                " --weights {input.weights:q} {params.parents:q}"
                " --parent-samples {input.parent_samples:q} --samples {output.samples:q}"
                " --measurements {output.measurements:q} --timing {output.timing:q}"
                " --draws {params.draws:q}"
            )
        )


# The same on the noise and the data that settings are chosen on. No page is made from it.
use rule measure_plane as search_plane with:
    input:
        experiment=ancient(plane.file),
        weights=f"{BUILD}/models/{{experiment}}.safetensors",
        parents=plane.parents,
        parent_samples=plane.parent_searches,
    output:
        samples=f"{BUILD}/search/{{experiment}}.safetensors",
        measurements=f"{BUILD}/search/{{experiment}}.json",
        timing=f"{BUILD}/search/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/search_plane/{{experiment}}.json",
    log:
        f"{BUILD}/logs/search_plane/{{experiment}}.log",
    priority: 0
    params:
        measuring=plane.measuring,
        code=plane.code("pipelines.stages.measure_plane"),
        lock=LOCK,
        preset=PRESET,
        parents=plane.parent_flags,
        draws="search",
    message:
        "scoring {wildcards.experiment} on what settings are chosen on"


# Alone on the machine: a busy neighbour would be measured too. One clock a lesson, of what it is
# the first to quote.
rule clock_plane:
    input:
        experiments=ancient(plane.clocked_files),
        weights=plane.clocked_weights,
    output:
        timings=f"{BUILD}/timings/plane/{{owner}}.json",
        seal=f"{BUILD}/seals/clock_plane/{{owner}}.json",
    log:
        f"{BUILD}/logs/clock_plane/{{owner}}.log",
    priority: urgency.of_lesson(CLOCK)
    conda:
        ENVIRONMENT
    threads: whole_machine(workflow)
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        measuring=plane.clocked_settings,
        code=code("pipelines.stages.clock_plane"),
        lock=LOCK,
        preset=PRESET,
        systems=plane.clocked_systems,
        taken=plane.clocked_elsewhere,
    message:
        "timing the plane for {wildcards.owner}, alone on the machine"
    shell:
        sealed(
            "python -m pipelines.stages.clock_plane --preset {params.preset:q} --code {params.code:q}"
            " --experiments {input.experiments:q} --weights {input.weights:q}"
            " --systems {params.systems:q} --taken {params.taken:q}"
            " --timings {output.timings:q}"
        )
