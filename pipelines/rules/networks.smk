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
    log:
        f"{BUILD}/logs/train/{{experiment}}.log",
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
        " 2>&1 | tee {log:q}"


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
    log:
        f"{BUILD}/logs/measure/{{experiment}}.log",
    threads: 1
    params:
        content=experiment_content,
        code=method_code("pipelines.stages.measure"),
        preset=PRESET.name,
        parents=parent_flags,
    message:
        "sampling and measuring {wildcards.experiment}"
    shell:
        "python -m pipelines.stages.measure {input.experiment:q} --preset {params.preset:q}"
        " --code {params.code:q} --weights {input.weights:q} {params.parents:q}"
        " --parent-samples {input.parent_samples:q} --samples {output.samples:q}"
        " --measurements {output.measurements:q} > {log:q} 2>&1"


# Alone on the machine, and after every other job of the networks: a busy neighbour would be
# measured too.
rule clock:
    input:
        experiments=[experiment.file for experiment in CATALOG.experiments.values()],
        weights=each_network(".safetensors"),
        quiet=MEASURED,
    output:
        timings=f"{BUILD}/timings/clock.json",
    log:
        f"{BUILD}/logs/clock.log",
    threads: workflow.cores
    params:
        content=content(
            *[experiment.file for experiment in CATALOG.experiments.values()]
        ),
        code=code_digest("pipelines.stages.clock"),
        preset=PRESET.name,
    message:
        "timing every system, alone on the machine"
    shell:
        "python -m pipelines.stages.clock --preset {params.preset:q} --code {params.code:q}"
        " --experiments {input.experiments:q} --weights {input.weights:q}"
        " --timings {output.timings:q} > {log:q} 2>&1"


rule collect:
    input:
        measurements=MEASURED,
        facts=source(FACTS),
        repetitions=REPETITIONS,
    output:
        ledger=f"{BUILD}/ledger.json",
    log:
        f"{BUILD}/logs/collect.log",
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
        " --ledger {output.ledger:q} > {log:q} 2>&1"
