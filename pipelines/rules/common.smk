# What the lessons ask for, and where everything lies. Read once, when the graph is drawn.
import atexit
from pathlib import Path

from snakemake.exceptions import WorkflowError

from pipelines.contracts.latent import DEPENDS
from pipelines.contracts.names import IDENTIFIER, LESSON_PAGES
from pipelines.contracts.problems import InputProblems
from pipelines.digests import Digests
from pipelines.graph import UNTOUCHED, content, refusal, source
from pipelines.module.survey import READERS, survey
from pipelines.publishing.site import drop_broken_records
from pipelines.recalled import FOLDER, Recalled
from pipelines.seals import broken_seals, broken_seals_report
from pipelines.steering.alone import keep_alone
from pipelines.steering.begin import end_lines, get_help, set_out, steer, whole_machine
from pipelines.steering.build import Build
from pipelines.steering.checkpoint_inputs import CheckpointInputs
from pipelines.steering.commands import logged, sealed, shown_and_logged, soon
from pipelines.steering.exercise_inputs import ExerciseInputs
from pipelines.steering.keeping import forgo_benchmarks, keeps_results
from pipelines.steering.latent_inputs import LatentInputs
from pipelines.steering.lesson_inputs import LessonInputs
from pipelines.steering.missed import missed_products
from pipelines.steering.template_files import static_files, templates
from pipelines.steering.plane_inputs import PlaneInputs
from pipelines.steering.settings import LOCKFILE, Settings
from pipelines.steering.urgency import CLOCK, DOCUMENT, MEASUREMENT, Urgency
from pipelines.steering.wholes import WholeBuild

steer(workflow)
RECALLED = Recalled(FOLDER / "graph.json")
atexit.register(RECALLED.save)
code = Digests(RECALLED).code_digest
SETTINGS = Settings.of(config)
BUILD, MODULE, PRESET = SETTINGS.build, SETTINGS.module, SETTINGS.preset.name
get_help(workflow, Path(MODULE))
keep_alone(workflow, Path(BUILD))
LOCK = content(LOCKFILE)
ENVIRONMENT = (
    f"{workflow.basedir}/config/environment.yaml"  # the same, for `--sdm conda`
)
# Between builds, of what trains and samples; clocks are of one machine.
KEPT = keeps_results(workflow, LOCK)

try:
    CATALOG = survey(Path(MODULE), map(Path, SETTINGS.needed), RECALLED, code(*READERS))
except InputProblems as problems:
    raise refusal(problems) from None
if EDITED := broken_seals_report(broken_seals(Path(BUILD))):
    raise WorkflowError(f"{EDITED}\n\n{UNTOUCHED}")
drop_broken_records(Path(BUILD))

build = Build(SETTINGS, CATALOG, code)
if MISSED := missed_products(build):
    raise refusal(InputProblems(MISSED))
whole = WholeBuild(build)
plane, latent, lesson = PlaneInputs(build), LatentInputs(build), LessonInputs(build)
exercise = ExerciseInputs(build)
checkpoints_of = CheckpointInputs(SETTINGS)
urgency = Urgency(build)

# Rules of the plane and of pictures share the wildcard `{experiment}`; each takes its own.
PLANE_EXPERIMENTS = "|".join(CATALOG.experiments) or "none-at-all"
PUBLISHED_EXPERIMENTS = "|".join(sorted(build.published)) or "none-at-all"
LATENT_EXPERIMENTS = (
    "|".join(name for name in CATALOG.latent if name not in build.published)
    or "none-at-all"
)
# On a cluster the rule that trains students is all that its job knows: the base is not of it.
LATENT_STUDENTS = (
    "|".join(
        name
        for name in CATALOG.latent
        if name not in build.published and build.is_trained(name)
    )
    or "none-at-all"
)


wildcard_constraints:
    checkpoint="|".join(checkpoints_of.files) or "none-at-all",
    part="|".join(DEPENDS),
    lesson=IDENTIFIER.pattern,
    owner=IDENTIFIER.pattern,
    figure=IDENTIFIER.pattern,
    listing=IDENTIFIER.pattern,
    exercise=IDENTIFIER.pattern,
