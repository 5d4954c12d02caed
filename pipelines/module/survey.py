"""What a module asks a build for, without reading plans again that are as they were.

Asked whenever the graph is drawn. What comes of a plan hangs on its text, on the experiments that
it may name and on the code that reads it; it is kept by these, and only if the plan has no
problem. Where anything is wrong, `read_catalog` reads all, and says what.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.contracts.input_files import wrong_files
from pipelines.contracts.problems import InputProblems, Problem
from pipelines.digests import Digests
from pipelines.module.build_catalog import PLAN, BuildCatalog, LessonEntry, entry_of, in_sequence
from pipelines.module.exercises import wrong_exercises
from pipelines.module.experiments import (
    LATENT,
    load_experiments,
    load_latent_experiments,
    wrong_beside,
)
from pipelines.module.listings import wrong_listings
from pipelines.recalled import FOLDER, Recalled

if TYPE_CHECKING:
    from pipelines.contracts.latent_experiment import LatentExperiment
    from pipelines.module.build_catalog import Experiments
    from pipelines.module.catalog import Catalog

READERS = ("pipelines.module.survey", "pipelines.module.catalog")
SOURCES = ("facts.yaml", "references.bib", "glossary.yaml")
_LIBRARIES = ("markdown-it-py", "mdit-py-plugins", "pydantic", "PyYAML", "bibtexparser")


def survey(folder: Path, needed: Iterable[Path], recalled: Recalled, code: str) -> BuildCatalog:
    """Return what a module asks for.

    Args:
        needed: What else the caller reads; a file or folder that is missing is an error too.
        code: The digest of `READERS`.

    Raises:
        InputProblems: Every error of the module plan, the lesson plans, the experiments, and of
            what is quoted and cited.
    """
    needed = list(needed)
    found = _Surveyor(folder, recalled, code).survey(needed)
    if found:
        return found
    from pipelines.module.catalog import read_catalog
    from pipelines.module.sound_sources import wrong_sources

    try:
        catalog = read_catalog(folder, needed)
    except InputProblems as wrong:
        raise InputProblems([*wrong.problems, *wrong_sources(folder)]) from None
    if problems := wrong_sources(folder):
        raise InputProblems(problems)
    return catalog


def quick_catalog(folder: Path) -> Catalog:
    """Return what `read_catalog` does, without reading plans that a build here has read.

    Raises:
        InputProblems: Every error of the module plan, the lesson plans and the experiments.
    """
    from pipelines.module.catalog import Catalog, read_catalog, read_module

    if not FOLDER.is_dir():
        return read_catalog(folder)
    recalled = Recalled(FOLDER / "graph.json")
    found = _Surveyor(folder, recalled, Digests(recalled).code_digest(*READERS)).survey([])
    module = read_module(folder / "module.md", []) if found else None
    if not (found and module):
        return read_catalog(folder)
    return Catalog(**vars(found), module=module)


class _Surveyor:
    def __init__(self, folder: Path, recalled: Recalled, code: str) -> None:
        self.folder, self.recalled, self.code = folder, recalled, code

    def survey(self, needed: list[Path]) -> BuildCatalog | None:
        """Return nothing if anything is wrong, or may be."""
        problems = wrong_files(self.folder)
        if problems:
            return None
        experiments = load_experiments(self.folder / "experiments", problems)
        latent = load_latent_experiments(self.folder / LATENT, experiments, problems)
        measured: Experiments = {**experiments, **latent}
        problems += wrong_beside(self.folder, experiments, latent)
        files = sorted(self.folder.glob(f"*/{PLAN}"))
        module = self.folder / "module.md"
        if problems or not all(path.exists() for path in (module, *files, *needed)):
            return None
        placed = self._placed(module)
        lessons = {file.parent.name: self._lesson(file, measured) for file in files}
        sound = {slug: one for slug, one in lessons.items() if one}
        if placed is None or not sound or len(sound) < len(lessons):
            return None
        if any(_wrong(sound.values(), latent, measured)) or not self._are_sources_sound():
            return None
        ordered = {slug: sound[slug] for slug in in_sequence(list(sound), placed)}
        return BuildCatalog(lessons=ordered, experiments=experiments, latent=latent, placed=placed)

    def _are_sources_sound(self) -> bool:
        """Say whether what is quoted and cited can be read; `sound_sources` says what cannot."""
        files = [self.folder / name for name in SOURCES]
        read = b"\0".join(file.read_bytes() if file.is_file() else b"" for file in files)
        key = hashlib.sha256(b"sources\0" + self._beside + read).hexdigest()
        if not self.recalled.get(key):
            from pipelines.module.sound_sources import wrong_sources

            if wrong_sources(self.folder):
                return False
            self.recalled.remember(key, True)
        return True

    def _placed(self, file: Path) -> tuple[str, ...] | None:
        """Return the sequence of a module plan; nothing if the plan has problems."""
        key = self._answer_key("module", file)
        slugs = self.recalled.get(key)
        if slugs is None:
            from pipelines.module.catalog import read_module

            problems: list[Problem] = []
            module = read_module(file, problems)
            if problems or not module:
                return None
            slugs = [row.slug for row in module.sequence]
            self.recalled.remember(key, slugs)
        return tuple(slugs)

    def _lesson(self, file: Path, measured: Experiments) -> LessonEntry | None:
        """Return a lesson; nothing if its plan has problems."""
        key = self._answer_key("lesson", file)
        entry: dict[str, Any] | None = self.recalled.get(key)
        if entry is None:
            from pipelines.module.catalog import read_lesson

            problems: list[Problem] = []
            lesson = read_lesson(file, measured, problems)
            if problems:
                return None
            self.recalled.remember(key, asdict(lesson))
            return lesson
        return entry_of({**entry, "file": str(file)})

    def _answer_key(self, kind: str, file: Path) -> str:
        """Return a digest of all that the answer to a plan hangs on."""
        read = f"{kind}\0{file.parent.name}\0".encode() + self._beside + file.read_bytes()
        return hashlib.sha256(read).hexdigest()

    @cached_property
    def _beside(self) -> bytes:
        """What every answer hangs on: the experiments, the code, the libraries that it uses."""
        parts = [self.code, sys.version, *map(version, _LIBRARIES)]
        digest = hashlib.sha256("\0".join(parts).encode())
        for folder in (self.folder / "experiments", self.folder / LATENT):
            for file in sorted(folder.glob("*.yaml")):
                content = file.read_bytes()
                digest.update(f"\0{file.name}\0{len(content)}\0".encode() + content)
        return digest.digest()


def _wrong(
    lessons: Iterable[LessonEntry],
    latent: Mapping[str, LatentExperiment],
    measured: Experiments,
) -> Iterator[Problem]:
    for lesson in lessons:
        yield from wrong_listings(lesson.file, lesson.listings.values(), latent)
        yield from wrong_exercises(lesson.file, lesson.exercises.values(), measured)
