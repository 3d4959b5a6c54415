"""From the credentials of an inventory to a way to ask one agent, whatever its version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gufo.snmp import User

from netmon.model import SecretRef, SnmpAuth, SnmpProbe
from netmon.probes.snmp.inquiry import Reader
from netmon.probes.snmp.pdu import V1, V2C, Request
from netmon.probes.snmp.reader import CommunityReader, SecureReader
from netmon.probes.snmp.secure import SecureSession
from netmon.probes.snmp.secure_channel import SecureAgent
from netmon.probes.snmp.transport import Agent, Source, Transport, canonical
from netmon.probes.snmp.users import Reveal, user_of
from netmon.probes.snmp.walk import Answer
from netmon.probes.sockets import Sockets

VERSIONS = {"1": V1, "2c": V2C}
SECURE = "3"


@dataclass(frozen=True, slots=True)
class Secret:
    """What messages carry: a version and a community, or a user of version 3 with keys. Shared by many agents."""

    version: str
    community: bytes = field(default=b"", repr=False)
    user: User | None = field(default=None, repr=False)


def secret_of(auth: SnmpAuth, reveal: Reveal) -> Secret:
    """Return what messages with these credentials carry. Takes milliseconds for version 3.

    Raises:
        ConfigError: a secret is not there or cannot be one.
    """
    if auth.version == SECURE:
        return Secret(SECURE, user=user_of(auth, reveal))
    return Secret(auth.version, reveal(auth.community or SecretRef()).encode())


@dataclass(frozen=True, slots=True)
class Access:
    """A way to ask one agent. Deadlines are on the loop's clock, in seconds.

    Version 3 keeps a session for as long as this lives; it serves one poll at a time.
    """

    source: Source
    ask: Callable[[Request, float], Awaitable[Answer]]
    reader: Callable[[float], Reader]
    bulk: bool


def access_to(address: str, probe: SnmpProbe, secret: Secret, sockets: Sockets, transport: Transport) -> Access:
    """Return the way to an agent at the port of `probe`.

    Raises:
        OSError: `address` is not an IP address.
    """
    host, port = sockets.endpoint("udp", address, probe.port)
    source = (canonical(host), port)
    if secret.user is not None:
        agent = SecureAgent(source, secret.user, probe.timeout, probe.retries)
        session = SecureSession(sockets, agent, transport.counts)
        return Access(source, session.ask, lambda deadline: SecureReader(session, deadline), bulk=True)
    version = VERSIONS[secret.version]
    asked = Agent(source, version, secret.community, probe.timeout, probe.retries)
    return Access(
        source,
        lambda request, deadline: transport.ask(asked, request, deadline),
        lambda deadline: CommunityReader(transport, asked, deadline),
        bulk=version != V1,
    )
