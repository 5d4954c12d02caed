# Collect the ledger, execute listings, draw, render, publish, a lesson at a time, and the index: from
# measured data and plans to the site. Only listings import torch.


rule collect_ledger:
    input:
        measurements=whole.measurements,
        facts=source(SETTINGS.facts),
        repetitions=SETTINGS.repetitions,
    output:
        ledger=f"{BUILD}/ledger.json",
        seal=f"{BUILD}/seals/collect_ledger.json",
    log:
        f"{BUILD}/logs/collect_ledger.log",
    priority: urgency.of_whole
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=content(SETTINGS.facts, *SETTINGS.repetitions),
        code=code("pipelines.stages.collect_ledger"),
        lock=LOCK,
        preset=PRESET,
        lenders=whole.lender_flags,
    message:
        "collecting the ledger"
    shell:
        sealed(
            "python -m pipelines.stages.collect_ledger --preset {params.preset:q}"
            " --measurements {input.measurements:q} --facts {input.facts:q}"
            " --repetitions {input.repetitions:q} {params.lenders:q}"
            " --ledger {output.ledger:q}"
        )


# What one lesson names, so that its page waits for nothing else.
use rule collect_ledger as collect_lesson_ledger with:
    input:
        measurements=lesson.measurements,
        facts=source(SETTINGS.facts),
        repetitions=SETTINGS.repetitions,
    output:
        ledger=f"{BUILD}/ledgers/{{lesson}}.json",
        seal=f"{BUILD}/seals/collect_lesson_ledger/{{lesson}}.json",
    log:
        f"{BUILD}/logs/collect_lesson_ledger/{{lesson}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    message:
        "collecting the ledger of {wildcards.lesson}"


rule execute_listing:
    input:
        listing=lesson.program,
        models=lesson.program_models,
    output:
        result=f"{BUILD}/draft/{{lesson}}/listings/{{listing}}.json",
        seal=f"{BUILD}/seals/execute_listing/{{lesson}}-{{listing}}.json",
    log:
        f"{BUILD}/logs/execute_listing/{{lesson}}-{{listing}}.log",
    priority: urgency.of_lesson(MEASUREMENT)
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        content=lesson.program_content,
        code=code("pipelines.stages.execute_listing"),
        lock=LOCK,
        models=lesson.program_flags,
    message:
        "running the listing {wildcards.listing} of {wildcards.lesson}"
    shell:
        sealed(
            "python -m pipelines.stages.execute_listing {input.listing:q} {params.models:q}"
            " --result {output.result:q}"
        )


rule draw_figure:
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
        light_narrow=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.light-narrow.svg",
        dark_narrow=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.dark-narrow.svg",
        png=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.png",
        csv=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.csv",
        description=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.json",
        seal=f"{BUILD}/seals/draw_figure/{{lesson}}/{{figure}}.json",
    log:
        f"{BUILD}/logs/draw_figure/{{lesson}}-{{figure}}.log",
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
                "python -m pipelines.stages.draw_figure {params.figure:q} --id {wildcards.figure:q}"
                " --options {params.options:q} --ledger {input.ledger:q}"
                " --experiments {input.experiments:q} --samples {input.samples:q}"
                " --histories {input.histories:q} --trainings {input.trainings:q}"
                " --clocks {input.clocks:q} --light {output.light:q} --dark {output.dark:q}"
                " --light-narrow {output.light_narrow:q} --dark-narrow {output.dark_narrow:q}"
                " --png {output.png:q} --csv {output.csv:q} --description {output.description:q}"
            )
        )


