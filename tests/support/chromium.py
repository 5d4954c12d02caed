"""A real Chromium, spoken to by the DevTools protocol over a pipe: pages are opened, not imitated.

Nothing listens on a port, and the browser's files lie in a folder of the test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
)


class Tab:
    """One page of a browser."""

    def __init__(self, sent: int, received: int, downloads: Path) -> None:
        self.sent, self.received = os.fdopen(sent, "wb", 0), os.fdopen(received, "rb", 0)
        self.downloads, self.count, self.rest, self.session = downloads, 0, b"", ""
        self.events: list[dict[str, Any]] = []
        path = str(downloads)
        self.call(
            "Browser.setDownloadBehavior", behavior="allow", downloadPath=path, eventsEnabled=True
        )
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        self.call("Page.enable")
        self.call("Runtime.enable")

    def call(self, method: str, **told: Any) -> dict[str, Any]:
        """Ask the browser for something and wait for the answer."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": told}
        here = {} if method.startswith(("Browser.", "Target.")) else {"sessionId": self.session}
        self.sent.write(json.dumps(message | here).encode() + b"\0")
        while (answer := self._next()).get("id") != self.count:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def wait(self, method: str, **told: Any) -> dict[str, Any]:
        """Wait for an event with these parameters; those that came before are looked at first."""
        while True:
            for at, one in enumerate(self.events):
                params = one.get("params", {})
                if one.get("method") == method and told.items() <= params.items():
                    del self.events[: at + 1]
                    return params
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            more = self.received.read(1 << 16)
            assert more, "the browser has gone"
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def open(self, page: Path) -> None:
        """Open a page from the disk, and wait until its scripts have run."""
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        self.wait("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """Return what a script of the test says; what it throws fails the test."""
        answer = self.call(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def download(self, script: str) -> Path:
        """Run what begins a download, and return the file."""
        self.events.clear()
        self.run(script)
        name = self.wait("Browser.downloadWillBegin")["suggestedFilename"]
        self.wait("Browser.downloadProgress", state="completed")
        return self.downloads / name


@contextmanager
def browser(folder: Path, *more: str) -> Iterator[Tab]:
    """Start a Chromium that keeps its files, and puts its downloads, in a folder."""
    theirs, ours = os.pipe(), os.pipe()
    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    # it reads from its descriptor 3 and writes to 4
    plumb = f'exec "$0" "$@" 3<&{theirs[0]} 4>&{ours[1]}'
    options = (
        *_OPTIONS,
        f"--user-data-dir={folder / 'profile'}",
        "--remote-debugging-pipe",
        *more,
    )
    process = subprocess.Popen(
        ["bash", "-c", plumb, CHROMIUM, *options],
        pass_fds=(theirs[0], ours[1]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs[0])
    os.close(ours[1])
    try:
        yield Tab(theirs[1], ours[0], downloads)
    finally:
        process.terminate()
        process.wait(timeout=30)
