# Draw, render, index, publish: from measured data and plans to the site. None imports torch.


rule draw:
    input:
        experiments=figure_experiments,
        samples=figure_samples,
        histories=figure_histories,
        trainings=figure_trainings,
        clocks=figure_clocks,
        ledger=f"{BUILD}/ledger.json",
    output:
        light=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.light.svg",
        dark=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.dark.svg",
        description=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.json",
    log:
        f"{BUILD}/logs/draw/{{lesson}}-{{figure}}.log",
    threads: 1
    params:
        content=figure_content,
        code=figure_code,
        figure=figure_name,
        options=figure_options,
    message:
        "drawing {wildcards.figure} for {wildcards.lesson}"
    shell:
        "python -m pipelines.stages.draw {params.figure:q} --id {wildcards.figure:q}"
        " --options {params.options:q} --ledger {input.ledger:q}"
        " --experiments {input.experiments:q} --samples {input.samples:q}"
        " --histories {input.histories:q} --trainings {input.trainings:q}"
        " --clocks {input.clocks:q} --light {output.light:q} --dark {output.dark:q}"
        " --description {output.description:q} > {log:q} 2>&1"


rule render:
    input:
        plan=plan_file,
        module=source(f"{MODULE}/module.md"),
        references=source(REFERENCES),
        facts=source(FACTS),
        ledger=f"{BUILD}/ledger.json",
        timings=clocks(),
        trainings=each_training(".timing.json"),
        drawings=lesson_drawings,
        listings=lesson_listings,
        templates=templates(),
    output:
        page=f"{BUILD}/draft/{{lesson}}/index.html",
        review=f"{BUILD}/draft/{{lesson}}/review.html",
    log:
        f"{BUILD}/logs/render/{{lesson}}.log",
    params:
        content=page_content,
        code=code_digest("pipelines.stages.render"),
        titles=lesson_titles(),
    message:
        "rendering {wildcards.lesson}"
    shell:
        "python -m pipelines.stages.render {input.plan:q} --module {input.module:q}"
        " --references {input.references:q} --ledger {input.ledger:q}"
        " --timings {input.timings:q} --trainings {input.trainings:q}"
        " --page {output.page:q} --review {output.review:q} 2>&1 | tee {log:q}"


rule index:
    input:
        module=f"{MODULE}/module.md",
        plans=[lesson.file for lesson in CATALOG.lessons.values()],
        references=f"{MODULE}/references.bib",
        glossary=GLOSSARY,
        ledger=f"{BUILD}/ledger.json",
        timings=clocks(),
        templates=templates(),
    output:
        page=f"{BUILD}/draft/index.html",
        static=[f"{BUILD}/draft/{file}" for file in static_files()],
    log:
        f"{BUILD}/logs/index.log",
    params:
        code=code_digest("pipelines.stages.index"),
        glossary=[f"--glossary {file}" for file in GLOSSARY],
    message:
        "rendering the index"
    shell:
        "python -m pipelines.stages.index {input.module} --ledger {input.ledger}"
        " --timings {input.timings} {params.glossary} --references {input.references}"
        " --page {output.page} --static {output.static}"
        " 2>&1 | tee {log}"


# The site changes only when everything behind it has succeeded: a failed build leaves the last
# good pages as they were (Snakemake removes the outputs of a job before it runs).
rule publish:
    input:
        drafts=[f"{BUILD}/draft/{file}" for file in site_files()],
        histories=each_training(".history.json") + kept_beside(),
    output:
        manifest=PRODUCT,
        site=[f"{BUILD}/site/{file}" for file in site_files()],
    log:
        f"{BUILD}/logs/publish.log",
    params:
        code=code_digest("pipelines.stages.publish"),
        build=BUILD,
        files=site_files(),
    message:
        "publishing"
    shell:
        "python -m pipelines.stages.publish --build {params.build}"
        " --also {input.histories} --manifest {output.manifest} --files {params.files} 2>&1 | tee {log}"
