"""The process of a lab, forked from one that has loaded it: to load it takes longer than to make a small network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from netmon.lab import child, network
from tests.e2e.forked import Child, fork_server


@contextmanager
def forked_labs() -> Iterator[None]:
    """Let labs that are started in this process while the block lasts be forked."""
    own = SimpleNamespace(Popen=_fork, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "subprocess", own)
        yield


def _fork(_command: Sequence[str], *, pass_fds: Sequence[int], env: Mapping[str, str], **_: object) -> Child:
    return fork_server(__name__, pass_fds[0], env)


def serve(channel: socket.socket) -> None:
    """Be the process of a lab."""
    os.setsid()
    sys.argv = ["netmon.lab.child", str(channel.detach())]
    child.main()
