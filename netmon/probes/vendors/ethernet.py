"""What Ethernet ports add to IF-MIB: broken frames (EtherLike-MIB, RFC 3635) and power fed to others (RFC 3621)."""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.rows import InterfaceRow, PoeRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import count, integer

CHECKSUM_ERRORS = oid("1.3.6.1.2.1.10.7.2.1.3")  # dot3StatsFCSErrors, by ifIndex
POE_ADMIN = oid("1.3.6.1.2.1.105.1.1.1.3")
POE_DETECTION = oid("1.3.6.1.2.1.105.1.1.1.6")  # index: group, port

_POE_STATES = {
    1: "disabled",
    2: "searching",
    3: "deliveringPower",
    4: "fault",
    5: "test",
    6: "otherFault",
}
_POE_ON, _POE_FAULTS = 3, (4, 6)
_ENABLED = 1


def decode_checksum_errors(found: Found) -> tuple[InterfaceRow, ...]:
    """Decode frames with a bad checksum, the best sign of a bad fibre or patch cord."""
    return tuple(
        InterfaceRow(found.ports[index[0]], index[0], checksum_errors=count(found.at(CHECKSUM_ERRORS, index)))
        for index in found.indexes(CHECKSUM_ERRORS)
        if len(index) == 1 and index[0] in found.ports
    )


def decode_poe(found: Found) -> tuple[PoeRow, ...]:
    """Decode pethPsePortTable. Its ports have numbers of their own, group and port, which need not be an ifIndex."""
    rows = []
    for index in found.indexes(POE_DETECTION):
        status = integer(found.at(POE_DETECTION, index))
        if len(index) != 2 or status not in _POE_STATES:
            continue
        is_enabled = integer(found.at(POE_ADMIN, index)) in (None, _ENABLED)
        rows.append(
            PoeRow(
                port=f"{index[0]}/{index[1]}",
                status=_POE_STATES[status],
                is_feeding=status == _POE_ON,
                is_fault=is_enabled and status in _POE_FAULTS,
            )
        )
    return tuple(rows)


CHECKSUMS = Table(
    "ethernet.checksums", Part.INTERFACES, decode_checksum_errors, (CHECKSUM_ERRORS,), every=MINUTE, fills=True
)
POE = Table("ethernet.poe", Part.POE, decode_poe, (POE_ADMIN, POE_DETECTION), every=MINUTE)
