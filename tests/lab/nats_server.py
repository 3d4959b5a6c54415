"""A NATS server of a test's own, with users, on the loopback."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from netmon.errors import StateError
from netmon.journal.jetstream.address import JetStreamAddress, jetstream_address
from tests.ports import free_port
from tests.requires import require_program

T = TypeVar("T")
CONFIG = """
jetstream {{ store_dir: "{store}" }}
authorization {{ users: [
  {{ user: netmon, password: "well-kept", permissions: {{
    publish: ["*.entries", "*.orders", "*.probers.>", "$JS.API.>", "$O.>", "$KV.>", "_INBOX.>"],
    subscribe: ["*.orders", "*.probers.>", "_INBOX.>"]
  }} }}
  {{ user: guest, password: "well-kept", permissions: {{ publish: "nothing", subscribe: "_INBOX.>" }} }}
] }}
"""


class Server:
    """A nats-server of the test's own on a free port of 127.0.0.1; `more` is added to its configuration."""

    def __init__(self, folder: Path, *, config: str = CONFIG, more: str = "") -> None:
        self.program = require_program("nats-server")
        self.folder = folder
        self.port = free_port()
        self.config = folder / "nats.conf"
        self.config.write_text(config.format(store=folder / "store") + more)
        self.secret = folder / "secret"
        self.secret.write_text("well-kept\n")
        self.start()

    def start(self) -> None:
        command = [self.program, "-a", "127.0.0.1", "-p", str(self.port), "-c", str(self.config)]
        with (self.folder / "log").open("a") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out)
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def address(self, name: str, user: str = "netmon") -> JetStreamAddress:
        url = f"nats://127.0.0.1:{self.port}/{name}"
        return jetstream_address(url, user=user, secret=f"file:{self.secret}")


def when_it_can(do: Callable[[], T]) -> T:
    """Do it as soon as the servers have agreed among themselves who leads."""
    deadline = time.monotonic() + 120.0
    while True:
        try:
            return do()
        except StateError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextmanager
def three_servers(folder: Path) -> Iterator[list[Server]]:
    """Run a cluster of three, s0 to s2, that lets everybody in."""
    with cluster(folder, 3) as servers:
        yield servers


@contextmanager
def cluster(folder: Path, count: int) -> Iterator[list[Server]]:
    """Run a cluster of so many servers, from s0 on, that lets everybody in."""
    ports = [free_port() for _ in range(count)]
    routes = ", ".join(f"nats://127.0.0.1:{port}" for port in ports)
    servers: list[Server] = []
    try:
        for number, port in enumerate(ports):
            place = folder / f"s{number}"
            place.mkdir()
            more = f"server_name: s{number}\ncluster {{ name: c, listen: 127.0.0.1:{port}, routes: [{routes}] }}\n"
            servers.append(Server(place, config='jetstream {{ store_dir: "{store}" }}\n', more=more))
        yield servers
    finally:
        for server in servers:
            server.kill()
