"""What a notification means: its kind, the port it is about, and what else it says, in words. Pure.

Sources: SNMPv2-MIB (RFC 3418), IF-MIB (RFC 2863), LLDP-MIB and LLDP-V2-MIB (IEEE 802.1AB), OSPF-TRAP-MIB (RFC 4750),
BGP4-MIB (RFC 4273), UPS-MIB (RFC 1628), PowerNet-MIB (APC), HUAWEI-XPON-MIB and Huawei's newer tree of the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netmon.model import TrapKind
from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import Index, Value, Varbind
from netmon.probes.traps.message import Notification
from netmon.probes.vendors.rows import InterfaceRow
from netmon.probes.vendors.values import text


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was said, before the port has the name by which everything else knows it.

    `names` are what the message calls the port, best first; `index` is its ifIndex; `onu` the subscriber on it.
    """

    kind: TrapKind
    names: tuple[str, ...] = ()
    index: int | None = None
    onu: int | None = None
    detail: str = ""


def _key(trap: Index) -> Index:
    """Return an identifier without the zero before its last number.

    RFC 3584 inserts it when a version 1 trap is translated: upsTrapOnBattery is 33.2.1 in its MIB and 33.2.0.1 then.
    """
    return (*trap[:-2], trap[-1]) if len(trap) > 2 and trap[-2] == 0 else trap


def _keys(**kinds: str) -> dict[Index, TrapKind]:
    table = {}
    for name, oids in kinds.items():
        for oid in oids.split():
            table[_key(ber.arcs(ber.oid(oid)))] = TrapKind[name]
    return table


_HUAWEI = "1.3.6.1.4.1.2011.6.128.1.1.12.2"
_HUAWEI_NEW = "1.3.6.1.4.1.2011.5.100.1.1.31.2"
_OLT = _keys(
    LIGHT_LOST=f"{_HUAWEI}.1.0.1 {_HUAWEI_NEW}.1.0.1",
    LIGHT_BACK=f"{_HUAWEI}.1.0.2",
    ONUS_OFFLINE=f"{_HUAWEI}.1.0.121",
    ONUS_BACK=f"{_HUAWEI}.1.0.122",
)
_ONU = _keys(
    LIGHT_LOST=f"{_HUAWEI}.2.0.12 {_HUAWEI_NEW}.2.0.12",
    LIGHT_BACK=f"{_HUAWEI}.2.0.13",
    DYING_GASP=f"{_HUAWEI}.2.0.18",
    DYING_GASP_OVER=f"{_HUAWEI}.2.0.19",
)
_KINDS = (
    _keys(
        COLD_START="1.3.6.1.6.3.1.1.5.1",
        WARM_START="1.3.6.1.6.3.1.1.5.2",
        LINK_DOWN="1.3.6.1.6.3.1.1.5.3",
        LINK_UP="1.3.6.1.6.3.1.1.5.4",
        AUTHENTICATION_FAILURE="1.3.6.1.6.3.1.1.5.5",
        NEIGHBOURS_CHANGED="1.0.8802.1.1.2.0.0.1 1.3.111.2.802.1.1.13.0.0.1",
        ROUTING_CHANGED="1.3.6.1.2.1.14.16.2.2 1.3.6.1.2.1.15.0.1 1.3.6.1.2.1.15.0.2 1.3.6.1.2.1.15.7.1"
        " 1.3.6.1.2.1.15.7.2",
        ON_BATTERY="1.3.6.1.2.1.33.2.1 1.3.6.1.4.1.318.0.5",
        LINE_RESTORED="1.3.6.1.4.1.318.0.9",
    )
    | _OLT
    | _ONU
)
_ALARM_ADDED = _key(ber.arcs(ber.oid("1.3.6.1.2.1.33.2.3")))
_ALARM_REMOVED = _key(ber.arcs(ber.oid("1.3.6.1.2.1.33.2.4")))
_ALARM_DESCRIPTION = ber.oid("1.3.6.1.2.1.33.1.6.2.1.2")
_POWER_ALARMS = {
    ber.oid(f"1.3.6.1.2.1.33.1.6.3.{alarm}") for alarm in (2, 3, 6)
}  # on battery, battery low, input bad

_IF_ENTRY = ber.oid("1.3.6.1.2.1.2.2.1")
_IFX_ENTRY = ber.oid("1.3.6.1.2.1.31.1.1.1")
_IF_INDEX, _IF_DESCR, _IF_ADMIN = 1, 2, 7
_IF_NAME = 1
_SWITCHED_OFF = 2
_MINUTES_LEFT = ber.oid("1.3.6.1.2.1.33.1.2.3.0")  # upsEstimatedMinutesRemaining
_OSPF_NEIGHBOUR = ber.oid("1.3.6.1.2.1.14.10.1.1")
_OSPF_STATE = ber.oid("1.3.6.1.2.1.14.10.1.6")
_OSPF_STATES = ("down", "attempt", "init", "two-way", "exchange start", "exchange", "loading", "full")


