# Train, measure, clock: everything that touches a network. One job trains all replicas
# of an experiment.


rule train:
    input:
        experiment=experiment_file,
        parents=parents,
    output:
        weights=f"{BUILD}/models/{{experiment}}.safetensors",
        history=f"{BUILD}/models/{{experiment}}.history.json",
        timing=f"{BUILD}/models/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/train/{{experiment}}.json",
    log:
        f"{BUILD}/logs/train/{{experiment}}.log",
    cache: KEPT
    priority: network_urgency
    threads: 1
    params:
        content=experiment_content,
        code=method_code("pipelines.stages.train"),
        lock=LOCK,
        preset=PRESET.name,
        parents=parent_flags,
    message:
        "training {wildcards.experiment}"
    shell:
        "python -m pipelines.stages.train {input.experiment:q}"
        " --preset {params.preset:q} --code {params.code:q} {params.parents:q}"
        " --weights {output.weights:q} --history {output.history:q} --timing {output.timing:q}"
        + SEALED


# Samples and their measurements come from one process: most of a short job is importing torch.
rule measure:
    input:
        experiment=experiment_file,
        weights=f"{BUILD}/models/{{experiment}}.safetensors",
        parents=parents,
        parent_samples=parent_samples,
    output:
        samples=f"{BUILD}/samples/{{experiment}}.safetensors",
        measurements=f"{BUILD}/measurements/{{experiment}}.json",
        timing=f"{BUILD}/samples/{{experiment}}.timing.json",
        seal=f"{BUILD}/seals/measure/{{experiment}}.json",
    log:
        f"{BUILD}/logs/measure/{{experiment}}.log",
    cache: KEPT
    priority: measuring_urgency
    threads: 1
    params:
        content=experiment_content,
        code=method_code("pipelines.stages.measure"),
        preset=PRESET.name,
        parents=parent_flags,
    message:
        "sampling and measuring {wildcards.experiment}"
    shell:
        soon(
            "python -m pipelines.stages.measure {input.experiment:q} --preset {params.preset:q}"
            " --code {params.code:q} --weights {input.weights:q} {params.parents:q}"
            " --parent-samples {input.parent_samples:q} --samples {output.samples:q}"
            " --measurements {output.measurements:q} --timing {output.timing:q}"
        )
        + SEALED


# Alone on the machine: a busy neighbour would be measured too. One clock a lesson, of what it is
# the first to quote, and one of all the rest.
rule clock:
    input:
        experiments=lambda wildcards: [
            CATALOG.experiments[name].file for name in clocked_lineage(wildcards)
        ],
        weights=lambda wildcards: [
            networks(name) for name in clocked_lineage(wildcards)
        ],
    output:
        timings=f"{BUILD}/timings/plane/{{owner}}.json",
        seal=f"{BUILD}/seals/clock/{{owner}}.json",
    log:
        f"{BUILD}/logs/clock/{{owner}}.log",
    priority: lesson_urgency(CLOCK)
    threads: workflow.cores
    params:
        content=clocked_content,
        code=code_digest("pipelines.stages.clock"),
        preset=PRESET.name,
        systems=lambda wildcards: CLOCKS[wildcards.owner].systems,
        taken=lambda wildcards: CLOCKS[wildcards.owner].taken,
        rounds=lambda wildcards: CLOCKS[wildcards.owner].rounds,
    message:
        "timing the plane for {wildcards.owner}, alone on the machine"
    shell:
        "python -m pipelines.stages.clock --preset {params.preset:q} --code {params.code:q}"
        " --experiments {input.experiments:q} --weights {input.weights:q}"
        " --systems {params.systems:q} --taken {params.taken:q}"
        " --rounds {params.rounds} --timings {output.timings:q}" + SEALED


rule collect:
    input:
        measurements=MEASURED,
        facts=source(FACTS),
        repetitions=REPETITIONS,
    output:
        ledger=f"{BUILD}/ledger.json",
        seal=f"{BUILD}/seals/collect.json",
    log:
        f"{BUILD}/logs/collect.log",
    priority: urgency(len(SHARES), DOCUMENT)
    params:
        content=content(FACTS, *REPETITIONS),
        code=code_digest("pipelines.stages.collect"),
        preset=PRESET.name,
        repetitions=f"{MODULE}/repetitions.json",
        lenders=lender_flags(),
    message:
        "collecting the ledger"
    shell:
        "python -m pipelines.stages.collect --preset {params.preset:q}"
        " --measurements {input.measurements:q} --facts {input.facts:q}"
        " --repetitions {params.repetitions:q} {params.lenders:q}"
        " --ledger {output.ledger:q}" + SEALED


# What one lesson names, so that its page waits for nothing else.
rule collect_lesson:
    input:
        measurements=lesson_measurements,
        facts=source(FACTS),
        repetitions=REPETITIONS,
    output:
        ledger=f"{BUILD}/ledgers/{{lesson}}.json",
        seal=f"{BUILD}/seals/collect/{{lesson}}.json",
    log:
        f"{BUILD}/logs/collect/{{lesson}}.log",
    priority: lesson_urgency(DOCUMENT)
    params:
        content=content(FACTS, *REPETITIONS),
        code=code_digest("pipelines.stages.collect"),
        preset=PRESET.name,
        repetitions=f"{MODULE}/repetitions.json",
        lenders=lender_flags(),
    message:
        "collecting the ledger of {wildcards.lesson}"
    shell:
        "python -m pipelines.stages.collect --preset {params.preset:q}"
        " --measurements {input.measurements:q} --facts {input.facts:q}"
        " --repetitions {params.repetitions:q} {params.lenders:q}"
        " --ledger {output.ledger:q}" + SEALED
