"""Read of a device only what tells where it hangs: its ports, its neighbours, and by what others know it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from netmon.clock import Clock
from netmon.model import Node, SnmpProbe
from netmon.probes.snmp.access import Secret, access_to
from netmon.probes.snmp.device import read_device
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.reading import DevicePoll, Reading, rows_of
from netmon.probes.snmp.transport import Transport
from netmon.probes.sockets import Sockets
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.tables import Part, Table

PARTS = frozenset({Part.INTERFACES, Part.NEIGHBOURS, Part.IDENTITIES, Part.ADDRESSES, Part.FORWARDING})
LONGEST = 30.0  # seconds for one device


def neighbour_tables(object_id: str | None) -> Sequence[Table]:
    """Return the tables that tell of neighbours."""
    return tuple(table for table in tables_of(object_id) if table.part in PARTS)


class Surveyor:
    """Reads devices by their addresses, with the same credentials for all that have none of their own.

    Args:
        sockets: where sockets come from.
        clock: dates what is read.
        secret: what messages carry to an address that is not in `secrets`; None: it is not asked.
        probe: port, timeout and retries.
        secrets: what messages carry to other addresses, with their own probe settings.
    """

    def __init__(
        self,
        sockets: Sockets,
        clock: Clock,
        secret: Secret | None,
        probe: SnmpProbe | None = None,
        secrets: Mapping[str, tuple[Secret, SnmpProbe]] | None = None,
    ) -> None:
        self._sockets = sockets
        self._clock = clock
        self._usual = None if secret is None else (secret, probe or SnmpProbe())
        self._secrets = {} if secrets is None else secrets
        self._transport = Transport(sockets)

    def close(self) -> None:
        """Close the sockets."""
        self._transport.close()

    async def read(self, address: str) -> DevicePoll:
        """Read one device; its node is called by its address. It never raises: failure is data."""
        at, started = self._clock.wall(), self._clock.monotonic()
        way = self._secrets.get(address, self._usual)
        if way is None:
            reading = Reading(failures=(Failure.CREDENTIALS,))
        else:
            secret, probe = way
            deadline = asyncio.get_running_loop().time() + LONGEST
            try:
                reader = access_to(address, probe, secret, self._sockets, self._transport).reader(deadline)
                reading = await read_device(reader, Habits(), started, neighbour_tables)
            except OSError:
                reading = Reading(failures=(Failure.SEND,))
        return DevicePoll(
            node=address,
            at=at,
            monotonic=started,
            duration=self._clock.monotonic() - started,
            ok=reading.system is not None,
            complete=not reading.failures,
            failure=reading.failures[0] if reading.failures else None,
            **rows_of(reading),
        )


def ways(
    nodes: Sequence[Node], secret_named: Callable[[str], Secret | None]
) -> Mapping[str, tuple[Secret, SnmpProbe]]:
    """Return how each node with SNMP in force is asked, by its address."""
    found = {}
    for node in nodes:
        if node.snmp is None or node.address is None or node.snmp.auth is None:
            continue
        secret = secret_named(node.snmp.auth)
        if secret is not None:
            found[node.address] = (secret, node.snmp)
    return found
