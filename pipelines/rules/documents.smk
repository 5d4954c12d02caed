# Draw, render, publish, a lesson at a time, and the index: from measured data and plans to the
# site. None imports torch.


rule draw:
    input:
        experiments=figure_experiments,
        samples=figure_samples,
        histories=figure_histories,
        trainings=figure_trainings,
        clocks=figure_clocks,
        ledger=lesson_ledger,
    output:
        light=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.light.svg",
        dark=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.dark.svg",
        description=f"{BUILD}/draft/{{lesson}}/figures/{{figure}}.json",
        seal=f"{BUILD}/seals/draw/{{lesson}}/{{figure}}.json",
    log:
        f"{BUILD}/logs/draw/{{lesson}}-{{figure}}.log",
    priority: lesson_urgency(DOCUMENT)
    threads: 1
    params:
        content=figure_content,
        code=figure_code,
        figure=figure_name,
        options=figure_options,
    message:
        "drawing {wildcards.figure} for {wildcards.lesson}"
    shell:
        soon(
            "python -m pipelines.stages.draw {params.figure:q} --id {wildcards.figure:q}"
            " --options {params.options:q} --ledger {input.ledger:q}"
            " --experiments {input.experiments:q} --samples {input.samples:q}"
            " --histories {input.histories:q} --trainings {input.trainings:q}"
            " --clocks {input.clocks:q} --light {output.light:q} --dark {output.dark:q}"
            " --description {output.description:q}"
        )
        + SEALED


rule render:
    input:
        plan=plan_file,
        module=source(f"{MODULE}/module.md"),
        references=source(REFERENCES),
        facts=source(FACTS),
        ledger=lesson_ledger,
        timings=lesson_clocks,
        trainings=lesson_trainings,
        machines=lesson_machines,
        drawings=lesson_drawings,
        listings=lesson_listings,
        templates=templates(),
    output:
        page=f"{BUILD}/draft/{{lesson}}/index.html",
        review=f"{BUILD}/draft/{{lesson}}/review.html",
        claims=f"{BUILD}/draft/{{lesson}}/claims.json",
        seal=f"{BUILD}/seals/render/{{lesson}}.json",
    log:
        f"{BUILD}/logs/render/{{lesson}}.log",
    priority: lesson_urgency(DOCUMENT)
    params:
        content=page_content,
        code=code_digest("pipelines.stages.render"),
        titles=lesson_titles(),
        strict="--strict" if STRICT else "",
    message:
        "rendering {wildcards.lesson}"
    shell:
        soon(
            "python -m pipelines.stages.render {input.plan:q} --module {input.module:q}"
            " --references {input.references:q} --ledger {input.ledger:q}"
            " --timings {input.timings:q} --trainings {input.trainings:q}"
            " --machines {input.machines:q} --page {output.page:q} --review {output.review:q}"
            " --claims {output.claims:q}"
            " {params.strict}"
        )
        + SEALED


rule index:
    input:
        module=source(f"{MODULE}/module.md"),
        plans=[lesson.file for lesson in CATALOG.lessons.values()],
        references=source(REFERENCES),
        glossary=GLOSSARY,
        ledger=f"{BUILD}/ledger.json",
        timings=each_clock(),
        templates=templates(),
    output:
        page=f"{BUILD}/draft/index.html",
        static=[f"{BUILD}/draft/{file}" for file in static_files()],
        seal=f"{BUILD}/seals/index.json",
    log:
        f"{BUILD}/logs/index.log",
    params:
        content=content(
            f"{MODULE}/module.md",
            REFERENCES,
            *GLOSSARY,
            *[lesson.file for lesson in CATALOG.lessons.values()],
            *templates(),
        ),
        code=code_digest("pipelines.stages.index"),
        glossary="--glossary" if GLOSSARY else "",
    message:
        "rendering the index of the whole build"
    shell:
        soon(
            "python -m pipelines.stages.index {input.module:q} --ledger {input.ledger:q}"
            " --timings {input.timings:q} {params.glossary} {input.glossary:q}"
            " --references {input.references:q} --page {output.page:q}"
            " --static {output.static:q}"
        )
        + SEALED


# One lesson, as soon as all that it shows exists. The pages are no outputs: Snakemake would remove
# them before the job runs. What it leaves is the record of what it has put into the site.
rule publish:
    input:
        drafts=lesson_drafts,
    output:
        record=f"{BUILD}/published/{{lesson}}.json",
    log:
        f"{BUILD}/logs/publish/{{lesson}}.log",
    priority: lesson_urgency(DOCUMENT)
    params:
        code=code_digest("pipelines.stages.publish"),
        build=BUILD,
        module=f"{MODULE}/module.md",
        preset=PRESET.name,
        files=lesson_files,
    message:
        "publishing {wildcards.lesson}"
    shell:
        soon(
            "python -m pipelines.stages.publish {wildcards.lesson:q} --build {params.build:q}"
            " --module {params.module:q} --preset {params.preset:q} --files {params.files:q}"
            " > {log:q} 2>&1"
        )


def everything():
    """All that a build makes: what pages show, and what is kept beside them."""
    lessons = [f"{BUILD}/published/{lesson}.json" for lesson in CATALOG.lessons]
    index = [f"{BUILD}/draft/{file}" for file in ("index.html", *static_files())]
    learnt = [each_training(suffix) for suffix in (".history.json", ".timing.json")]
    claims = [f"{BUILD}/draft/{lesson}/claims.json" for lesson in CATALOG.lessons]
    return lessons + index + claims + sum(learnt, []) + kept_beside() + each_clock()


def conclusion(failed=False):
    """The command that ends a build; `all` runs it last, whatever else there was to do."""
    words = ["python -m pipelines.stages.conclude --build", BUILD]
    words += ["--module", f"{MODULE}/module.md", "--preset", PRESET.name, "--lessons"]
    command = shlex.join([*words[0].split(), *words[1:], *CATALOG.lessons])
    return soon(command) + (" --failed" if failed else "")


localrules:
    all,
    publish,


onstart:
    pending = set_out(workflow, Path(BUILD), Path(MODULE))
    if pending:
        shell(
            soon(
                "python -m pipelines.stages.announce --build {BUILD:q}"
                " --module {MODULE:q}/module.md --preset {PRESET.name} || true"
            )
        )


onerror:
    end_lines()
    shell(f"{conclusion(failed=True)} || true")
