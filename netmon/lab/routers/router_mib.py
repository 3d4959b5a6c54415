"""What a router of the lab says of itself over SNMP: the objects of a RouterOS device, from a view of it.

Sources: SNMPv2-MIB, IF-MIB (RFC 2863), LLDP-MIB (IEEE 802.1AB), HOST-RESOURCES-MIB, MIKROTIK-MIB. Rows follow the
network: ports, neighbours and light are as the view has them; uptime and counters are read at the moment asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from netmon.lab.routers.agent import Arcs, Content, Mib
from netmon.lab.wires.light import NO_LIGHT_DBM, Module
from netmon.lab.wires.wiring import LOOPBACK_INDEX, Address, Port
from netmon.probes.snmp import ber

_TICKS = 100  # TimeTicks per second


@dataclass(frozen=True, slots=True)
class Optic:
    """A module in a port and the light that reaches it, in dBm."""

    module: Module
    received_dbm: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A neighbour heard by LLDP on a port since a moment."""

    port: Port
    chassis: bytes
    address: Address
    since: float


@dataclass(frozen=True, slots=True)
class PortView:
    """One port as its router sees it. Counters are functions of time: octets in, octets out, damaged packets in."""

    port: Port
    alias: str
    is_up: bool
    changed: float
    speed_mbps: int
    octets_in: Callable[[float], float]
    octets_out: Callable[[float], float]
    damaged_in: Callable[[float], float]
    optic: Optic | None
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class RouterView:
    """One router. `booted` and all other moments are the lab's monotonic seconds; it may lie before zero.

    `clients` counts those of its radio at a moment; None where it has no radio.
    """

    name: str
    location: str
    model: str
    booted: float
    ports: tuple[PortView, ...]
    clients: Callable[[float], float] | None = None

    @property
    def chassis(self) -> bytes:
        """Return the MAC address that stands for the router."""
        return self.ports[0].port.mac if self.ports else b"\x02\x6e\0\0\0\0"


def router_mib(view: RouterView) -> Mib:
    """Return the objects of a router."""
    objects: dict[Arcs, Content] = {}
    for rows in (
        _system(view),
        _interfaces(view),
        _local_lldp(view),
        _remote_lldp(view),
        _optics(view),
        _radio(view),
    ):
        objects.update(rows)
    return Mib(objects)


Rows = Iterator[tuple[Arcs, Content]]


def _oid(dotted: str) -> Arcs:
    return ber.arcs(ber.oid(dotted))


_SYSTEM = _oid("1.3.6.1.2.1.1")
_HOST_UPTIME = _oid("1.3.6.1.2.1.25.1.1.0")
_HEALTH = _oid("1.3.6.1.4.1.14988.1.1.3")
_IF_NUMBER = _oid("1.3.6.1.2.1.2.1.0")
_IF = _oid("1.3.6.1.2.1.2.2.1")
_IFX = _oid("1.3.6.1.2.1.31.1.1.1")
_STATS = _oid("1.3.6.1.4.1.14988.1.1.14.1.1")
_LLDP_LAST_CHANGE = _oid("1.0.8802.1.1.2.1.2.1.0")
_LLDP_LOCAL = _oid("1.0.8802.1.1.2.1.3")
_LLDP_REMOTE = _oid("1.0.8802.1.1.2.1.4.1.1")
_LLDP_ADDRESS = _oid("1.0.8802.1.1.2.1.4.2.1")
_OPTICAL = _oid("1.3.6.1.4.1.14988.1.1.19.1.1")
_ACCESS_POINT = _oid("1.3.6.1.4.1.14988.1.1.1.3.1")

_ROUTEROS = ber.tlv(ber.OBJECT_IDENTIFIER, ber.oid("1.3.6.1.4.1.14988.1"))
_NO_OBJECT = ber.tlv(ber.OBJECT_IDENTIFIER, ber.oid("0.0"))
_ETHERNET, _WIRELESS, _UP, _DOWN, _TRUE = 6, 71, 1, 2, 1
_RADIO_NAME = "wlan1"
_NOISE_DBM = -105
_BY_MAC, _BY_INTERFACE_NAME = 4, 5  # LldpChassisIdSubtype, LldpPortIdSubtype
_ROUTER_BIT = b"\x08\x00"  # lldpRemSysCap: bit 4 of BITS, router
_FAMILY = {4: 1, 6: 2}  # AddressFamilyNumbers


