"""Is a build still what it recorded of itself?"""

from __future__ import annotations

from pathlib import Path

from pipelines.contracts.files import read_json
from pipelines.manifest import Manifest, altered
from pipelines.publishing.site import read_record, site_of


def not_as_recorded(build: Path) -> list[str]:
    """Return what is wrong with a build's own files, each with what is wrong.

    Products that are missing or edited, pages that were edited, and files of the site that no
    lesson has published.
    """
    manifest = Manifest.model_validate(read_json(build / "manifest.json"))
    found = [f"{name}: missing or edited since it was made" for name in altered(manifest, build)]
    site = site_of(build)
    known = {f"static/{file.name}" for file in (build / "draft/static").glob("*")} | {"index.html"}
    for record in sorted((build / "published").glob("[!.]*.json")):
        names = read_record(build, record.stem)
        known |= names.keys()
        found += [f"site/{name}: missing" for name in names if not (site / name).is_file()]
        found += [
            f"site/{name}: not the page that was made"
            for name in names
            if (site / name).is_file() and not _same(site / name, build / "draft" / name)
        ]
    files = (file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file())
    found += [f"site/{name}: no lesson has published it" for name in sorted({*files} - known)]
    return found


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()
