"""`python -IS pipelines/steering/ask.py python -m STAGE …`: the same as without us, sooner.

A build keeps helpers (`helper.py`) that have imported what some stages need. This asks for a copy
of one that runs the stage, gives it our standard output and error, and ends with
its status. Where none answers, the command is run as it is. Standard library only, and little
of it: the options spare Python the look for installed packages.
"""

import os
import sys

PYTHON = ["python", "-m"]
HELPER = "MEASURED_LESSONS_HELPER"  # the folder of their sockets, one a stage
HELD = "MEASURED_LESSONS_LOCK"  # the number of an open file: who has it may write to the build
PATIENCE = 60.0  # seconds until a helper has begun; it may still be importing
BEGUN, LENGTH = b"+", 8


def main() -> None:
    """Have a command run by the helper, or run it as it is; end with its status."""
    command = sys.argv[1:]
    place = os.environ.get(HELPER)
    status = run_by_helper(place, command[2:]) if place and command[:2] == PYTHON else None
    if status is None:
        os.execvp(command[0], command)
    sys.exit(status)


def run_by_helper(place: str, words: list[str]) -> int | None:
    """Return the status of a stage that the helper has run, or None where it did not begin."""
    import json
    import socket

    folder = os.getcwd()  # noqa: PTH109 (pathlib takes longer to import than all the rest)
    request = json.dumps({"words": words, "folder": folder, "environment": dict(os.environ)})
    message = request.encode("utf-8", "surrogateescape")
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE)
        try:
            line.connect(os.path.join(place, words[0]))  # noqa: PTH118
            head = f"{len(message):{LENGTH}}".encode()
            held = os.environ.get(HELD)
            socket.send_fds(line, [head], [1, 2, int(held)] if held else [1, 2])
            line.sendall(message)
            if line.recv(1) != BEGUN:
                return None
        except OSError:
            return None
        line.settimeout(None)
        status = line.recv(1)
    return status[0] if status else 128 + 9  # it was killed


if __name__ == "__main__":
    main()
