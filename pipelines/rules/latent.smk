# The tiny Stable Diffusion: its base (published weights, or trained from nothing), the models made
# from it, their pictures.
from pipelines.contracts.latent import DEPENDS
from pipelines.contracts.sampling import NAME, SamplingSeeds, load_sampling
from pipelines.plan.listings import listing_file
from pipelines.registry import STUDENTS

STUDENTS_HERE = CATALOG.students
BANK = f"{BUILD}/models/bank.safetensors"
DEVICE = config.get("device", "cpu")
SAMPLING = SamplingSeeds() if PRESET.all_seeds else load_sampling(Path(MODULE) / NAME)


wildcard_constraints:
    part="|".join(DEPENDS),
    listing=IDENTIFIER.pattern,
    student="|".join(STUDENTS_HERE) or "none-at-all",


def part_weights(part):
    return f"{BUILD}/models/base-parts/{part}.safetensors"


@unswallowed
def needed_parts(wildcards):
    return [part_weights(part) for part in DEPENDS[wildcards.part][1]]


@unswallowed
def need_flags(wildcards, input):
    """`--need=part=path …` for the parts that one part starts from."""
    return [
        f"--need={part}={path}"
        for part, path in zip(DEPENDS[wildcards.part][1], input.needs)
    ]


def model_of(name):
    return f"{BUILD}/models/{name}"


@unswallowed
def recipe_content(wildcards):
    return content(RECIPE)


@unswallowed
def published_content(wildcards):
    return content(RECIPE, PUBLISHED)


@unswallowed
def student_file(wildcards):
    return STUDENTS_HERE[wildcards.student].file


@unswallowed
def clocked_student_content(wildcards):
    return content(*[STUDENTS_HERE[name].file for name in clocked_students(wildcards)])


@unswallowed
def student_content(wildcards):
    return content(student_file(wildcards))


def sources_of(name):
    """Role → the experiment whose folder fills it, down to one that leaves a folder."""
    return STUDENTS_HERE[name].needs


def leaves(name):
    return STUDENTS[STUDENTS_HERE[name].method].leaves


@unswallowed
def source_folders(wildcards):
    return [model_of(name) for name in sources_of(wildcards.student).values()]


@unswallowed
def source_flags(wildcards):
    pairs = sources_of(wildcards.student).items()
    return [f"--parent={role}={model_of(name)}" for role, name in pairs]


@unswallowed
def own_folder(wildcards):
    """What an experiment has trained, if anything."""
    return model_of(wildcards.student) if leaves(wildcards.student) != "nothing" else []


@unswallowed
def own_flag(wildcards, input):
    return [f"--folder={input.own}"] if input.own else []


@unswallowed
def seed_flags(wildcards):
    """`system:seeds` where fewer than all sampling seeds will do."""
    return [f"{name}:{n}" for name, n in SAMPLING.of(wildcards.student).items()]


def student_code(stage):
    @unswallowed
    def digest(wildcards):
        code = STUDENTS[STUDENTS_HERE[wildcards.student].method].module
        return code_digest(stage, *([code] if code else []))

    return digest


def listing_use(wildcards):
    return CATALOG.lessons[wildcards.lesson].listings[wildcards.listing]


@unswallowed
def listing_program(wildcards):
    return str(listing_file(plan_file(wildcards), wildcards.listing))


@unswallowed
def listing_content(wildcards):
    return content(listing_program(wildcards))


@unswallowed
def listing_models(wildcards):
    return [model_of(name) for name in listing_use(wildcards).models.values()]


@unswallowed
def listing_flags(wildcards):
    """`--model=repository=folder …` for what a program loads."""
    pairs = listing_use(wildcards).models.items()
    return [f"--model={repository}={model_of(name)}" for repository, name in pairs]


