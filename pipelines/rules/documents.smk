# Run programs, draw, render, publish, a lesson at a time, and the index: from measured data and
# plans to the site. Only programs import torch.


rule execute:
    input:
        listing=lesson.program,
        models=lesson.program_models,
    output:
        result=f"{BUILD}/draft/{{lesson}}/listings/{{listing}}.json",
        seal=f"{BUILD}/seals/execute/{{lesson}}-{{listing}}.json",
    log:
        f"{BUILD}/logs/execute/{{lesson}}-{{listing}}.log",
    priority: urgency.of_lesson(MEASUREMENT)
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        content=lesson.program_content,
        code=code("pipelines.stages.execute"),
        lock=LOCK,
        models=lesson.program_flags,
    message:
        "running the listing {wildcards.listing} of {wildcards.lesson}"
    shell:
        sealed(
            "python -m pipelines.stages.execute {input.listing:q} {params.models:q}"
            " --result {output.result:q}"
        )


rule draw:
    input:
        experiments=lesson.figure_experiments,
        samples=lesson.figure_samples,
        histories=lesson.figure_histories,
        trainings=lesson.figure_trainings,
        clocks=lesson.figure_clocks,
        ledger=lesson.ledger,
    output:
        light=report(
            f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.light.svg",
            caption="report/figure.rst",
            category=lesson.title,
            subcategory="Figures",
            labels=lesson.figure_labels,
        ),
        dark=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.dark.svg",
        description=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.json",
        seal=f"{BUILD}/seals/draw/{{lesson}}/{{figure}}.json",
    log:
        f"{BUILD}/logs/draw/{{lesson}}-{{figure}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=lesson.figure_content,
        code=lesson.figure_code,
        lock=LOCK,
        figure=lesson.figure_name,
        options=lesson.figure_options,
    message:
        "drawing {wildcards.figure} for {wildcards.lesson}"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.draw {params.figure:q} --id {wildcards.figure:q}"
                " --options {params.options:q} --ledger {input.ledger:q}"
                " --experiments {input.experiments:q} --samples {input.samples:q}"
                " --histories {input.histories:q} --trainings {input.trainings:q}"
                " --clocks {input.clocks:q} --light {output.light:q} --dark {output.dark:q}"
                " --description {output.description:q}"
            )
        )


rule render:
    input:
        plan=lesson.plan,
        module=source(SETTINGS.module_plan),
        references=source(SETTINGS.references),
        facts=source(SETTINGS.facts),
        ledger=lesson.ledger,
        timings=lesson.clocks,
        trainings=lesson.trainings,
        machines=lesson.machines,
        drawings=lesson.drawings,
        listings=lesson.listings,
        templates=templates(),
    output:
        page=f"{BUILD}/draft/{{lesson}}/index.html",
        review=f"{BUILD}/draft/{{lesson}}/review.html",
        claims=f"{BUILD}/draft/{{lesson}}/claims.json",
        report=report(
            directory(f"{BUILD}/draft/{{lesson}}/report"),
            patterns=["{table}.table.html"],
            caption="report/table.rst",
            category=lesson.title,
            subcategory="Tables",
            labels={"table": "{table}"},
        ),
        seal=f"{BUILD}/seals/render/{{lesson}}.json",
    log:
        f"{BUILD}/logs/render/{{lesson}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=lesson.page_content,
        code=code("pipelines.stages.render"),
        lock=LOCK,
        titles=lesson.titles,
        strict=["--strict"] if SETTINGS.strict else [],
    message:
        "rendering {wildcards.lesson}"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.render {input.plan:q} --module {input.module:q}"
                " --references {input.references:q} --ledger {input.ledger:q}"
                " --timings {input.timings:q} --trainings {input.trainings:q}"
                " --machines {input.machines:q} --page {output.page:q}"
                " --review {output.review:q} --claims {output.claims:q}"
                " --report {output.report:q} {params.strict:q}"
            )
        )


rule index:
    input:
        module=source(SETTINGS.module_plan),
        plans=whole.plans,
        references=source(SETTINGS.references),
        glossary=SETTINGS.glossary,
        ledger=f"{BUILD}/ledger.json",
        timings=whole.clocks,
        templates=templates(),
    output:
        page=f"{BUILD}/draft/index.html",
        static=[f"{BUILD}/draft/{file}" for file in static_files()],
        seal=f"{BUILD}/seals/index.json",
    log:
        f"{BUILD}/logs/index.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=whole.index_content(),
        code=code("pipelines.stages.index"),
        lock=LOCK,
        glossary=["--glossary"] if SETTINGS.glossary else [],
    message:
        "rendering the index of the whole build"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.index {input.module:q} --ledger {input.ledger:q}"
                " --timings {input.timings:q} {params.glossary:q} {input.glossary:q}"
                " --references {input.references:q} --page {output.page:q}"
                " --static {output.static:q}"
            )
        )


# One lesson, as soon as all that it shows exists. The pages are no outputs: Snakemake would remove
# them before the job runs. What it leaves is the record of what it has put into the site.
rule publish:
    input:
        drafts=lesson.drafts,
    output:
        record=f"{BUILD}/published/{{lesson}}.json",
    log:
        f"{BUILD}/logs/publish/{{lesson}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        code=code("pipelines.stages.publish"),
        build=lesson.build_folder,
        module=SETTINGS.module_plan,
        preset=PRESET,
        files=lesson.files,
    message:
        "publishing {wildcards.lesson}"
    shell:
        logged(
            soon(
                "python -m pipelines.stages.publish {wildcards.lesson:q} --build {params.build:q}"
                " --module {params.module:q} --preset {params.preset:q} --files {params.files:q}"
            )
        )


localrules:
    all,
    publish,
    published_checkpoints,
    render_checkpoints,


onstart:
    pending = set_out(workflow, Path(BUILD), Path(MODULE))
    if pending:
        shell(
            soon(
                "python -m pipelines.stages.announce --build {BUILD:q}"
                " --module {SETTINGS.module_plan:q} --preset {PRESET:q} || true"
            )
        )


onerror:
    end_lines()
    shell(
        soon(
            "python -m pipelines.stages.conclude {whole.conclusion:q} --failed || true"
        )
    )
