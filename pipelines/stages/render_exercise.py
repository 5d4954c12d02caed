"""Make notebooks, page and picture of an exercise from what came of its run."""

from __future__ import annotations

import argparse
import base64
from pathlib import Path

from pipelines.contracts.exercise import ExerciseRun
from pipelines.contracts.experiment import PRESETS
from pipelines.contracts.files import read_json, write_text, written_aside
from pipelines.exercises.notebook import solution_notebook, student_notebook
from pipelines.module.catalog import read_frame
from pipelines.pages.exercises import NO_PICTURE, place_words, render_exercise
from pipelines.pages.sources import Sources
from pipelines.publishing.page_inputs import EMPTY, module_info, read_lesson
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path, help="what came of its run")
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--module", type=Path, required=True, help="the module plan")
    parser.add_argument("--preset", required=True)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--notebook", type=Path, required=True)
    parser.add_argument("--solution", type=Path, required=True)
    parser.add_argument("--picture", type=Path, required=True)
    args = parser.parse_args()
    run = ExerciseRun.model_validate(read_json(args.result))
    plan, _ = read_lesson(args.plan)
    preset = PRESETS[args.preset]
    ledger = EMPTY.model_copy(update={"preset": preset.name, "publish": preset.publish})
    module = module_info(read_frame(args.module.parent))
    words = place_words(plan)
    write_text(args.page, render_exercise(plan, Sources(ledger=ledger, module=module), run))
    write_text(args.notebook, student_notebook(run, plan.id, words))
    write_text(args.solution, solution_notebook(run, plan.id, words))
    shown = run.picture
    with written_aside(args.picture) as temporary:
        temporary.write_bytes(base64.b64decode(shown.png if shown else NO_PICTURE))


if __name__ == "__main__":
    main()
