"""A headless Chromium for tests, steered over a pipe (Chrome DevTools Protocol); it may reach the loopback only."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.requires import require_program

PATIENCE = 60.0  # seconds for any one answer
FLAGS = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-domain-reliability",
    "--no-default-browser-check", "--disable-dev-shm-usage", "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # One process for all pages: a new one for each, and one in reserve, take longer than most pages do.
    "--disable-features=IsolateOrigins,site-per-process,SpareRendererForSitePerProcess,BackForwardCache",
    "--disable-site-isolation-trials", "--process-per-site", "--disable-extensions",
)  # fmt: skip
# Chromium speaks on descriptors 3 and 4; this puts them there, whatever numbers they had.
LAUNCHER = (
    "import os,sys; os.dup2(int(sys.argv[1]),3); os.dup2(int(sys.argv[2]),4); os.execv(sys.argv[3],sys.argv[3:])"
)


LEFT = ("Inspected target navigated or closed", "Execution context was destroyed.")


class LeftError(Exception):
    """The page was left before it had answered."""


class Page:
    """One tab. Events that Chromium sends by itself gather in `events`."""

    def __init__(self, commands: int, answers: int) -> None:
        self.events: list[dict[str, Any]] = []
        self._commands = commands
        self._answers = answers
        self._buffer = b""
        self._last = 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """Send one command and return its result."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == self._last:
                if answer.get("error", {}).get("message") in LEFT:
                    raise LeftError
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def open(self, url: str) -> None:
        """Load an address and wait until it is complete; `events` then holds nothing of the page before."""
        for step in ("about:blank", url):
            self.events.clear()
            self.call("Page.navigate", url=step)
            self.until(lambda: self.run("[document.readyState, location.href].join()") == f"complete,{step}")  # noqa: B023

    def run(self, script: str) -> Any:
        """Return what a script gives."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def until(self, condition: Callable[[], Any]) -> Any:
        """Return what the condition gives as soon as that is true."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(LeftError):
                if value := condition():
                    return value
            assert time.monotonic() < deadline, "waited in vain"
            with contextlib.suppress(TimeoutError):
                self.events.append(self._receive(time.monotonic() + 0.02))

    def happened(self, *methods: str) -> list[dict[str, Any]]:
        """Return the parameters of the events of these kinds since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def _receive(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            readable, _, _ = select.select([self._answers], [], [], max(deadline - time.monotonic(), 0.0))
            if not readable:
                raise TimeoutError
            chunk = os.read(self._answers, 1 << 20)
            assert chunk, "Chromium has gone"
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message


@contextlib.contextmanager
def chromium() -> Iterator[Page]:
    """Start a browser with one tab, and end it."""
    program = require_program("chromium")
    ours, theirs = os.pipe(), os.pipe()
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in (ours[0], theirs[1])]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, open(os.devnull, "w") as nowhere:  # noqa: PTH123
        browser = subprocess.Popen(
            [
                sys.executable,
                "-c",
                LAUNCHER,
                *map(str, high),
                program,
                *FLAGS,
                *sandbox,
                f"--user-data-dir={profile}",
            ],
            pass_fds=high,
            stdout=nowhere,
            stderr=nowhere,
        )
        for descriptor in (ours[0], theirs[1], *high):
            os.close(descriptor)
        try:
            yield Page(ours[1], theirs[0])
        finally:
            os.close(ours[1])  # the end of its commands is its end
            os.close(theirs[0])
            try:
                browser.wait(10)
            except subprocess.TimeoutExpired:
                browser.kill()
                browser.wait(10)
