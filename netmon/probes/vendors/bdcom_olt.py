"""ONUs, modules and cards of a BDCOM OLT or switch.

A row of an ONU, EPON or GPON, is indexed by the ifIndex of the ONU's own interface, `EPON0/1:3`. Why an EPON one went
off is in a table by the ifIndex of the PON port and the ONU's MAC address.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.onus import (
    Suffixed,
    bias,
    cell,
    cells,
    celsius,
    distance_meters,
    online,
    received,
    received_by_steps,
    sent,
    serial,
)
from netmon.probes.vendors.optics import optic
from netmon.probes.vendors.rows import HealthRow, OnuCause, OnuRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, plausible_supply_volts, ratio_of_percent, scaled

_EPON = "1.3.6.1.4.1.3320.101.10."
MAC = oid(_EPON + "1.1.3")
STATUS = oid(_EPON + "1.1.26")
DISTANCE = oid(_EPON + "1.1.27")
TEMPERATURE: Suffixed = (oid(_EPON + "5.1.2"), ())
VOLTAGE: Suffixed = (oid(_EPON + "5.1.3"), ())
CURRENT: Suffixed = (oid(_EPON + "5.1.4"), ())
RECEIVES: Suffixed = (oid(_EPON + "5.1.5"), ())
SENDS: Suffixed = (oid(_EPON + "5.1.6"), ())
OLT_RECEIVES: Suffixed = (oid("1.3.6.1.4.1.3320.101.108.1.3"), ())
EPON_CELLS = (TEMPERATURE, VOLTAGE, CURRENT, RECEIVES, SENDS, OLT_RECEIVES)
REASON = oid("1.3.6.1.4.1.3320.101.11.1.1.11")

_GPON = "1.3.6.1.4.1.3320.10.3."
GPON_REASON = oid(_GPON + "1.1.35")
GPON_STATUS = oid(_GPON + "3.1.4")
GPON_RECEIVES: Suffixed = (oid(_GPON + "4.1.2"), ())

PORT_RECEIVES = oid("1.3.6.1.4.1.3320.9.183.1.1.5")
PORT_SENDS = oid("1.3.6.1.4.1.3320.9.183.1.1.8")

_SFP = "1.3.6.1.4.1.3320.9.63.1.7.1."
SFP_SENDS = oid(_SFP + "2")
SFP_RECEIVES = oid(_SFP + "3")
SFP_TEMPERATURE = oid(_SFP + "4")
SFP_VOLTAGE = oid(_SFP + "5")
SFP_CURRENT = oid(_SFP + "6")
SFP = (SFP_SENDS, SFP_RECEIVES, SFP_TEMPERATURE, SFP_VOLTAGE, SFP_CURRENT)

_CARD = "1.3.6.1.4.1.3320.3.6.10.1."
CARD_CPU = oid(_CARD + "11")
CARD_MEMORY = oid(_CARD + "12")
CARD_TEMPERATURE = oid(_CARD + "13")
CARDS = (CARD_CPU, CARD_MEMORY, CARD_TEMPERATURE)

_STATES = ("authenticated", "registered", "deregistered", "auto_config", "lost", "standby")
_ON, _OFF = frozenset({"authenticated", "registered", "auto_config"}), frozenset({"deregistered", "lost"})
_EPON_CAUSES = {
    6: OnuCause.AUTH,  # a MAC address that is not allowed
    7: OnuCause.ADMIN,
    8: OnuCause.FIBRE,  # wire down
    9: OnuCause.POWER,
}
_NORMAL = 2
_GPON_STATES = ("off-line", "inactive", "disable", "active")
_GPON_CAUSES = {
    1: OnuCause.POWER,  # dying gasp
    3: OnuCause.ADMIN,
    6: OnuCause.FIBRE,  # pon-los
    8: OnuCause.FIBRE,  # wire-down
}


def decode_epon(found: Found) -> tuple[OnuRow, ...]:
    """Decode the EPON ONUs of an OLT."""
    return tuple(_epon_rows(found).values())


def _epon_rows(found: Found) -> Mapping[Index, OnuRow]:
    reasons = {bytes(index[-6:]): found.at(REASON, index) for index in found.indexes(REASON) if len(index) == 7}
    return {index: _epon_row(found, index, reasons) for index in found.indexes(STATUS) if len(index) == 1}


def _epon_row(found: Found, index: Index, reasons: Mapping[bytes, Value]) -> OnuRow:
    state = _named(_STATES, found.at(STATUS, index))
    is_up = True if state in _ON else False if state in _OFF else None
    port, onu = _place(found, index)
    mac = found.at(MAC, index)

    def measured(column: Suffixed, factor: float) -> float | None:
        raw = cell(found, index, column) if is_up else None
        return scaled(raw, factor)

    return OnuRow(
        port=port,
        onu=onu,
        serial=serial(mac),
        online=is_up,
        state=state,
        last_down_cause=_epon_cause(reasons.get(mac)) if isinstance(mac, bytes) else None,
        distance_meters=distance_meters(found.at(DISTANCE, index)),
        receive_power_dbm=received(measured(RECEIVES, 0.1)),
        transmit_power_dbm=sent(measured(SENDS, 0.1)),
        olt_receive_power_dbm=received(measured(OLT_RECEIVES, 0.1)),
        temperature_celsius=celsius(measured(TEMPERATURE, 1 / 256)),
        bias_amperes=bias(measured(CURRENT, 2e-6)),
        supply_volts=plausible_supply_volts(measured(VOLTAGE, 1e-4)),
    )


def _epon_cause(value: Value) -> OnuCause | None:
    raw = integer(value)
    return None if not raw or raw == _NORMAL else _EPON_CAUSES.get(raw, OnuCause.UNKNOWN)


def decode_gpon(found: Found) -> tuple[OnuRow, ...]:
    """Decode the GPON ONUs of an OLT."""
    return tuple(_gpon_rows(found).values())


def _gpon_rows(found: Found) -> Mapping[Index, OnuRow]:
    return {index: _gpon_row(found, index) for index in found.indexes(GPON_STATUS) if len(index) == 1}


def _gpon_row(found: Found, index: Index) -> OnuRow:
    state = _named(_GPON_STATES, found.at(GPON_STATUS, index))
    is_up = None if state is None else state == "active"
    port, onu = _place(found, index)
    reason = integer(found.at(GPON_REASON, index))
    return OnuRow(
        port=port,
        onu=onu,
        online=is_up,
        state=state,
        last_down_cause=_GPON_CAUSES.get(reason, OnuCause.UNKNOWN) if reason else None,
        receive_power_dbm=received_by_steps(cell(found, index, GPON_RECEIVES)) if is_up else None,
    )


def _named(names: tuple[str, ...], value: Value) -> str | None:
    raw = integer(value)
    return names[raw] if raw is not None and 0 <= raw < len(names) else None


def _place(found: Found, index: Index) -> tuple[str, int]:
    """Return PON port and number of an ONU, out of its interface's name; without one, out of the index."""
    port, colon, onu = found.ports.get(index[0], "").rpartition(":")
    return (port, int(onu)) if colon and onu.isascii() and onu.isdigit() else ("pon", index[0])


