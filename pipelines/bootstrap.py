"""Make a virtual environment with pip, also where Debian's python3-venv is not installed.

Runs on a bare Python, before anything of this package is installed: standard library only.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

PIP = (
    "https://files.pythonhosted.org/packages/44/3c/"
    "d717024885424591d5376220b5e836c2d5293ce2011523c9de23ff7bf068/pip-25.3-py3-none-any.whl"
)
PIP_SHA256 = "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd"


def main(folder: str) -> None:
    """Create the environment in `folder`, or mend the one that is there."""
    if sys.version_info < (3, 11):  # noqa: UP036  (runs before pip could refuse)
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: set PYTHON=")
    venv.EnvBuilder(with_pip=False, symlinks=True).create(folder)
    python = Path(folder, "bin", "python")
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    print("setting up the environment: pip", file=sys.stderr)
    if subprocess.run([python, "-m", "ensurepip"], capture_output=True).returncode != 0:
        install_downloaded_pip(python)


def install_downloaded_pip(python: Path) -> None:
    """Install the pinned pip wheel with itself: a wheel can be run as it is."""
    with urllib.request.urlopen(PIP, timeout=60) as response:
        wheel = response.read()
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        sys.exit(f"{PIP} is not what it was: hash differs from the one pinned in {__file__}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, PIP.rpartition("/")[2])
        path.write_bytes(wheel)
        subprocess.run([python, path / "pip", "install", "--quiet", path], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
