"""Where the templates of pages and plans lie: with the package, in a checkout as in a wheel."""

from __future__ import annotations

from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
