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
        code=method_code("pipelines.stages.train"),
        lock=LOCK,
        preset=PRESET.name,
        parents=parent_flags,
    message:
        "training {wildcards.experiment}"
    shell:
        "python -m pipelines.stages.train {input.experiment}"
        " --preset {params.preset} --code {params.code} {params.parents}"
        " --weights {output.weights} --history {output.history} --timing {output.timing}"
        " 2>&1 | tee {log}"


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
        code=method_code("pipelines.stages.measure"),
        preset=PRESET.name,
        parents=parent_flags,
    message:
        "sampling and measuring {wildcards.experiment}"
    shell:
        "python -m pipelines.stages.measure {input.experiment} --preset {params.preset}"
        " --code {params.code} --weights {input.weights} {params.parents}"
        " --parent-samples {input.parent_samples} --samples {output.samples}"
        " --measurements {output.measurements} > {log} 2>&1"


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
        code=code_digest("pipelines.stages.clock"),
        preset=PRESET.name,
    message:
        "timing every system, alone on the machine"
    shell:
        "python -m pipelines.stages.clock --preset {params.preset} --code {params.code}"
        " --experiments {input.experiments} --weights {input.weights}"
        " --timings {output.timings} > {log} 2>&1"


rule collect:
    input:
        measurements=MEASURED,
        facts=f"{MODULE}/facts.yaml",
        repetitions=REPETITIONS,
    output:
        ledger=f"{BUILD}/ledger.json",
    log:
        f"{BUILD}/logs/collect.log",
    params:
        code=code_digest("pipelines.stages.collect"),
        preset=PRESET.name,
        repetitions=f"{MODULE}/repetitions.json",
        lenders=lender_flags(),
    message:
        "collecting the ledger"
    shell:
        "python -m pipelines.stages.collect --preset {params.preset}"
        " --measurements {input.measurements} --facts {input.facts}"
        " --repetitions {params.repetitions} {params.lenders}"
        " --ledger {output.ledger} > {log} 2>&1"
