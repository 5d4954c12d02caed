"""Copy the finished draft to the site, all at once, and write the manifest of the build."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from pipelines.contracts.files import write_json, written_aside
from pipelines.manifest import make_manifest
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--records", type=Path, default=Path(".snakemake/metadata"))
    parser.add_argument("--also", nargs="*", type=Path, help="products that no page came from")
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--files", nargs="+", help="relative to the draft and to the site")
    args = parser.parse_args()
    drafts = [args.build / "draft" / name for name in args.files]
    manifest = make_manifest([*drafts, *args.also], args.build, args.records)
    for name, draft in zip(args.files, drafts, strict=True):
        with written_aside(args.build / "site" / name) as temporary:
            shutil.copyfile(draft, temporary)
    _remove_others(args.build / "site", {args.build / "site" / name for name in args.files})
    write_json(args.manifest, manifest)
    print(f"{len(args.files)} files published: open {args.build}/site/index.html")


def _remove_others(site: Path, published: set[Path]) -> None:
    """Remove what an earlier build published and this one did not."""
    for path in sorted(site.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in published:
            path.unlink()


if __name__ == "__main__":
    main()
