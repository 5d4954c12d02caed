"""Ask for a warm process, lend it the own streams, and end as it ends: in place of `python`.

Imports next to nothing: this is what every job starts with. Whoever kills it ends what it
has asked for.
"""

import json
import os
import signal
import socket
import sys


def asked(
    path: str, words: list[str], folder: str, environment: dict[str, str], streams: list[int]
) -> int:
    """Run a module with its arguments; return how it ended, as `subprocess` would."""
    told = json.dumps({"words": words, "folder": folder, "environment": environment}).encode()
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        socket.send_fds(server, [len(told).to_bytes(8, "big")], streams)
        server.sendall(told)
        return int(server.makefile().readline())


def main() -> None:
    path, python, *words = sys.argv[1:]
    if words[:1] != ["-m"]:
        os.execv(python, [python, *words])
    folder = os.getcwd()  # noqa: PTH109, for `pathlib` takes longer to import than all the rest
    code = asked(path, words[1:], folder, dict(os.environ), [0, 1, 2])
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)  # SIGKILL has no other
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()
