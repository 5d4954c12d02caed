"""What the rules for published checkpoints read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.contracts.checkpoint import CHECKPOINTS, load_checkpoint
from pipelines.contracts.names import is_identifier
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.graph import content, input_functions, refusal
from pipelines.module.experiments import wrong_name
from pipelines.module.sound_yaml import read_sound
from pipelines.steering.settings import Settings
from pipelines.steering.template_files import templates


@input_functions
class CheckpointInputs:
    """The files of a module's published checkpoints that are wanted, by name.

    They are checked when their page is asked for: lessons do not hang on them.
    """

    def __init__(self, settings: Settings) -> None:
        self.folder, self.only = Path(settings.module) / CHECKPOINTS, settings.only
        self.build = f"{settings.build}/{CHECKPOINTS}"
        wanted = [path for path in self._written() if not self.only or path.stem in self.only]
        self.files = {path.stem: str(path) for path in wanted if is_identifier(path.stem)}

    @property
    def samples(self) -> list[str]:
        """The pictures of all checkpoints."""
        return [f"{self.build}/samples/{name}.safetensors" for name in self.files]

    @property
    def measurements(self) -> list[str]:
        """The rows of all checkpoints."""
        return [f"{self.build}/measurements/{name}.json" for name in self.files]

    def file(self, wildcards: Any) -> str:
        """The file of a checkpoint."""
        return self.files[wildcards.checkpoint]

    def content(self, wildcards: Any) -> str:
        """A digest of that file."""
        return content(self.files[wildcards.checkpoint])

    def contents(self, wildcards: Any) -> str:
        """A digest of the files of all checkpoints."""
        return content(*self.files.values())

    def page_content(self, wildcards: Any) -> str:
        """A digest of all that the page is made from."""
        return content(*self.files.values(), *templates())

    def sound_files(self, wildcards: Any) -> list[str]:
        """Return all wanted files; what is wrong with one, or with `only`, ends the build."""
        problems = list(self._unknown())
        for path in self._written():
            if unfit := wrong_name(path):
                problems.append(unfit)
        for file in self.files.values():
            problems += _mistakes(Path(file))
        if problems:
            raise refusal(InputProblems(problems))
        return list(self.files.values())

    def _written(self) -> list[Path]:
        return sorted(self.folder.glob("*.yaml"))

    def _unknown(self) -> list[Problem]:
        names = [path.stem for path in self._written()]
        remedy = f"the files of this folder are {', '.join(names) or 'none: write one'}"
        unknown = [f"`only={name}` names no file" for name in self.only if name not in names]
        unknown += [] if names else ["a module without published checkpoints"]
        return [Problem(str(self.folder), 1, "ML108", message, remedy) for message in unknown]


def _mistakes(path: Path) -> list[Problem]:
    try:
        read_sound(path, load_checkpoint)
    except InputProblems as found:
        return list(found.problems)
    return []
