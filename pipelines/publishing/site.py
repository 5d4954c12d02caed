"""The site: one folder that is always whole. Each change is a new folder, swapped in at once.

What was put there stands in `published/`: a record for each lesson, path → sha256, written by the
job that publishes it. Snakemake deletes the outputs of a job before it runs, so the pages
themselves are outputs of no rule.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines.contracts.files import read_json, write_json
from pipelines.publishing.swap import aside, recover, swap_in
from pipelines.seals import hash_of

_FULL = (errno.ENOSPC, errno.EDQUOT)
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
            if unable.errno in _FULL:
                raise
            shutil.copyfile(path, target)


def site_failure(site: Path, error: OSError) -> str:
    """Return why a folder could not be written, and what to do."""
    why = "the disk is full" if error.errno in _FULL else (error.strerror or str(error))
    remedy = (
        "free some space and build again"
        if error.errno in _FULL
        else "let this folder be written, and build again"
    )
    return (
        f"{site}: error: not published: {why}\n"
        f"    remedy: {remedy}; the pages that were there are as they were"
    )
