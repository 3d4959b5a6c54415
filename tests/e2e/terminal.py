"""Commands as a user types them: a folder, an environment of its own, commands that end and commands that run on."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import click
import httpx2
import pytest

from netmon.cli.main import cli
from tests.e2e.forked import Forked, can_fork
from tests.nobody import drop_privileges, readable_modules
from tests.plain_http import HTTP
from tests.requires import require

TOP = Path(__file__).parents[2]
NETMON = (sys.executable, "-m", "netmon")
COMMUNITY = "geheim"  # what the inventories of these tests refer to as {env: E2E_COMMUNITY}
PATIENCE = 120.0

_TYPED = Path(tempfile.mkdtemp(prefix="netmon-typed-"))
"""Has a file for each command that was typed, in any of the processes that share the tests: they are forked later."""
atexit.register(shutil.rmtree, _TYPED, ignore_errors=True)


@contextmanager
def nobodys_desk() -> Iterator[Terminal]:
    """Give an ordinary user without any privilege a terminal in a folder of theirs; skip where that cannot be."""
    drop = drop_privileges()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    modules = readable_modules()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "nobody"
        folder.parent.chmod(0o755)
        folder.mkdir()
        os.chown(folder, 65534, 65534)
        for python in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
            # A shell between, because the lab starts another interpreter: the user must be allowed that too.
            words = [*drop, "/bin/sh", "-c", 'exec "$@"', "sh", str(python), "-P", "-m", "netmon"]
            desk = Terminal(folder, {"PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1"}, words)
            if python is not None and desk.type("--version").returncode == 0:
                yield desk
                return
        require(False, f"no {version} that an ordinary user may execute")  # noqa: FBT003 (the condition failed)


def wait_for(
    condition: Callable[[], bool], what: str, seconds: float = PATIENCE, said: Callable[[], object] = lambda: ""
) -> float:
    """Wait until the condition holds; return how long that took.

    It is looked at ever more seldom, as each look takes from what is waited for: at most a tenth later than could be.
    Where it does not hold in time, fail the test with what was waited for, and what is `said` then.
    """
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        if waited > seconds:
            pytest.fail(f"not within {seconds:g} s: {what}\n{said()}")
        time.sleep(min(max(0.02, waited / 10), 0.3))
    return time.monotonic() - began


class Running:
    """A command that runs on. What it says on standard error is read as it comes; standard output is kept."""

    def __init__(self, process: subprocess.Popen[str] | Forked) -> None:
        self.process = process
        self.lines: list[str] = []
        self._out: list[str] = []
        self._readers = [
            threading.Thread(target=_read, args=(stream, lines), daemon=True)
            for stream, lines in ((process.stderr, self.lines), (process.stdout, self._out))
            if stream is not None
        ]
        for reader in self._readers:
            reader.start()

    @property
    def said(self) -> str:
        """Everything on standard error up to now."""
        return "".join(self.lines)

    def until(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        """Wait until something it says matches; return the match."""
        wait_for(
            lambda: re.search(pattern, self.said) is not None or self.process.poll() is not None,
            f"{pattern!r}",
            seconds,
            lambda: self.said,
        )
        found = re.search(pattern, self.said)
        assert found is not None, f"no {pattern!r} in: {self.said}"
        return found

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = PATIENCE) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.wait(seconds)

    def wait(self, seconds: float = PATIENCE) -> int:
        """Wait for its end and return the exit status; then `said` and `output` are complete."""
        status = self.process.wait(seconds)
        for reader in self._readers:
            reader.join(seconds)
        return status

    def close(self) -> None:
        """End it however it takes."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.wait()

    @property
    def output(self) -> str:
        """Everything on standard output up to now."""
        return "".join(self._out)


def _read(stream: IO[str], lines: list[str]) -> None:
    with stream:
        for line in stream:
            lines.append(line)  # noqa: PERF402 (each line must be seen as soon as it comes)