def kept_beside():
    """What pages may not ask for, and is listed all the same: samples, how the base learnt."""
    samples = [
        f"{BUILD}/samples/{name}.{kind}"
        for name in CATALOG.measured
        for kind in ("safetensors", "timing.json")
    ]
    parts = DEPENDS if RETRAIN and STUDENTS_HERE else ()
    histories = [
        part_weights(part).replace(".safetensors", ".history.json") for part in parts
    ]
    return samples + histories


rule pretrain:
    input:
        recipe=RECIPE,
        needs=needed_parts,
    output:
        weights=f"{BUILD}/models/base-parts/{{part}}.safetensors",
        history=f"{BUILD}/models/base-parts/{{part}}.history.json",
        timing=f"{BUILD}/models/base-parts/{{part}}.timing.json",
        seal=f"{BUILD}/seals/pretrain/{{part}}.json",
    log:
        f"{BUILD}/logs/pretrain/{{part}}.log",
    cache: KEPT
    priority: network_urgency
    threads: 1
    params:
        content=recipe_content,
        code=code_digest("pipelines.stages.pretrain"),
        lock=LOCK,
        preset=PRESET.name,
        needs=need_flags,
        device=DEVICE,
    message:
        "training the {wildcards.part} of the tiny Stable Diffusion"
    shell:
        "python -m pipelines.stages.pretrain {input.recipe:q} --part {wildcards.part:q}"
        " --preset {params.preset:q} --code {params.code:q} --device {params.device:q}"
        " {params.needs:q} --weights {output.weights:q} --history {output.history:q}"
        " --timing {output.timing:q}" + SEALED


if RETRAIN:

    rule assemble:
        input:
            recipe=RECIPE,
            parts=[part_weights(part) for part in DEPENDS],
            timings=[
                part_weights(part).replace(".safetensors", ".timing.json")
                for part in DEPENDS
            ],
        output:
            folder=directory(model_of("base")),
            seal=f"{BUILD}/seals/base.json",
        log:
            f"{BUILD}/logs/assemble.log",
        priority: network_urgency
        threads: 1
        params:
            content=recipe_content,
            code=code_digest("pipelines.stages.assemble"),
            preset=PRESET.name,
            needs=[f"--need={part}={part_weights(part)}" for part in DEPENDS],
        message:
            "assembling the tiny Stable Diffusion"
        shell:
            "python -m pipelines.stages.assemble {input.recipe:q} --preset {params.preset:q}"
            " {params.needs:q} --timings {input.timings:q} --folder {output.folder:q}"
            + SEALED

else:

    rule adopt:
        input:
            recipe=RECIPE,
            published=PUBLISHED,
        output:
            folder=directory(model_of("base")),
            seal=f"{BUILD}/seals/base.json",
        log:
            f"{BUILD}/logs/adopt.log",
        priority: network_urgency
        threads: 1
        params:
            content=published_content,
            code=code_digest("pipelines.stages.adopt"),
        message:
            "taking the published weights, if their card is right"
        shell:
            "python -m pipelines.stages.adopt {input.recipe:q} --published {input.published:q}"
            " --folder {output.folder:q}" + SEALED


rule encode:
    input:
        folder=model_of("base"),
    output:
        bank=BANK,
        seal=f"{BUILD}/seals/encode.json",
    log:
        f"{BUILD}/logs/encode.log",
    cache: KEPT
    priority: network_urgency
    threads: 1
    params:
        code=code_digest("pipelines.stages.encode"),
        preset=PRESET.name,
        device=DEVICE,
    message:
        "encoding scenes"
    shell:
        "python -m pipelines.stages.encode --folder {input.folder:q} --preset {params.preset:q}"
        " --code {params.code:q} --device {params.device:q} --bank {output.bank:q}"
        + SEALED


