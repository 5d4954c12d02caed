"""A finished folder takes the place of another, so that at any moment one of them is there.

Linux exchanges two folders in one step (`renameat2`, RENAME_EXCHANGE). Where the file system
cannot, two renames do it, and `recover` mends what a kill between them leaves.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from pathlib import Path

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
    _remove(new)  # it holds the old one now


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
    _remove(old)
    place.rename(old)
    new.rename(place)
    _remove(old)


def before(place: Path) -> Path:
    """Where a folder lies between the two renames."""
    return place.with_name(f".{place.name}.before")


def aside(place: Path) -> Path:
    """Return an empty folder beside a place, to be filled and swapped in."""
    folder = place.with_name(f".{place.name}.new")
    _remove(folder)
    folder.mkdir(parents=True)
    return folder


def recover(place: Path) -> None:
    """Mend what a killed swap left: the old folder returns, half of a new one goes."""
    old = before(place)
    if old.exists() and not place.exists():
        old.rename(place)
    _remove(old)
    _remove(place.with_name(f".{place.name}.new"))


def _remove(path: Path) -> None:
    """Remove a folder; of a link only the link, never what it leads to."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
