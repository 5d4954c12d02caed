"""The site: one folder that is always whole. Each change is a new folder, swapped in at once.

What was put there stands in `published/`: a record for each lesson, path → sha256, written by the
job that publishes it. Snakemake deletes the outputs of a job before it runs, so the pages
themselves are outputs of no rule.

Linux exchanges two folders in one step (`renameat2`, RENAME_EXCHANGE). Where the file system
cannot, two renames do it, and `recover` mends what a kill between them leaves. `mend` holds the
whole site against the records and puts it right from the drafts.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.contracts.files import read_json, write_json
from pipelines.seals import hash_of

FULL = (errno.ENOSPC, errno.EDQUOT)
Hashes = dict[str, str]  # path within the site → sha256


class NotPublished(Exception):
    """The site stays as it was; the message says why and what to do."""


def site_of(build: Path) -> Path:
    """Return the folder of the pages."""
    return build / "site"


def record_of(build: Path, lesson: str) -> Path:
    """Return the file that says what was published of a lesson."""
    return build / "published" / f"{lesson}.json"


def read_record(build: Path, lesson: str) -> Hashes:
    """Return what was published of a lesson; nothing if it has no record that can be read."""
    try:
        record = read_json(record_of(build, lesson))
    except (OSError, ValueError):
        return {}
    return (
        {str(name): str(sha) for name, sha in record.items()} if isinstance(record, dict) else {}
    )


def drop_broken_records(build: Path) -> None:
    """Remove records that cannot be read, so that their lessons are published anew.

    A page without a record is taken as it is: it may be the last good one of a killed job.
    """
    for file in (build / "published").glob("*.json"):
        if not read_record(build, file.stem):
            file.unlink()


def write_record(build: Path, lesson: str, names: list[str]) -> None:
    """Record a lesson's files as its drafts hold them: that is what was copied."""
    hashes = {name: hash_of(build / "draft" / name) for name in names}
    write_json(record_of(build, lesson), hashes)


@contextmanager
def renewed(build: Path) -> Iterator[Path]:
    """Yield a copy of the site that may be changed; let it take the site's place at the end.

    Only one process at a time renews a site; the others wait.

    Raises:
        NotPublished: The disk is full, or the folder cannot be written.
    """
    site = site_of(build)
    build.mkdir(parents=True, exist_ok=True)
    with (build / ".site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        recover(site)
        try:
            new = aside(site)
            if site.is_dir():
                _copy_linked(site, new)
            yield new
            swap_in(new, site)
        except OSError as unable:
            raise NotPublished(site_failure(site, unable)) from unable
        finally:
            recover(site)


def put(new: Path, name: str, source: Path) -> None:
    """Copy a finished file into a renewed site: of two links, an edit would change both."""
    target = new / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def put_text(new: Path, name: str, text: str) -> None:
    """Write a text into a new site."""
    target = new / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")


def is_published(site: Path, lesson: str) -> bool:
    """Tell whether a lesson has a page; a placeholder has no review beside it."""
    return (site / lesson / "review.html").is_file()


def deviations(site: Path, expected: Mapping[str, str]) -> list[str]:
    """Return the files of a site that are missing, edited, or nobody's."""
    files = (path for path in site.rglob("*") if path.is_symlink() or not path.is_dir())
    found = {path.relative_to(site).as_posix() for path in files}
    wrong = [name for name, sha in expected.items() if not _is(site / name, sha)]
    return sorted({*wrong, *(found - expected.keys())})


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and not path.is_symlink() and hash_of(path) == sha256


def _copy_linked(site: Path, new: Path) -> None:
    """Link the old site's files into the new one, which replaces it; copy where links fail."""
    for path in sorted(site.rglob("*")):
        target = new / path.relative_to(site)
        if path.is_dir() and not path.is_symlink():
            target.mkdir(exist_ok=True)
            continue
        try:
            os.link(path, target, follow_symlinks=False)
        except OSError as unable:
            if unable.errno in FULL:
                raise
            shutil.copyfile(path, target)


def site_failure(site: Path, error: OSError) -> str:
    """Return why a folder could not be written, and what to do."""
    why = "the disk is full" if error.errno in FULL else (error.strerror or str(error))
    remedy = (
        "free some space and build again"
        if error.errno in FULL
        else "let this folder be written, and build again"
    )
    return (
        f"{site}: error: not published: {why}\n"
        f"    remedy: {remedy}; the pages that were there are as they were"
    )


_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNABLE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def swap_in(new: Path, place: Path) -> None:
    """Let a finished folder take a place beside it; what was there is removed."""
    if not place.exists():
        new.rename(place)
        return
    try:
        exchange(new, place)
    except OSError as unable:
        if unable.errno not in _UNABLE:
            raise
        _swap_by_two_renames(new, place)
        return
    remove_entry(new)  # it holds the old one now


def exchange(one: Path, other: Path) -> None:
    """Exchange two paths in one step.

    Raises:
        OSError: ENOSYS or EINVAL where system or file system cannot.
    """
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        raise OSError(errno.ENOSYS, "no renameat2 on this system")
    paths = os.fsencode(one), os.fsencode(other)
    if renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def _swap_by_two_renames(new: Path, place: Path) -> None:
    old = before(place)
    remove_entry(old)
    place.rename(old)
    new.rename(place)
    remove_entry(old)


def before(place: Path) -> Path:
    """Where a folder lies between the two renames."""
    return place.with_name(f".{place.name}.before")


def aside(place: Path) -> Path:
    """Return an empty folder beside a place, to be filled and swapped in."""
    folder = unfinished(place)
    remove_entry(folder)
    folder.mkdir(parents=True)
    return folder


def unfinished(place: Path) -> Path:
    """Where a folder is filled before it takes a place beside it."""
    return place.with_name(f".{place.name}.new")


def recover(place: Path) -> None:
    """Mend what a killed swap left: the old folder returns, half of a new one goes."""
    old = before(place)
    if old.exists() and not place.exists():
        old.rename(place)
    remove_entry(old)
    remove_entry(unfinished(place))


def remove_entry(path: Path) -> None:
    """Remove a folder or a file, if it is there; of a link only the link, not what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


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

    What a killed publication has left beside it goes, too.

    Args:
        front: The files that belong to no lesson; `write_front` puts them, and placeholders.

    Raises:
        NotPublished: The disk is full, or the folder cannot be written.
    """
    site, expected = site_of(build), expected_files(build, lessons, front)
    without = [one for one in lessons if not (site / one).is_dir() and not read_record(build, one)]
    wrong, left = deviations(site, expected), [before(site), unfinished(site)]
    if not (wrong or without or any(path.exists() for path in left)):
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