rule distil:
    input:
        experiment=student_file,
        sources=source_folders,
        bank=BANK,
    output:
        folder=directory(f"{BUILD}/models/{{student}}"),
        history=f"{BUILD}/models/{{student}}.history.json",
        timing=f"{BUILD}/models/{{student}}.timing.json",
        seal=f"{BUILD}/seals/distil/{{student}}.json",
    log:
        f"{BUILD}/logs/distil/{{student}}.log",
    cache: KEPT
    priority: network_urgency
    threads: 1
    params:
        content=student_content,
        code=student_code("pipelines.stages.distil"),
        lock=LOCK,
        preset=PRESET.name,
        sources=source_flags,
        device=DEVICE,
    message:
        "training {wildcards.student}"
    shell:
        "python -m pipelines.stages.distil {input.experiment:q} --preset {params.preset:q}"
        " --code {params.code:q} --device {params.device:q} {params.sources:q}"
        " --bank {input.bank:q} --folder {output.folder:q} --history {output.history:q}"
        " --timing {output.timing:q}" + SEALED


rule portray:
    input:
        experiment=student_file,
        own=own_folder,
        sources=source_folders,
        base=model_of("base"),
    output:
        samples=f"{BUILD}/samples/{{student}}.safetensors",
        measurements=f"{BUILD}/measurements/{{student}}.json",
        timing=f"{BUILD}/samples/{{student}}.timing.json",
        seal=f"{BUILD}/seals/portray/{{student}}.json",
    log:
        f"{BUILD}/logs/portray/{{student}}.log",
    cache: KEPT
    priority: measuring_urgency
    threads: 1
    params:
        content=student_content,
        code=code_digest("pipelines.stages.portray"),
        preset=PRESET.name,
        own=own_flag,
        sources=source_flags,
        seeds=seed_flags,
        device=DEVICE,
    message:
        "drawing and judging {wildcards.student}"
    shell:
        soon(
            "python -m pipelines.stages.portray {input.experiment:q} --preset {params.preset:q}"
            " --code {params.code:q} --device {params.device:q} {params.own:q} {params.sources:q}"
            " --judge {input.base:q}/judge.safetensors --seeds {params.seeds:q}"
            " --samples {output.samples:q} --measurements {output.measurements:q}"
            " --timing {output.timing:q}"
        )
        + SEALED


rule execute:
    input:
        listing=listing_program,
        models=listing_models,
    output:
        result=f"{BUILD}/draft/{{lesson}}/listings/{{listing}}.json",
        seal=f"{BUILD}/seals/execute/{{lesson}}-{{listing}}.json",
    log:
        f"{BUILD}/logs/execute/{{lesson}}-{{listing}}.log",
    priority: lesson_urgency(MEASUREMENT)
    threads: 1
    params:
        content=listing_content,
        code=code_digest("pipelines.stages.execute"),
        lock=LOCK,
        models=listing_flags,
    message:
        "running the listing {wildcards.listing} of {wildcards.lesson}"
    shell:
        "python -m pipelines.stages.execute {input.listing:q} {params.models:q}"
        " --result {output.result:q}" + SEALED


# As `clock`: alone on the machine, one a lesson that quotes it.
rule clock_latent:
    input:
        experiments=lambda wildcards: [
            STUDENTS_HERE[name].file for name in clocked_students(wildcards)
        ],
        folders=lambda wildcards: [
            model_of(name)
            for name in lineage(CATALOG, clocked_students(wildcards))
            if leaves(name) != "nothing"
        ],
    output:
        timings=f"{BUILD}/timings/pictures/{{owner}}.json",
        seal=f"{BUILD}/seals/clock_latent/{{owner}}.json",
    log:
        f"{BUILD}/logs/clock_latent/{{owner}}.log",
    priority: lesson_urgency(CLOCK)
    threads: workflow.cores
    params:
        content=clocked_student_content,
        code=code_digest("pipelines.stages.clock_latent"),
        preset=PRESET.name,
        models=f"{BUILD}/models",
        device=DEVICE,
    message:
        "timing pictures for {wildcards.owner}, alone on the machine"
    shell:
        "python -m pipelines.stages.clock_latent --preset {params.preset:q} --code {params.code:q}"
        " --device {params.device:q} --experiments {input.experiments:q} --models {params.models:q}"
        " --timings {output.timings:q}" + SEALED
