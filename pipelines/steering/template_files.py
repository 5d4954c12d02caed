"""The files that pages are made with."""

from pathlib import Path

TEMPLATES = "pipelines/templates"


def templates() -> list[str]:
    """Return all files that pages are made with."""
    return sorted(str(path) for path in Path(TEMPLATES).rglob("*") if path.is_file())


def static_files() -> list[str]:
    """Return the stylesheet and the scripts, relative to the site."""
    inside = (path.removeprefix(f"{TEMPLATES}/") for path in templates())
    return [path for path in inside if path.startswith("static/")]
