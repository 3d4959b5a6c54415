"""What several end-to-end tests share: a folder to type in, and a small county that a lab plays."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from netmon.errors import PrivilegeError
from netmon.probes.sockets import open_icmp
from tests.e2e.chromium import Page, chromium
from tests.e2e.terminal import Terminal
from tests.requires import require
from tests.small_counties import LOOPBACK, RING


@pytest.fixture(scope="session")
def browser() -> Iterator[Page]:
    """Start a browser once for all the tests of a process; what a test sets in it, it takes back."""
    with chromium() as page:
        yield page


@pytest.fixture
def desk(tmp_path: Path) -> Terminal:
    """Return a terminal in an empty folder."""
    return Terminal(tmp_path)


@pytest.fixture
def loop(desk: Terminal) -> Terminal:
    """Return a terminal whose `loop.yaml` is a network on the loopback: no lab is needed, but leave to ping."""
    try:
        open_icmp(socket.AF_INET).close()
    except PrivilegeError as error:
        require(False, str(error))  # noqa: FBT003 (the condition failed)
    (desk.folder / "loop.yaml").write_text(LOOPBACK, encoding="utf-8")
    return desk


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Play the ring in the kernel once for all tests of a process; `ring.yaml` is its inventory."""
    terminal = Terminal(tmp_path_factory.mktemp("ring"))
    (terminal.folder / "ring.yaml").write_text(RING, encoding="utf-8")
    with terminal.start("lab", "up", "-i", "ring.yaml") as running:
        running.until("Ctrl-C here ends it")
        require("simulated" not in running.said, running.said)
        yield terminal


@pytest.fixture
def ring(lab: Terminal) -> Iterator[Terminal]:
    """Lend the ring, and mend whatever a test has broken."""
    yield lab
    if lab.report("lab", "status")["faults"]:
        assert lab.type("lab", "heal", "--all").returncode == 0
