"""Runs the cells of an exercise one after the other; started as a program, knows nothing of ours.

    python -I runner.py STEPS.json RESULTS.jsonl

Each step is written down when it begins and when it has ended, so that whoever kills this process
knows where it was. Other solutions of a part are tried in forks, from the state that the part
begins in; they leave no trace.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import linecache
import os
import resource
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

MOST = 50_000  # characters that a cell may print
_CELL = "cell "  # how tracebacks call one, with its number
_PNG = struct.Struct(">II")


class _Printed(io.StringIO):
    """What a cell prints, up to a limit: an endless loop must not fill the memory."""

    def write(self, text: str) -> int:
        room = MOST - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


class Runner:
    """Runs steps in one namespace."""

    def __init__(self, results: TextIO) -> None:
        self.results = results
        self.names: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        self.names["display"] = print  # which notebooks have without an import

    def tell(self, **what: Any) -> None:
        self.results.write(json.dumps(what) + "\n")
        self.results.flush()

    def run_all(self, steps: list[dict[str, Any]]) -> None:
        """Run steps up to one that fails and has no fallback."""
        for i, step in enumerate(steps):
            for trial in step["trials"]:
                self.tried(i, trial)
            self.tell(begun=i)
            began = time.process_time()
            outputs, fault = self.run(step["code"], f"{_CELL}{i}")
            seconds = time.process_time() - began
            self.tell(ended=i, outputs=outputs, fault=fault, seconds=seconds)
            if fault and step["fallback"] is None:
                return
            if fault and self.run(step["fallback"], f"{_CELL}{i}")[1]:
                return
        self.tell(done=True)

    def tried(self, step: int, trial: dict[str, Any]) -> None:
        """Try another solution in a fork: what it changes is gone when it has ended."""
        self.tell(trying=trial["name"])
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            try:
                fault = None
                for i, code in enumerate(trial["codes"]):
                    fault = fault or self.run(code, f"{_CELL}{step + i}")[1]
                self.tell(tried=trial["name"], fault=fault)
            finally:
                os._exit(0)
        os.waitpid(child, 0)

    def run(self, code: str, name: str) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Run a cell; return what it made, and why it stopped."""
        printed = _Printed()
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        fault, value = None, None
        try:
            with contextlib.redirect_stdout(printed):
                value = self.evaluated(code, name)
        except BaseException as error:  # also SystemExit of a student
            fault = _fault(error, name)
        outputs = [{"kind": "printed", "text": printed.getvalue()}] if printed.getvalue() else []
        if value is not None and fault is None:
            with contextlib.suppress(Exception):
                outputs.append({"kind": "value", "text": repr(value)[:MOST]})
        outputs += _pictures()
        return outputs, fault

    def evaluated(self, code: str, name: str) -> Any:
        """Run code; return the value of its last line if that is an expression."""
        tree = ast.parse(code, name)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr):
            tree.body.pop()
            exec(compile(tree, name, "exec"), self.names)
            return eval(compile(ast.Expression(last.value), name, "eval"), self.names)
        exec(compile(tree, name, "exec"), self.names)
        return None


def _fault(error: BaseException, name: str) -> dict[str, Any]:
    """Say what happened, and where: the last line of a cell that was running."""
    line = getattr(error, "lineno", 0) if isinstance(error, SyntaxError) else 0
    cell, trace = name, error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(_CELL):
            cell, line = file, trace.tb_lineno
        trace = trace.tb_next
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    made = {"type": type(error).__name__, "message": message[:2000], "line": line or 0}
    return made | {"cell": int(cell.removeprefix(_CELL))}


def _pictures() -> Iterator[dict[str, Any]]:
    """Yield the open figures of matplotlib as PNG, and close them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        content = io.BytesIO()
        with contextlib.suppress(Exception):
            figure = pyplot.figure(number)
            figure.savefig(content, format="png", metadata={"Software": None})
            png = content.getvalue()
            width, height = _PNG.unpack(png[16:24])
            text = base64.b64encode(png).decode()
            yield {"kind": "picture", "png": text, "width": width, "height": height}
    pyplot.close("all")


def main() -> None:
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    limit = told["memory_mb"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (told["seconds"], told["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.insert(0, str(Path.cwd()))
    with Path(sys.argv[2]).open("w", encoding="utf-8") as results:
        Runner(results).run_all(told["steps"])


if __name__ == "__main__":
    main()
