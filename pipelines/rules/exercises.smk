# Run the exercises of the lessons, make notebooks and pages of them, and pack what students need. Their
# own code imports torch, in a process of its own.


rule execute_exercise:
    input:
        source=exercise.source,
        support=exercise.support,
        models=exercise.models,
        measurements=exercise.measurements,
    output:
        result=f"{BUILD}/draft/{{lesson}}/exercises/{{exercise}}.json",
        timing=f"{BUILD}/draft/{{lesson}}/exercises/{{exercise}}.timing.json",
        seal=f"{BUILD}/seals/execute_exercise/{{lesson}}-{{exercise}}.json",
    log:
        f"{BUILD}/logs/execute_exercise/{{lesson}}-{{exercise}}.log",
    priority: urgency.of_lesson(MEASUREMENT)
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2500,
        runtime=20,
    params:
        content=exercise.content,
        code=code("pipelines.stages.execute_exercise", "pipelines.exercises.runner"),
        lock=LOCK,
        models=exercise.model_flags,
        preset=PRESET,
    message:
        "running the exercise {wildcards.exercise} of {wildcards.lesson}"
    shell:
        sealed(
            "python -m pipelines.stages.execute_exercise {input.source:q} --preset {params.preset:q}"
            " --support {input.support:q} {params.models:q}"
            " --measurements {input.measurements:q}"
            " --result {output.result:q} --timing {output.timing:q}"
        )


rule render_exercise:
    input:
        result=rules.execute_exercise.output.result,
        module=source(SETTINGS.module_plan),
        templates=templates(),
    output:
        page=f"{BUILD}/draft/{{lesson}}/exercises/{{exercise}}/index.html",
        notebook=f"{BUILD}/draft/{{lesson}}/exercises/{{exercise}}/notebook.ipynb",
        solution=f"{BUILD}/draft/{{lesson}}/exercises/{{exercise}}/solution.ipynb",
        picture=f"{BUILD}/draft/{{lesson}}/exercises/{{exercise}}/picture.png",
        seal=f"{BUILD}/seals/render_exercise/{{lesson}}-{{exercise}}.json",
    log:
        f"{BUILD}/logs/render_exercise/{{lesson}}-{{exercise}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        plan=lesson.plan,  # no input: an edited sentence changes nothing here
        content=exercise.page_content,
        code=code("pipelines.stages.render_exercise"),
        lock=LOCK,
        preset=PRESET,
    message:
        "rendering the exercise {wildcards.exercise} of {wildcards.lesson}"
    shell:
        sealed(
            soon(
                "python -m pipelines.stages.render_exercise {input.result:q} --plan {params.plan:q}"
                " --module {input.module:q} --preset {params.preset:q} --page {output.page:q}"
                " --notebook {output.notebook:q} --solution {output.solution:q}"
                " --picture {output.picture:q}"
            )
        )


rule pack_materials:
    input:
        notebooks=exercise.notebooks,
        support=exercise.lesson_support,
        models=exercise.lesson_models,
    output:
        materials=f"{BUILD}/draft/{{lesson}}/materials.zip",
        seal=f"{BUILD}/seals/pack_materials/{{lesson}}.json",
    log:
        f"{BUILD}/logs/pack_materials/{{lesson}}.log",
    priority: urgency.of_lesson(DOCUMENT)
    conda:
        ENVIRONMENT
    resources:
        mem_mb=400,
        runtime=10,
    params:
        content=exercise.lesson_content,
        code=code("pipelines.stages.pack_materials"),
        lock=LOCK,
        models=exercise.lesson_model_flags,
    message:
        "packing the materials of {wildcards.lesson}"
    shell:
        sealed(
            "python -m pipelines.stages.pack_materials {wildcards.lesson:q}"
            " --notebooks {input.notebooks:q} --support {input.support:q} {params.models:q}"
            " --materials {output.materials:q}"
        )
