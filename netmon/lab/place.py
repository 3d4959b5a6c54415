"""Where a running lab's control socket is, and how one comes and goes there."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netmon.errors import CannotError, StateError

SOCKET_NAME = "lab.sock"
_LONGEST_PATH = 107  # bytes in sockaddr_un


def default_socket() -> Path:
    """Return `lab.sock` in the user's runtime folder, or in the state folder where there is none (XDG)."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "netmon" / SOCKET_NAME
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "netmon" / SOCKET_NAME


def check_free(path: Path) -> None:
    """Check that no lab is running at `path`.

    Raises:
        CannotError: one is.
        StateError: the path is too long for a socket.
    """
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise StateError(f"the path {path} is too long for a socket", "choose a shorter one with --socket")
    if _is_served(path):
        raise CannotError(f"a lab is already running at {path}", "end it with `netmon lab down`")


@contextmanager
def served_at(place: str | None) -> Iterator[socket.socket | None]:
    """Listen on a Unix socket that only its owner may use, and take its name away afterwards; None listens nowhere.

    What a lab that died left there is replaced.

    Raises:
        CannotError: a lab is running there already.
        StateError: the folder cannot be written.
    """
    if place is None:
        yield None
        return
    path = Path(place)
    check_free(path)
    with _listener(path) as listener:
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen()
    except OSError as error:
        listener.close()
        raise StateError(
            f"the lab's socket {path} cannot be made: {error.strerror}", "choose another place with --socket"
        ) from error
    return listener


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        try:
            knock.connect(str(path))
        except OSError:
            return False
    return True