class Daemon(Running):
    """A running `netmon run`, spoken to over HTTP."""

    @cached_property
    def url(self) -> str:
        """The address it says that it serves."""
        return self.until(r"netmon serves (http://\S+)")[1]

    def get(self, path: str) -> httpx2.Response:
        """Ask for a page."""
        return HTTP.get(self.url.rstrip("/") + path)

    def api(self, name: str) -> Any:
        """Return a document of the API, or the list in it where it has the name of the document."""
        answer = self.get(f"/api/v1/{name}")
        answer.raise_for_status()
        document = answer.json()
        return document.get(name, document)

    def metric(self, name: str, **labels: str) -> float | None:
        """Return the value of one series; None when it is not exposed."""
        wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
        series = f"{name}{{{wanted}}}" if wanted else name
        for line in self.get("/metrics").text.splitlines():
            if line.rpartition(" ")[0] == series:
                return float(line.rpartition(" ")[2])
        return None

    def verdicts(self) -> dict[str, str]:
        """Return the verdict of every site."""
        return {site["id"]: site["verdict"] for site in self.api("sites")}

    def dark(self) -> set[str]:
        """Return the sites that are dark."""
        return {site for site, verdict in self.verdicts().items() if verdict in ("down", "unreachable")}

    def wait_for(self, condition: Callable[[], bool], what: str) -> float:
        """Wait for a condition as `wait_for` does; a failure shows what the daemon has said and believes."""
        return wait_for(condition, what, said=lambda: f"{self.said}{self.get('/-/ready').text}{self.api('picture')}")

    def await_ready(self) -> None:
        """Wait until verdicts can be trusted and every served site has one."""
        self.wait_for(lambda: self.get("/-/ready").status_code == 200, "that it is ready")
        self.wait_for(lambda: "unknown" not in self.verdicts().values(), "a verdict for every site")

    def await_fault(self, element: str) -> Any:
        """Wait until an open fault names an element, `kind:id`, alone or among alternatives; return the fault."""
        kind, _, name = element.partition(":")
        found: list[Any] = []

        def is_named() -> bool:
            found[:] = [
                fault
                for fault in self.api("faults")
                if {"kind": kind, "id": name} in (fault["element"], *fault["alternatives"])
            ]
            return bool(found)

        self.wait_for(is_named, f"a fault that names {element}")
        return found[0]

    def await_calm(self) -> None:
        """Wait until no fault is open and nothing is dark."""
        self.wait_for(lambda: not self.api("faults") and not self.dark(), "that all is well again")


def is_known(words: Sequence[str]) -> bool:
    """Tell whether the command that begins with these words was typed before; its figures `bench` prints anew."""
    group: click.Command = cli
    path: tuple[str, ...] = ()
    for word in words:
        if not isinstance(group, click.Group) or (found := group.get_command(click.Context(group), word)) is None:
            break
        group, path = found, (*path, word)
    try:
        (_TYPED / " ".join(("netmon", *path))).touch(exist_ok=False)
    except FileExistsError:
        return path[:1] != ("bench",)
    return False


class Terminal:
    """A folder in which commands are typed; whatever netmon keeps of its own goes into it too.

    `forks_all` is for tests that are about what commands say, not about how they start.
    """

    forks_all = False

    def __init__(
        self, folder: Path, environment: Mapping[str, str] | None = None, command: Sequence[str] = NETMON
    ) -> None:
        self.folder = folder
        self.command = command
        clean = {key: value for key, value in os.environ.items() if not key.startswith("NETMON_")}
        self.environment = {
            **clean,
            "E2E_COMMUNITY": COMMUNITY,
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_STATE_HOME": str(folder / "state"),
            "COLUMNS": "200",
            **(environment or {}),
        }

    def type(
        self, *arguments: str | Path, before: Sequence[str] = (), together: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run `netmon …` to its end.

        `before` are the words of a command that runs it; with `together` standard error goes where its output goes.
        """
        with closing(Running(self.process(arguments, before, together=together))) as running:
            status = running.wait(300)
            return subprocess.CompletedProcess(list(arguments), status, running.output, running.said)

    @contextmanager
    def start(self, *arguments: str | Path, before: Sequence[str] = ()) -> Iterator[Running]:
        """Run `netmon …` in the background and end it, if need be, with the block."""
        with closing(Running(self.process(arguments, before))) as running:
            yield running

    @contextmanager
    def daemon(self, *arguments: str | Path, before: Sequence[str] = ()) -> Iterator[Daemon]:
        """Run `netmon run …` on a free port of the loopback; end it, if need be, with the block."""
        words = ("run", "--web.listen-address", "127.0.0.1:0", *arguments)
        with closing(Daemon(self.process(words, before))) as daemon:
            yield daemon

    def process(
        self, arguments: Sequence[str | Path], before: Sequence[str] = (), *, together: bool = False
    ) -> subprocess.Popen[str] | Forked:
        """Start a command: in an interpreter of its own when these tests type it first, then forked."""
        words = list(map(str, arguments))
        if (
            self.command == NETMON
            and not before
            and can_fork(self.environment)
            and (self.forks_all or is_known(words))
        ):
            return Forked(words, self.folder, self.environment, together=together)
        return subprocess.Popen(
            [*before, *self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if together else subprocess.PIPE,
            text=True,
        )

    def report(self, *arguments: str | Path) -> Any:
        """Run `netmon … --format json`, which must succeed, and return the document."""
        done = self.type(*arguments, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