rule render_lesson:
    input:
        plan=lesson.plan,
        module=source(SETTINGS.module_plan),
        references=source(SETTINGS.references),
        facts=source(SETTINGS.facts),
        reference=SETTINGS.reference,
        ledger=lesson.ledger,
        timings=lesson.clocks,
        trainings=lesson.trainings,
        machines=lesson.machines,
        drawings=lesson.drawings,
        listings=lesson.listings,
        exercises=exercise.runs,
        exercise_clocks=exercise.clocks,
        templates=templates(),
    output:
        pages=[f"{BUILD}/draft/{{lesson}}/{name}.html" for name in LESSON_PAGES],
        card=f"{BUILD}/draft/{{lesson}}/card.json",
        claims=f"{BUILD}/draft/{{lesson}}/claims.json",
        reviewed=f"{BUILD}/draft/{{lesson}}/review.json",
        report=report(
            directory(f"{BUILD}/draft/{{lesson}}/report"),
            patterns=["{table}.table.html"],
            caption="report/table.rst",
            category=lesson.title,
            subcategory="Tables",
            labels={"table": "{table}"},
        ),
        seal=f"{BUILD}/seals/render_lesson/{{lesson}}.json",
    log:
        f"{BUILD}/logs/render_lesson/{{lesson}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=lesson.page_content,
        code=code("pipelines.stages.render_lesson"),
        lock=LOCK,
        titles=lesson.titles,
        strict=["--strict"] if SETTINGS.strict else [],
    message:
        "rendering {wildcards.lesson}"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.render_lesson {input.plan:q} --module {input.module:q}"
                " --references {input.references:q} --ledger {input.ledger:q}"
                " --timings {input.timings:q} --trainings {input.trainings:q}"
                " --machines {input.machines:q} --reference {input.reference:q}"
                " --pages {output.pages:q}"
                " --card {output.card:q} --claims {output.claims:q}"
                " --reviewed {output.reviewed:q}"
                " --report {output.report:q} {params.strict:q}"
            )
        )


rule render_index:
    input:
        module=source(SETTINGS.module_plan),
        plans=whole.plans,
        cards=whole.cards,
        references=source(SETTINGS.references),
        glossary=SETTINGS.glossary,
        ledger=f"{BUILD}/ledger.json",
        timings=whole.clocks,
        templates=templates(),
    output:
        page=f"{BUILD}/draft/index.html",
        static=[f"{BUILD}/draft/{file}" for file in static_files()],
        seal=f"{BUILD}/seals/render_index.json",
    log:
        f"{BUILD}/logs/render_index.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=whole.index_content(),
        code=code("pipelines.stages.render_index"),
        lock=LOCK,
        glossary=["--glossary"] if SETTINGS.glossary else [],
    message:
        "rendering the index of the whole build"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.render_index {input.module:q} --ledger {input.ledger:q}"
                " --timings {input.timings:q} {params.glossary:q} {input.glossary:q}"
                " --references {input.references:q} --cards {input.cards:q}"
                " --page {output.page:q}"
                " --static {output.static:q}"
            )
        )


# One lesson, as soon as all that it shows exists. The pages are no outputs: Snakemake would remove
# them before the job runs. What it leaves is the record of what it has put into the site.
rule publish_lesson:
    input:
        drafts=lesson.drafts,
    output:
        record=f"{BUILD}/published/{{lesson}}.json",
    log:
        f"{BUILD}/logs/publish_lesson/{{lesson}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        code=code("pipelines.stages.publish_lesson"),
        build=lesson.build_folder,
        module=SETTINGS.module_plan,
        preset=PRESET,
        files=lesson.files,
    message:
        "publishing {wildcards.lesson}"
    shell:
        logged(
            soon(
                "python -m pipelines.stages.publish_lesson {wildcards.lesson:q} --build {params.build:q}"
                " --module {params.module:q} --preset {params.preset:q} --files {params.files:q}"
            )
        )


localrules:
    all,
    publish_lesson,
    published_checkpoints,
    render_checkpoints,


onstart:
    pending = set_out(workflow, Path(BUILD), Path(MODULE))
    if pending:
        shell(
            soon(
                "python -m pipelines.stages.begin_build --build {BUILD:q}"
                " --module {SETTINGS.module_plan:q} --preset {PRESET:q} || true"
            )
        )


onerror:
    end_lines()
    shell(
        soon(
            "python -m pipelines.stages.end_build {whole.end_words:q} --failed || true"
        )
    )
