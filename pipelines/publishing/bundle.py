"""A build as one archive for independent review: pages, measurements, plans, and their hashes.

Of the same build it is the same bytes: names in order, no times.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.contracts.evidence import Evidence
from pipelines.contracts.files import written_aside

_OF_BUILD = (
    "manifest.json",
    "ledger.json",
    "measurements/*.json",
    "timings/*/*.json",
    "models/*.timing.json",
    "models/*.history.json",
    "draft/*/claims.json",
    "draft/*/review.json",
    "site/**/*",
)
_NOT_OF_MODULE = "published"  # weights of the base: their hashes are in the manifest
_PROFILE = "https://w3id.org/ro/crate/1.1"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day that a zip knows
_README = """\
# {title}

A build of a course, for review: pages, every measured number, and the plans and experiments that
they come from. Built from commit {commit} ({state}) with the preset `{preset}`,
on {processors}.

Is it whole?

    sha256sum --check --quiet SHA256SUMS

Which claims hold by the numbers in it? With the command of the project (`pip install .` in a
checkout of the commit):

    measured-lessons claims build --module {module}

The pages begin with `build/site/index.html`. `build/ledger.json` holds each number with its
spread, `build/manifest.json` each file of the build with its hash, its producer and its inputs.
`measured-lessons verify` takes `evidence.json` for a build, and reads the pages beside it.
"""


def write_bundle(out: Path, build: Path, module: Path, title: str, evidence: Evidence) -> int:
    """Write the archive and return how many files it holds; `module` is the plans' folder."""
    there = PurePosixPath("lessons", module.resolve().name)
    files = dict(_files(build, module, there))
    files["evidence.json"] = (evidence.model_dump_json(indent=1) + "\n").encode()
    files["README.md"] = _readme(there, title, evidence).encode()
    files["ro-crate-metadata.json"] = _crate(title, sorted(files), evidence).encode()
    sums = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    files["SHA256SUMS"] = "".join(sums).encode()
    with written_aside(out) as aside, zipfile.ZipFile(aside, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(str(PurePosixPath(out.stem, name)), _LONG_AGO)
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[name], zipfile.ZIP_DEFLATED)
    return len(files)


def _files(build: Path, module: Path, there: PurePosixPath) -> Iterator[tuple[str, bytes]]:
    for pattern in _OF_BUILD:
        for path in build.glob(pattern):
            if path.is_file() and not path.is_symlink():
                yield f"build/{path.relative_to(build).as_posix()}", path.read_bytes()
    for path in module.rglob("*"):
        below = path.relative_to(module)
        if path.is_file() and not path.is_symlink() and _NOT_OF_MODULE not in below.parts:
            yield str(there / below.as_posix()), path.read_bytes()
    lock = Path("requirements.lock")
    if lock.is_file():
        yield lock.name, lock.read_bytes()


def _readme(module: PurePosixPath, title: str, evidence: Evidence) -> str:
    return _README.format(
        title=title,
        commit=evidence.origin.commit or "unknown",
        state="as committed" if evidence.origin.clean else "with changes",
        preset=evidence.preset,
        processors="; ".join(evidence.processors) or "no processor: nothing was trained",
        module=module,
    )


def _crate(title: str, names: list[str], evidence: Evidence) -> str:
    """Return RO-Crate's metadata: what the archive is, and its files."""
    parts = [{"@id": name} for name in names]
    about = {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}}
    crate = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": "A build of a course: its pages, its measurements, and their sources.",
        "license": "see the project's repository",
        "version": evidence.origin.commit,
        "hasPart": parts,
    }
    graph = [
        {**about, "conformsTo": {"@id": _PROFILE}},
        crate,
        *({"@id": name, "@type": "File", "name": name} for name in names),
    ]
    return json.dumps({"@context": f"{_PROFILE}/context", "@graph": graph}, indent=1)
