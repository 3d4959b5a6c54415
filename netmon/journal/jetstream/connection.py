"""A connection to NATS servers: how netmon is let in, and what they say in trouble as one line with a remedy."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nats.aio.client import Client, Srv
from nats.errors import NoRespondersError
from nats.js.errors import APIError, BadRequestError, NotFoundError, ServiceUnavailableError

from netmon.ending import end_all
from netmon.errors import ConfigError, StateError
from netmon.inventory.secrets import reveal
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.protocol import OvertakenError

PATIENCE = 5.0
"""Seconds that connecting may take: what is longer away counts as away."""
LIVELINESS = {"ping_interval": 1, "max_outstanding_pings": 2}
"""A server is asked each second whether it is there, and left after three: where packets are lost on the way, neither
end of a connection is told, and both would wait for minutes."""
FAREWELL = 1.0
"""Seconds that closing may take: after a refused certificate it would never end."""
WRONG_LAST_SEQUENCE = frozenset({10071, 10164})
"""The error codes of a stream, or of a key, that ends with another message than its writer knows."""

FORBIDDEN = "permissions violation"
"""What servers say of it to who may not publish or subscribe to something."""
UNDECIDED = frozenset({10005, 10008, 10009})
"""The error codes of a cluster whose servers are not all there yet, or have not agreed who leads."""


async def connected(
    address: JetStreamAddress, hear: Callable[[Exception], Awaitable[None]], *, again: float = 1.0
) -> Client:
    """Return a connection that tries for ever to stay one, `again` seconds from try to try; `hear` gets its troubles.

    Raises:
        ConfigError: the secret or the certificates are not where they should be.
        Error, OSError, TimeoutError: no server answers, or none lets netmon in (`trouble` makes words of it).
    """
    options = _options(address)
    # The first try tells at once what is wrong; the connection that stays tries for ever.
    tried = Client()
    try:
        once: dict[str, Any] = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0}
        await asyncio.wait_for(tried.connect(**options, **once, error_cb=hear), 2 * PATIENCE)
    finally:
        await closed(tried)
    client = _Lasting()
    stays: dict[str, Any] = {
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": again,
        "name": "netmon",
        **LIVELINESS,
    }
    await client.connect(**options, **stays, error_cb=hear)
    return client


class _Lasting(Client):
    """nats-py's client, which leaves open what fails while it is greeted: a descriptor lost with each try."""

    async def _connect_to_server(self, s: Srv) -> None:
        if self._transport:
            self._transport.close()  # type: ignore[no-untyped-call]  # nats-py says nothing of it
        await super()._connect_to_server(s)


async def closed(client: Client) -> None:
    """Close a connection, or leave it when that takes too long."""
    closing = asyncio.create_task(client.close())
    await asyncio.wait({closing}, timeout=FAREWELL)
    await end_all(closing)


def is_undecided(error: TimeoutError | APIError, said: Sequence[str]) -> bool:
    """Tell whether it may be another answer when the servers have agreed who leads: until then most give none.

    Nor is there one to what may not be asked, but of that they have `said` so.
    """
    is_forbidden = FORBIDDEN in " ".join(said).lower()
    return not is_forbidden and (not isinstance(error, APIError) or error.err_code in UNDECIDED)


def trouble(error: Exception, said: Sequence[str], address: JetStreamAddress) -> StateError:
    """Return what NATS said, in an error and before it, as one line with a remedy."""
    words = " ".join((*said, str(error))).lower()
    where = f"journal {address}"
    if isinstance(error, BadRequestError) and error.err_code in WRONG_LAST_SEQUENCE:
        return OvertakenError(f"another netmon writes {address}", "stop it, or name another journal: …/NAME")
    if FORBIDDEN in words:
        return StateError(f"{where}: {' '.join(said)}", "let netmon's user publish and subscribe to it")
    if "authorization" in words or "authentication" in words:
        return StateError(f"{where}: the server does not let netmon in", "check --journal.user and --journal.secret")
    if "certificate" in words:
        return StateError(f"{where}: {' '.join(said)}", "name the authority that signed the server's by --journal.ca")
    if isinstance(error, APIError) and error.err_code in UNDECIDED:
        return StateError(f"{where}: {error.description}", "are enough of its servers up, for as many replicas?")
    if isinstance(error, ServiceUnavailableError | NoRespondersError):
        return StateError(f"{where}: the server has no JetStream", "start it with `nats-server -js`")
    if isinstance(error, NotFoundError):
        return StateError(f"{where}: there is no such journal", "check the name behind the address")
    if isinstance(error, APIError):
        return StateError(f"{where}: {error.description}", "see the log of the NATS server")
    reason = " ".join(said) or str(error) or "no answer in time"
    return StateError(f"{where}: {reason}", "check that nats-server runs there, and the way to it")


def _options(address: JetStreamAddress) -> dict[str, Any]:
    options: dict[str, Any] = {"servers": list(address.servers), "connect_timeout": PATIENCE}
    if address.secret is not None:
        secret = reveal(address.secret)
        options.update({"user": address.user, "password": secret} if address.user else {"token": secret})
    if address.ca is not None:
        try:
            options["tls"] = ssl.create_default_context(cafile=str(address.ca))
        except OSError as error:
            raise ConfigError(f"{address.ca}: {error}", "name a file of certificates (PEM)") from error
    return options
