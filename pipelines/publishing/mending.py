"""The site held against the records of what was published, and put right from the drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.publishing.site import (
    Hashes,
    deviations,
    put,
    read_record,
    renewed,
    site_of,
)
from pipelines.seals import hash_of


@dataclass(frozen=True)
class Mended:
    """What was put right, and what could not be, since no draft holds it any more."""

    files: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def but(self, name: str) -> Mended:
        """Leave out a file that was to change."""
        return replace(self, files=tuple(file for file in self.files if file != name))


def expected_files(build: Path, lessons: list[str], front: Hashes) -> Hashes:
    """Return what the site should hold: the records' files, the front's, and unrecorded pages.

    A lesson without a record has a placeholder, or a page whose record went with a job that was
    killed. Both stay.
    """
    expected, site = dict(front), site_of(build)
    for lesson in lessons:
        record = read_record(build, lesson)
        files = [path for path in (site / lesson).rglob("*") if path.is_file()]
        kept = {path.relative_to(site).as_posix(): hash_of(path) for path in files}
        expected |= record or kept
    return expected


def mend(
    build: Path, lessons: list[str], front: Hashes, write_front: Callable[[Path], None]
) -> Mended:
    """Bring the site to what the records say; do nothing if it is.

    Args:
        front: The files that belong to no lesson; `write_front` puts them, and placeholders.

    Raises:
        NotPublished: The disk is full, or the folder cannot be written.
    """
    site, expected = site_of(build), expected_files(build, lessons, front)
    without = [one for one in lessons if not (site / one).is_dir() and not read_record(build, one)]
    wrong = deviations(site, expected)
    if not wrong and not without:
        return Mended()
    lost = []
    with renewed(build) as new:
        for name in wrong:
            draft = build / "draft" / name
            if name in front:
                continue
            if name not in expected:
                (new / name).unlink()
            elif draft.is_file() and hash_of(draft) == expected[name]:
                put(new, name, draft)
            else:
                lost.append(name)
        write_front(new)
        _remove_empty_folders(new)
    return Mended(tuple(wrong), tuple(lost))


def _remove_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
