"""How the lab's process is spoken to: requests and answers as JSON, sockets as SCM_RIGHTS, over a Unix stream socket.

A frame is a length (four bytes, network order) and that many bytes of JSON. A request is `{"op": OP, …}`, and each
gets one answer, in order:

| op       | more keys                              | answer                                              |
|----------|----------------------------------------|-----------------------------------------------------|
| `start`  | `inventory` (see `pack`), `mode`,      | the lab's `About`; only the parent, once, first     |
|          | `convergence`, `reason`,               |                                                     |
|          | `control` (path or null)               |                                                     |
| `about`  |                                        | the lab's `About`                                   |
| `socket` | `kind` (icmp, udp, tcp, traps),        | `{"fds": 1}`; one descriptor comes with the frame   |
|          | `family`, `at` (node, or the vantage)  |                                                     |
| `apply`  | `faults`                               | `{}` once they are in force                         |
| `status` |                                        | `faults`, `truth`                                   |
| `down`   |                                        | `{}`, then the lab ends                             |

An answer `{"error": CLASS, "message": …, "hint": …}` stands for an exception of `netmon.errors`. When the parent's
connection closes, the lab ends.
"""

from __future__ import annotations

import base64
import json
import pickle
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Literal

from netmon import errors
from netmon.errors import AwayError, CannotError, NetmonError
from netmon.lab.story.faults import LabFault
from netmon.lab.story.state import Truth
from netmon.model import Inventory

Mode = Literal["root-namespaces", "user-namespaces", "simulated"]

_LENGTH = struct.Struct("!I")
_LARGEST_FRAME = 64 << 20
_MOST_DESCRIPTORS = 4


@dataclass(frozen=True, slots=True)
class About:
    """What a running lab says of itself.

    `reason` says in words why this mode was chosen and how to get a better one; `seconds` is how long building
    took; `names` are the lab's host names; `loopback` and `ports` tell where the simulated network really is:
    inventory address to loopback address, and `icmp:0`, `udp:161`, `tcp:80` to a port there. Both are empty where
    addresses are real.
    """

    mode: Mode
    reason: str
    nodes: int
    links: int
    seconds: float
    notes: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loopback: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """The faults in force and what is therefore true."""

    faults: tuple[LabFault, ...]
    truth: Truth


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter  # noqa: PLC0415 (costs 100 ms that starting a lab need not pay)

    return TypeAdapter(kind)


def to_json(value: Any) -> Any:
    """Return a value of this room as plain JSON data; `from_json` reads it."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_json(one) for key, one in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [to_json(one) for one in value]
    return value  # an enum of ours is a text or a number


def from_json(kind: Any, data: Any) -> Any:
    """Return JSON data as a value of type `kind`.

    Raises:
        ValueError: it is not one.
    """
    return _adapter(kind).validate_python(data)


def pack(inventory: Inventory) -> str:
    """Return an inventory for the child of this process: it reads that in a tenth of the time JSON takes.

    What it reads was made by its own parent, of the same code; whoever joins a lab later is spoken to in JSON alone.
    """
    return base64.b64encode(pickle.dumps(inventory)).decode("ascii")


def unpack(packed: str) -> Inventory:
    """Return the inventory that the parent packed."""
    inventory: Inventory = pickle.loads(base64.b64decode(packed))  # noqa: S301 (the parent's own, see `pack`)
    return inventory


class FrameReader:
    """Cuts a byte stream into frames."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        self._data += data

    def next_frame(self) -> dict[str, Any] | None:
        """Return the next whole frame, or None when more must be read.

        Raises:
            ValueError: the stream is not the lab's protocol.
        """
        if len(self._data) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._data)
        if length > _LARGEST_FRAME:
            raise ValueError("frame too large")
        end = _LENGTH.size + length
        if len(self._data) < end:
            return None
        frame = json.loads(self._data[_LENGTH.size : end])
        del self._data[:end]
        if not isinstance(frame, dict):
            raise ValueError("frame is not an object")  # noqa: TRY004 (one kind of error for a bad stream)
        return frame


def write_frame(target: socket.socket, frame: Mapping[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one frame, with descriptors on its first byte."""
    body = json.dumps(frame, ensure_ascii=False).encode()
    data = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(target, [data], descriptors)
    if sent < len(data):  # sending nothing is an error as well, once the other side has gone with its answer
        target.sendall(data[sent:])


def error_frame(error: NetmonError) -> dict[str, Any]:
    """Return an expected failure as the answer that carries it."""
    return {"error": type(error).__name__, "message": error.message, "hint": error.hint}


class Channel:
    """The asking end: one request at a time, from any thread."""

    def __init__(self, connection: socket.socket, timeout: float = 30.0) -> None:
        self._socket = connection
        self._socket.settimeout(timeout)
        self._reader = FrameReader()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connection; for the parent's, that ends the lab."""
        self._socket.close()

    def ask(self, op: str, **more: Any) -> dict[str, Any]:
        """Send a request and return its answer.

        Raises:
            NetmonError: what the lab answered, as the class it names.
            AwayError: the lab has ended or does not answer.
        """
        return self._ask(op, more)[0]

    def ask_socket(self, kind: str, family: socket.AddressFamily, at: str = "") -> socket.socket:
        """Ask for a probe socket opened at a node; empty: at the vantage."""
        _, received = self._ask("socket", {"kind": kind, "family": int(family), "at": at})
        return socket.socket(fileno=received[0])

    def _ask(self, op: str, more: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        received: list[int] = []
        with self._lock:
            try:
                write_frame(self._socket, {"op": op, **more})
                while (answer := self._reader.next_frame()) is None:
                    data, descriptors, _, _ = socket.recv_fds(self._socket, 1 << 16, _MOST_DESCRIPTORS)
                    received += descriptors
                    if not data:
                        raise AwayError("the lab has ended", "start it again")
                    self._reader.feed(data)
            except (OSError, ValueError) as error:
                self._socket.close()  # a late answer must not be taken for that to the next question
                raise AwayError(f"the lab does not answer ({error})", "start it again") from error
        if "error" in answer:
            kind = getattr(errors, answer["error"], CannotError)
            raise kind(answer["message"], answer["hint"])
        return answer, received
