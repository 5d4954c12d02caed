"""What the rules use while the graph is drawn, so that nothing fails unseen and content decides.

Snakemake drops a job whose input function raises or whose source is missing; if an earlier build
left the job's output, it takes that for a source and says that there is nothing to be done. It
lets through what ends the process. And it knows a changed source by its time: a file that was
copied or unpacked with an old one goes unnoticed, so that its digest stands among the parameters.
"""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn, ParamSpec, TypeVar

from pipelines.contracts.problems import InputProblems, Problem
from pipelines.provenance import files_digest

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def stop(problems: InputProblems) -> NoReturn:
    """End the process with the problems and their number."""
    count = len(problems.problems)
    sys.exit(f"{problems}\n\n{count} problem(s). Nothing was built or changed.")


def source(path: str | Path) -> str:
    """Return the path of a file or folder that people write; a missing one ends the process."""
    if not Path(path).exists():
        missing = Problem(str(path), 1, "ML108", "this is missing", "write it, or bring it back")
        stop(InputProblems([missing]))
    return str(path)


def unswallowed(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let an input or params function that fails end the process.

    What people write has been checked before: what comes here is a mistake in the rules, or a
    file that cannot be read.
    """

    @functools.wraps(function)
    def stopping(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except Exception:
            traceback.print_exc()
            name = function.__name__
            sys.exit(f"`{name}` of the rules failed, see above. Nothing was built or changed.")

    return stopping


def content(*paths: str | Path) -> str:
    """Return a digest of what files hold, and of all files below folders."""
    return files_digest(file for path in paths for file in _files(Path(source(path))))


def _files(path: Path) -> Iterable[Path]:
    return [path] if path.is_file() else (file for file in path.rglob("*") if file.is_file())
