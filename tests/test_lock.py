"""The lock says which version of every package the project gets, and of nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires, version

from checkout import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
OURS = "measured-lessons"
FOR_A_GPU = re.compile(r"nvidia-|cuda-|triton$")  # torch's, of its plain build alone


def test_every_line_pins_one_version_of_one_package() -> None:
    pins = [re.fullmatch(r"([A-Za-z0-9][\w.-]*)==([\w.!+]+)", line) for line in LINES]
    assert all(pins), "an address, an option or a range"
    names = [canonicalize_name(pin[1]) for pin in pins if pin]
    assert len(set(names)) == len(names)
    assert all(Version(pin[2]).local is None for pin in pins if pin), "a build of one index alone"


def test_every_package_but_torch_has_the_hashes_of_its_files() -> None:
    """`make` installs by them; SECURITY.md says why torch has none, and how they are made anew."""
    text = (ROOT / "config/hashes.txt").read_text(encoding="utf-8")
    pins, hashes = [], []
    for line in text.splitlines():
        if line.startswith("    --hash"):
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line)
            hashes[-1] += 1
        elif not line.lstrip().startswith("#"):
            assert line.endswith(" \\")
            pins.append(canonical(line.removesuffix(" \\")))
            hashes.append(0)
    wanted = {canonical(line) for line in LINES}
    assert wanted - set(pins) == {f"torch=={version('torch').partition('+')[0]}"}
    assert not set(pins) - wanted
    assert all(hashes)


def canonical(pin: str) -> str:
    name, _, release = pin.partition("==")
    return f"{canonicalize_name(name)}=={release}"


def test_all_that_is_needed_is_pinned_and_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for extra in extras.values() for one in extra)]
    pinned = {canonicalize_name(line.partition("==")[0]) for line in LINES}
    assert closure(wanted) == pinned


def closure(wanted: Iterable[str]) -> set[str]:
    """Return the names of packages and of all that they need here, themselves included."""
    found: set[str] = set()
    waiting = [(Requirement(one), "") for one in wanted]
    seen = set()
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if name == OURS or FOR_A_GPU.match(name) or (name, *sorted(requirement.extras)) in seen:
            continue
        if marker and not marker.evaluate({"extra": extra}):
            continue
        seen.add((name, *sorted(requirement.extras)))
        found.add(name)
        inner = [Requirement(one) for one in requires(name) or ()]
        waiting += [(one, own) for one in inner for own in ("", *requirement.extras)]
    return found
