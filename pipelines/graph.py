"""What the rules use while the graph is drawn, so that nothing fails unseen and content decides.

Snakemake drops a job whose input function raises or whose source is missing; if an earlier build
left the job's output, it takes that for a source and says that there is nothing to be done. It
lets through what ends the process. And it knows a changed source by its time: a file that was
copied or unpacked with an old one goes unnoticed, so that its digest stands among the parameters.
"""

import functools
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ParamSpec, TypeVar

from snakemake_interface_common.exceptions import WorkflowError

from pipelines.contracts.problems import InputProblems, Problem
from pipelines.provenance import files_digest

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Kind = TypeVar("Kind", bound=type)
UNTOUCHED = "Nothing was built or changed."


def refusal(problems: InputProblems) -> WorkflowError:
    """Return the error that ends a build before its first job: the problems and their number."""
    count = len(problems.problems)
    return WorkflowError(f"{problems}\n\n{count} problem(s). {UNTOUCHED}")


def source(path: str | Path) -> str:
    """Return the path of a file or folder that people write.

    Raises:
        WorkflowError: It is missing.
    """
    if not Path(path).exists():
        missing = Problem(str(path), 1, "ML108", "this is missing", "write it, or bring it back")
        raise refusal(InputProblems([missing]))
    return str(path)


def unswallowed(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let an input or params function that fails end the process.

    What people write has been checked before: what comes here is a mistake in the rules, or a
    file that cannot be read.
    """

    @functools.wraps(function)
    def ending(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except WorkflowError as error:
            sys.exit(str(error))
        except Exception:
            traceback.print_exc()
            sys.exit(f"`{function.__name__}` of the rules failed, see above. {UNTOUCHED}")

    return ending


def input_functions(kind: Kind) -> Kind:
    """Make all methods of a class that take `wildcards` input functions: see `unswallowed`."""
    for name, function in list(vars(kind).items()):
        if inspect.isfunction(function) and "wildcards" in inspect.signature(function).parameters:
            setattr(kind, name, unswallowed(function))
    return kind


def content(*paths: str | Path) -> str:
    """Return a digest of what files hold, and of all files below folders."""
    return files_digest(file for path in paths for file in _files_in(Path(source(path))))


def _files_in(path: Path) -> Iterable[Path]:
    return [path] if path.is_file() else (file for file in path.rglob("*") if file.is_file())