def decode_ports(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of a switch, or of an OLT's uplinks; 0 and -65535 are none."""
    return optics.rows(
        optic(
            found.port(index[0]),
            receive=_tenths(found.at(PORT_RECEIVES, index)),
            transmit=_tenths(found.at(PORT_SENDS, index)),
        )
        for index in found.indexes(PORT_RECEIVES, PORT_SENDS)
        if len(index) == 1
    )


def _tenths(value: Value) -> float | None:
    return scaled(value, 0.1) or None


def decode_modules(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules as newer firmware tells of them, powers in hundredths of a dBm; -65535 is none."""

    def at(column: bytes, index: Index, factor: float) -> float | None:
        return scaled(found.at(column, index), factor) or None

    return optics.rows(
        optic(
            found.port(index[0]),
            receive=at(SFP_RECEIVES, index, 0.01),
            transmit=at(SFP_SENDS, index, 0.01),
            temperature=at(SFP_TEMPERATURE, index, 1 / 256),
            bias=at(SFP_CURRENT, index, 2e-6),
            supply=at(SFP_VOLTAGE, index, 1e-4),
        )
        for index in found.indexes(SFP_SENDS, SFP_RECEIVES)
        if len(index) == 1
    )


def decode_cards(found: Found) -> tuple[HealthRow, ...]:
    """Decode how busy, full and warm the cards are; a memory of 0 % and 0 °C are what is not measured."""
    measures = []
    for index in found.indexes(*CARDS):
        name = health.place("card", index)
        full = ratio_of_percent(found.at(CARD_MEMORY, index)) or None
        celsius = scaled(found.at(CARD_TEMPERATURE, index), 1.0) or None
        measures += [
            health.measure(Quantity.CPU, name, ratio_of_percent(found.at(CARD_CPU, index))),
            health.measure(Quantity.MEMORY, name, full),
            health.measure(Quantity.TEMPERATURE, name, celsius),
        ]
    return health.rows(measures)


EPON = Table(
    "bdcom.epon",
    Part.ONUS,
    decode_epon,
    (MAC, STATUS, DISTANCE, REASON),
    every=MINUTE,
    cells=lambda found: cells(online(_epon_rows(found)), EPON_CELLS),
)
GPON = Table(
    "bdcom.gpon",
    Part.ONUS,
    decode_gpon,
    (GPON_REASON, GPON_STATUS),
    every=MINUTE,
    cells=lambda found: cells(online(_gpon_rows(found)), (GPON_RECEIVES,)),
)
PORTS = Table("bdcom.ports", Part.OPTICS, decode_ports, (PORT_RECEIVES, PORT_SENDS), every=MINUTE)
MODULES = Table("bdcom.modules", Part.OPTICS, decode_modules, SFP, every=MINUTE)
CARD_TABLE = Table("bdcom.cards", Part.HEALTH, decode_cards, CARDS, every=MINUTE)
TABLES = (EPON, GPON, MODULES, PORTS, CARD_TABLE)
