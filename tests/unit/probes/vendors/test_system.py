"""The system group and the choice among three clocks."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Oid, Value, oid, tlv, varbinds
from netmon.probes.vendors import system
from netmon.probes.vendors.rows import SystemRow
from netmon.probes.vendors.system import WRAP_SECONDS, best_uptime, decode_system, vendor
from tests.rows import every_row

DAY = 86400.0


def test_a_router_decodes() -> None:
    row = decode_system(
        {
            system.DESCRIPTION: b"RouterOS CCR2004-1G-12S+2XS",
            system.OBJECT_ID: Oid(oid("1.3.6.1.4.1.14988.1")),
            system.UPTIME: 360000,
            system.CONTACT: b"noc@tuban.test",
            system.NAME: b"rtr-socorejo",
            system.LOCATION: b"Socorejo",
            system.INTERFACE_COUNT: 14,
            system.HOST_UPTIME: 360100,
        }
    )
    assert (row.vendor, row.object_id, row.name) == ("MikroTik", "1.3.6.1.4.1.14988.1", "rtr-socorejo")
    assert (row.uptime_seconds, row.agent_seconds, row.host_seconds) == (3601.0, 3600.0, 3601.0)
    assert row.interface_count == 14


def test_an_agent_without_anything_decodes_to_nothing() -> None:
    assert decode_system({}) == SystemRow()


@every_row(
    "values",
    [
        {system.UPTIME: -1},
        {system.UPTIME: 2**32},
        {system.UPTIME: b"an hour"},
        {system.OBJECT_ID: b"1.3.6.1"},  # a string where an identifier belongs
        {system.OBJECT_ID: Oid(b"\xff\xff")},
        {system.INTERFACE_COUNT: 2**31 - 1},
        {system.INTERFACE_COUNT: -1},
    ],
)
def test_nonsense_is_no_sample(values: dict[bytes, Value]) -> None:
    assert decode_system(values) == SystemRow()


@every_row(
    ("object_id", "name"),
    [
        ("1.3.6.1.4.1.2011.2.239.1", "Huawei"),
        ("1.3.6.1.4.1.9.1.1208", "Cisco"),
        ("1.3.6.1.4.1.99999.1", None),
        ("1.3.6.1.4.1", None),
        ("1.3.6.1.2.1", None),
        ("0.0", None),
        (None, None),
    ],
)
def test_vendor(object_id: str | None, name: str | None) -> None:
    assert vendor(object_id) == name


@pytest.mark.quirk(
    "all",
    "snmpEngineTime counts only where sysUpTime agrees after whole wraps; hrSystemUptime may wrap alone",
)
@every_row(
    ("agent", "host", "engine", "best"),
    [
        (100.0, None, None, 100.0),
        (100.0, 5000.0, 100.0, 5000.0),  # the agent was restarted alone
        (100.0, None, 100.0 + WRAP_SECONDS, 100.0 + WRAP_SECONDS),  # sysUpTime has wrapped once
        (100.0, 90.0, 101.0 + 2 * WRAP_SECONDS, 100.0 + 2 * WRAP_SECONDS),  # and so has the host's
        (100.0, None, 691375435.0, 100.0),  # ZTE C300: nonsense
        (5000.0, None, 100.0, 5000.0),  # engineTime of an agent that counts something else
        (None, 7.0, 9.0, 7.0),
        (None, None, 9.0, None),
        (600 * DAY - WRAP_SECONDS, None, 600 * DAY, 600 * DAY),
        (60 * DAY, 60 * DAY - 2**32 / 1000, None, 60 * DAY),  # Windows: the host's wraps at 49.7 days
    ],
)
def test_the_best_of_three_clocks(
    agent: float | None, host: float | None, engine: float | None, best: float | None
) -> None:
    assert best_uptime(agent, host, engine) == (None if best is None else pytest.approx(best))


@pytest.mark.quirk("all", "hrSystemUptime comes as INTEGER from some agents, not as TimeTicks")
@pytest.mark.parametrize("value", [b"\x43\x02\x01\xf4", b"\x02\x02\x01\xf4", b"\x42\x02\x01\xf4"])
def test_an_uptime_of_any_type(value: bytes) -> None:
    data = tlv(0x30, tlv(0x06, system.HOST_UPTIME) + value)
    ((name, _, number),) = varbinds(data, 0, len(data))
    assert decode_system({name: number}).host_seconds == 5.0