def _integer(value: int) -> bytes:
    return ber.encode_integer(value)


def _text(value: str) -> bytes:
    return ber.tlv(ber.OCTET_STRING, value.encode())


def _octets(value: bytes) -> bytes:
    return ber.tlv(ber.OCTET_STRING, value)


def unsigned(tag: int, value: int) -> bytes:
    """Encode a Counter32, Gauge32, TimeTicks or Counter64; what is too large wraps as counters do."""
    value %= 1 << (64 if tag == ber.COUNTER64 else 32)
    return ber.tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _counter(tag: int, read: Callable[[float], float]) -> Content:
    return lambda at: unsigned(tag, int(read(at)))


def _uptime(view: RouterView) -> Content:
    return lambda at: _ticks(view, at)


def _ticks(view: RouterView, moment: float) -> bytes:
    """Return a moment as the router's sysUpTime; 0 for what was before it booted."""
    return unsigned(ber.TIME_TICKS, max(0, int((moment - view.booted) * _TICKS)))


def _system(view: RouterView) -> Rows:
    yield (*_SYSTEM, 1, 0), _text(f"RouterOS {view.model}")
    yield (*_SYSTEM, 2, 0), _ROUTEROS
    yield (*_SYSTEM, 3, 0), _uptime(view)
    yield (*_SYSTEM, 4, 0), _text("netmon lab")
    yield (*_SYSTEM, 5, 0), _text(view.name)
    yield (*_SYSTEM, 6, 0), _text(view.location)
    yield (*_SYSTEM, 7, 0), _integer(78)
    yield _HOST_UPTIME, _uptime(view)
    yield (*_HEALTH, 8, 0), _integer(240)  # mtxrHlVoltage: 24.0 V
    yield (*_HEALTH, 10, 0), _integer(410)  # mtxrHlTemperature: 41.0 °C
    yield _IF_NUMBER, _integer(len(view.ports) + (view.clients is not None))


def _interfaces(view: RouterView) -> Rows:
    for seen in view.ports:
        index = seen.port.index
        row: dict[Arcs, Content] = {
            (*_IF, 1): _integer(index),
            (*_IF, 2): _text(seen.port.name),
            (*_IF, 3): _integer(_ETHERNET),
            (*_IF, 4): _integer(1500),
            (*_IF, 5): unsigned(ber.GAUGE32, min(seen.speed_mbps * 1_000_000, 2**32 - 1)),
            (*_IF, 6): _octets(seen.port.mac),
            (*_IF, 7): _integer(_UP),
            (*_IF, 8): _integer(_UP if seen.is_up else _DOWN),
            (*_IF, 9): _ticks(view, seen.changed),
            (*_IF, 10): _counter(ber.COUNTER32, seen.octets_in),
            (*_IF, 13): unsigned(ber.COUNTER32, 0),
            (*_IF, 14): _counter(ber.COUNTER32, seen.damaged_in),
            (*_IF, 16): _counter(ber.COUNTER32, seen.octets_out),
            (*_IF, 19): unsigned(ber.COUNTER32, 0),
            (*_IF, 20): unsigned(ber.COUNTER32, 0),
            (*_IFX, 1): _text(seen.port.name),
            (*_IFX, 6): _counter(ber.COUNTER64, seen.octets_in),
            (*_IFX, 10): _counter(ber.COUNTER64, seen.octets_out),
            (*_IFX, 15): unsigned(ber.GAUGE32, seen.speed_mbps),
            (*_IFX, 17): _integer(_TRUE),
            (*_IFX, 18): _text(seen.alias),
            (*_IFX, 19): unsigned(ber.TIME_TICKS, 0),
            (*_STATS, 2): _text(seen.port.name),
            (*_STATS, 45): _counter(ber.COUNTER64, seen.damaged_in),  # mtxrInterfaceStatsRxFCSError
        }
        yield from (((*column, index), content) for column, content in row.items())


