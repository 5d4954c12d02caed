"""One figure a module: measured data → picture → drawing, words and table."""

from __future__ import annotations

import os
import tempfile

# Set before matplotlib is imported: its cache (of fonts, rebuilt in 0.2 s) shall neither come from
# a home directory nor be left in one.
_CACHE = tempfile.TemporaryDirectory(prefix="matplotlib-")
os.environ.setdefault("MPLCONFIGDIR", _CACHE.name)
