"""What the rules for exercises read, and with which parameters they run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pipelines.contracts.keys import experiment_of
from pipelines.exercises.source import ExerciseSource, exercise_file, load_exercise, support_file
from pipelines.graph import content, input_functions
from pipelines.module.build_catalog import LessonEntry
from pipelines.module.exercises import (
    exercise_models,
    exercise_support,
    experiment_of_model,
)
from pipelines.steering.build import Build
from pipelines.steering.template_files import templates

_OUTLINE = "\n### Lesson Outline\n"
_FRAME = ("#", ":")  # lines of it that name places: headings, directives and their options


@input_functions
class ExerciseInputs:
    """Functions of a `{lesson}` and one of its exercises."""

    def __init__(self, build: Build) -> None:
        self.build = build

    def source(self, wildcards: Any) -> str:
        """The file that an exercise is made from."""
        return str(exercise_file(self._lesson(wildcards).file, wildcards.exercise))

    def support(self, wildcards: Any) -> list[str]:
        """The modules that it imports."""
        lesson, head = self._lesson(wildcards), self._read(wildcards).head
        return [str(support_file(lesson.file, name)) for name in head.support]

    def content(self, wildcards: Any) -> str:
        """A digest of both."""
        return content(self.source(wildcards), *self.support(wildcards))

    def page_content(self, wildcards: Any) -> str:
        """A digest of what its page shows of the plan: places, and what they are called."""
        lesson = self._lesson(wildcards)
        plan = Path(lesson.file).read_text(encoding="utf-8")
        outline = plan.partition(_OUTLINE)[2] or plan
        frame = [line for line in outline.splitlines() if line.lstrip().startswith(_FRAME)]
        words = hashlib.sha256("\n".join((lesson.title, *frame)).encode()).hexdigest()
        return f"{words} {content(self.build.settings.module_plan, *templates())}"

    def models(self, wildcards: Any) -> list[str]:
        """The models that it loads."""
        return self._folders(self._read(wildcards).head.models)

    def model_flags(self, wildcards: Any) -> list[str]:
        """Return `--model=name=path …` for these."""
        return self._flags(self._read(wildcards).head.models)

    def measurements(self, wildcards: Any) -> list[str]:
        """The rows that it quotes: of the experiments themselves, so that no sentence of the
        lesson makes it run again."""
        names = dict.fromkeys(map(experiment_of, self._read(wildcards).quoted))
        return [self.build.measurements(name) for name in names]

    # --- the materials of a lesson ---------------------------------------------------------------

    def notebooks(self, wildcards: Any) -> list[str]:
        """What students get of all exercises of a lesson."""
        return self._made(wildcards.lesson, "notebook.ipynb")

    def lesson_support(self, wildcards: Any) -> list[str]:
        """All modules that they import, and what is to be installed for them."""
        lesson = self._lesson(wildcards)
        told = support_file(lesson.file, "requirements").with_suffix(".txt")
        return [*exercise_support(lesson), *([str(told)] if told.is_file() else [])]

    def lesson_content(self, wildcards: Any) -> str:
        """A digest of these."""
        return content(*self.lesson_support(wildcards))

    def lesson_models(self, wildcards: Any) -> list[str]:
        """All models that they load."""
        return self._folders(exercise_models(self._lesson(wildcards)))

    def lesson_model_flags(self, wildcards: Any) -> list[str]:
        """Return `--model=name=path …` for these."""
        return self._flags(exercise_models(self._lesson(wildcards)))

    # --- what the lesson shows -------------------------------------------------------------------

    def runs(self, wildcards: Any) -> list[str]:
        """What became of the exercises of a lesson."""
        return self._results(wildcards.lesson, ".json")

    def clocks(self, wildcards: Any) -> list[str]:
        """How long they took."""
        return self._results(wildcards.lesson, ".timing.json")

    def published(self, lesson: str) -> list[str]:
        """Return what readers see of the exercises of a lesson, relative to the site."""
        names = ("index.html", "notebook.ipynb", "solution.ipynb", "picture.png")
        entry = self.build.catalog.lessons[lesson]
        pages = [f"{lesson}/exercises/{one}/{name}" for one in entry.exercises for name in names]
        return [*pages, f"{lesson}/materials.zip"] if entry.exercises else []

    def _results(self, lesson: str, ending: str) -> list[str]:
        names = self.build.catalog.lessons[lesson].exercises
        return [self.build.draft(f"{lesson}/exercises/{name}{ending}") for name in names]

    def _made(self, lesson: str, name: str) -> list[str]:
        names = self.build.catalog.lessons[lesson].exercises
        return [self.build.draft(f"{lesson}/exercises/{one}/{name}") for one in names]

    def _lesson(self, wildcards: Any) -> LessonEntry:
        return self.build.catalog.lessons[wildcards.lesson]

    def _read(self, wildcards: Any) -> ExerciseSource:
        return load_exercise(exercise_file(self._lesson(wildcards).file, wildcards.exercise))

    def _folders(self, models: tuple[str, ...]) -> list[str]:
        return list(dict.fromkeys(self._model(experiment_of_model(name)) for name in models))

    def _flags(self, models: tuple[str, ...]) -> list[str]:
        parts = ((name, *name.partition("/")) for name in models)
        return [f"--model={name}={self._model(own)}{sep}{part}" for name, own, sep, part in parts]

    def _model(self, name: str) -> str:
        plane = name in self.build.catalog.experiments
        return self.build.weights(name) if plane else self.build.model(name)