def understand(said: Notification) -> Meaning:
    """Return what a notification means; what is in none of the MIBs above is `OTHER`, with its identifier."""
    trap = _key(ber.arcs(said.trap))
    kind = _KINDS.get(trap) or _of_alarm(trap, said.varbinds)
    if kind is None:
        return _port(TrapKind.OTHER, said.varbinds, ber.oid_text(said.trap))
    if trap in _OLT or trap in _ONU:
        return _on_pon(kind, said.varbinds, has_onu=trap in _ONU)
    return _port(kind, said.varbinds, _detail(said.varbinds))


def name_port(meaning: Meaning, ports: Sequence[InterfaceRow]) -> str | None:
    """Return the name of the port a trap is about, as polls name it; `ports` may be empty when none succeeded yet.

    A name beats the index: indices move when a router boots, and the rows may be older than that.
    """
    known = {row.name for row in ports}
    for name in meaning.names:
        if name in known:
            return name
    for row in ports:
        if meaning.index is not None and row.index == meaning.index:
            return row.name
    return meaning.names[0] if meaning.names else None


def _of_alarm(trap: Index, varbinds: Sequence[Varbind]) -> TrapKind | None:
    """Return the kind of a UPS alarm that came or went, when it is about power."""
    if trap not in (_ALARM_ADDED, _ALARM_REMOVED):
        return None
    about = {
        bytes(value)
        for oid, _, value in varbinds
        if oid.startswith(_ALARM_DESCRIPTION) and isinstance(value, ber.Oid)
    }
    if about.isdisjoint(_POWER_ALARMS):
        return None
    return TrapKind.ON_BATTERY if trap == _ALARM_ADDED else TrapKind.LINE_RESTORED


def _port(kind: TrapKind, varbinds: Sequence[Varbind], detail: str) -> Meaning:
    """Find the interface: by ifIndex, or by the index behind any column of ifTable or ifXTable."""
    name = description = None
    index = None
    for oid, _, value in varbinds:
        for entry in (_IF_ENTRY, _IFX_ENTRY):
            if not oid.startswith(entry):
                continue
            column, *rest = ber.arcs(oid[len(entry) :]) or (0,)
            if rest and index is None:
                index = rest[0]
            if entry == _IF_ENTRY and column == _IF_INDEX and isinstance(value, int):
                index = value & 0xFFFFFFFF  # Huawei's OLTs send indices over 2^31 as negative INTEGERs
            elif entry == _IF_ENTRY and column == _IF_DESCR:
                description = text(value)
            elif entry == _IFX_ENTRY and column == _IF_NAME:
                name = text(value)
    names = tuple(one for one in (name, description) if one)
    return Meaning(kind, names, index, detail=detail)


def _on_pon(kind: TrapKind, varbinds: Sequence[Varbind], *, has_onu: bool) -> Meaning:
    """Name a PON port by its place: the first three bindings are frame, slot and port, the fourth the ONU."""
    numbers: list[int] = []
    for _, _, value in varbinds[:4]:
        if not isinstance(value, int):
            break
        numbers.append(value)
    if len(numbers) < 3 or not all(0 <= number < 1 << 16 for number in numbers[:3]):
        return Meaning(kind)
    port = "GPON " + "/".join(map(str, numbers[:3]))
    if not has_onu or len(numbers) < 4:
        return Meaning(kind, (port,))
    return Meaning(kind, (port,), onu=numbers[3], detail=f"ONU {numbers[3]}")


def _detail(varbinds: Sequence[Varbind]) -> str:
    """Say what else a standard notification tells."""
    values = {oid: value for oid, _, value in varbinds}
    for oid, value in values.items():
        if (
            oid.startswith(_IF_ENTRY)
            and ber.arcs(oid[len(_IF_ENTRY) :])[:1] == (_IF_ADMIN,)
            and value == _SWITCHED_OFF
        ):
            return "switched off"
    minutes = values.get(_MINUTES_LEFT)
    if isinstance(minutes, int) and minutes > 0:
        return f"about {minutes} min left"
    return _ospf(values)


def _ospf(values: dict[bytes, Value]) -> str:
    address = state = ""
    for oid, value in values.items():
        if oid.startswith(_OSPF_NEIGHBOUR) and isinstance(value, ber.IpAddress) and len(value) == 4:
            address = ".".join(map(str, value))
        elif oid.startswith(_OSPF_STATE) and isinstance(value, int) and 1 <= value <= len(_OSPF_STATES):
            state = _OSPF_STATES[value - 1]
    return f"neighbour {address} {state}".strip() if state else ""