def _local_lldp(view: RouterView) -> Rows:
    yield (*_LLDP_LOCAL, 1, 0), _integer(_BY_MAC)
    yield (*_LLDP_LOCAL, 2, 0), _octets(view.chassis)
    yield (*_LLDP_LOCAL, 3, 0), _text(view.name)
    yield (*_LLDP_LOCAL, 4, 0), _text(f"RouterOS {view.model}")
    for seen in view.ports:
        port = seen.port
        yield (*_LLDP_LOCAL, 7, 1, 2, port.index), _integer(_BY_INTERFACE_NAME)
        yield (*_LLDP_LOCAL, 7, 1, 3, port.index), _text(port.name)
        yield (*_LLDP_LOCAL, 7, 1, 4, port.index), _text(seen.alias)


def _remote_lldp(view: RouterView) -> Rows:
    latest = max((seen.changed for seen in view.ports), default=view.booted)
    yield _LLDP_LAST_CHANGE, _ticks(view, latest)
    for seen in view.ports:
        for number, heard in enumerate(seen.heard, 1):
            mark = max(1, int((heard.since - view.booted) * _TICKS)) % 2**32
            index = (mark, seen.port.index, number)
            row: dict[int, bytes] = {
                4: _integer(_BY_MAC),
                5: _octets(heard.chassis),
                6: _integer(_BY_INTERFACE_NAME),
                7: _text(heard.port.name),
                8: _text(heard.port.name),
                9: _text(heard.port.node),
                10: _text("RouterOS"),
                11: _octets(_ROUTER_BIT),
                12: _octets(_ROUTER_BIT),
            }
            yield from (((*_LLDP_REMOTE, column, *index), content) for column, content in row.items())
            packed = heard.address.packed
            where = (*index, _FAMILY[heard.address.version], len(packed), *packed)
            yield (*_LLDP_ADDRESS, 3, *where), _integer(2)  # numbered by ifIndex
            yield (*_LLDP_ADDRESS, 4, *where), _integer(heard.port.index)
            yield (*_LLDP_ADDRESS, 5, *where), _NO_OBJECT


def _optics(view: RouterView) -> Rows:
    for seen in view.ports:
        if seen.optic is None:
            continue
        module, received = seen.optic.module, seen.optic.received_dbm
        row: dict[int, bytes] = {
            2: _text(seen.port.name),
            3: _integer(int(received <= NO_LIGHT_DBM)),
            4: _integer(0),
            5: unsigned(ber.GAUGE32, round(module.wavelength_nm * 100)),
            6: unsigned(ber.GAUGE32, 38),
            7: unsigned(ber.GAUGE32, 3_290),
            8: unsigned(ber.GAUGE32, 21),
            9: _integer(round(module.transmit_dbm * 1000)),
            10: _integer(round(received * 1000)),
            11: _text("LAB"),
            12: _text(f"L{seen.port.mac.hex()}"),
        }
        yield from (((*_OPTICAL, column, seen.port.index), content) for column, content in row.items())


def _radio(view: RouterView) -> Rows:
    """Yield the radio, whose interface is behind those of the ports; its clients come in a Counter32, as they do."""
    if view.clients is None:
        return
    index = max((seen.port.index for seen in view.ports), default=LOOPBACK_INDEX) + 1
    row: dict[Arcs, Content] = {
        (*_IF, 1): _integer(index),
        (*_IF, 2): _text(_RADIO_NAME),
        (*_IF, 3): _integer(_WIRELESS),
        (*_IF, 7): _integer(_UP),
        (*_IF, 8): _integer(_UP),
        (*_IFX, 1): _text(_RADIO_NAME),
        (*_ACCESS_POINT, 4): _text(f"{view.location} gratis"),
        (*_ACCESS_POINT, 6): _counter(ber.COUNTER32, view.clients),
        (*_ACCESS_POINT, 9): _integer(_NOISE_DBM),
    }
    yield from (((*column, index), content) for column, content in row.items())
