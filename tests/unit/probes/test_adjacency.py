"""Neighbours become an event when they change, and only then; caches prove presence, never absence."""

from __future__ import annotations

from typing import Any

from netmon.events import NeighboursHeard
from netmon.model import Identity, Neighbour
from netmon.probes.evidence.adjacency import MOST_NEIGHBOURS, Heard, hear
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import (
    AddressRow,
    ForwardingRow,
    IdentityRow,
    InterfaceRow,
    NeighbourRow,
    SystemRow,
)
from netmon.probes.vendors.tables import Part

ROW = NeighbourRow("sfp1", "rtr-jenu", "02:aa:03:00:04:09", "sfp9", "198.18.0.7")
SEEN = Neighbour("sfp1", "lldp", "rtr-jenu", "02:aa:03:00:04:09", "sfp9", "198.18.0.7")


def poll(*rows: NeighbourRow, failed: tuple[Part, ...] = (), **more: Any) -> DevicePoll:
    return DevicePoll(
        node="gw",
        at=100.0,
        monotonic=1.0,
        duration=0.5,
        ok=True,
        complete=not failed,
        failed=dict.fromkeys(failed, Failure.TIMEOUT),
        system=SystemRow(name="gw"),
        interfaces=(InterfaceRow("sfp1", 1), InterfaceRow("sfp2", 2)),
        neighbours=rows,
        **more,
    )


def test_the_first_poll_tells_everything_and_the_second_nothing() -> None:
    known, event = hear(Heard(), poll(ROW))
    assert event == NeighboursHeard(100.5, "gw", Identity("gw"), (SEEN,))
    assert hear(known, poll(ROW)) == (known, None)
    _, event = hear(known, poll())
    assert event is not None
    assert event.heard == ()


def test_a_failed_table_takes_nothing_away() -> None:
    known, _ = hear(Heard(), poll(ROW, identities=(IdentityRow("02:00:00:00:00:01"),)))
    assert hear(known, poll(failed=(Part.NEIGHBOURS, Part.IDENTITIES, Part.ADDRESSES)))[1] is None
    other = NeighbourRow("sfp2", "rtr-b")
    _, event = hear(known, poll(other, failed=(Part.NEIGHBOURS,), identities=(IdentityRow("02:00:00:00:00:01"),)))
    assert event is not None
    assert {one.name for one in event.heard} == {"rtr-jenu", "rtr-b"}


def test_a_device_that_did_not_answer_says_nothing() -> None:
    silent = DevicePoll("gw", 1.0, 1.0, 1.0, ok=False, complete=False, failure=Failure.TIMEOUT)
    known, _ = hear(Heard(), poll(ROW))
    assert hear(known, silent) == (known, None)


def test_the_only_station_behind_a_silent_port_is_its_neighbour() -> None:
    arp = (
        AddressRow("sfp1", "198.18.0.7", "02:00:00:00:00:07"),  # a port that announces: not needed
        AddressRow("sfp2", "198.18.0.8", "02:00:00:00:00:08"),
        AddressRow("lan", "198.18.1.1", "02:00:00:00:00:11"),
        AddressRow("lan", "198.18.1.2", "02:00:00:00:00:12"),
    )
    fdb = (ForwardingRow("sfp3", "02:00:00:00:00:08"), ForwardingRow("sfp3", "02:00:00:00:00:08", 30))
    _, event = hear(Heard(), poll(ROW, addresses=arp, forwarding=fdb))
    assert event is not None
    assert event.heard == (
        SEEN,
        Neighbour("sfp2", "arp", chassis="02:00:00:00:00:08", address="198.18.0.8"),
        Neighbour("sfp3", "fdb", chassis="02:00:00:00:00:08", address="198.18.0.8"),
    )


def test_what_a_cache_forgets_stays_until_somebody_else_is_there() -> None:
    here = AddressRow("sfp2", "198.18.0.8", "02:00:00:00:00:08")
    known, _ = hear(Heard(), poll(addresses=(here,)))
    assert hear(known, poll())[1] is None
    _, event = hear(known, poll(addresses=(AddressRow("sfp2", "198.18.0.9", "02:00:00:00:00:09"),)))
    assert event is not None
    assert [one.address for one in event.heard] == ["198.18.0.9"]
    _, event = hear(known, poll(NeighbourRow("sfp2", "rtr-b")))
    assert event is not None
    assert [one.name for one in event.heard] == ["rtr-b"]


def test_a_device_is_not_its_own_neighbour() -> None:
    own = (IdentityRow("02:00:00:00:00:08", "sfp2"),)
    here = AddressRow("sfp2", "198.18.0.8", "02:00:00:00:00:08")
    _, event = hear(Heard(), poll(addresses=(here, AddressRow("sfp1", "198.18.0.1")), identities=own))
    assert event is not None
    assert event.heard == ()
    assert event.identity == Identity("gw", (), ("198.18.0.1",), (("02:00:00:00:00:08", "sfp2"),))


def test_a_liar_with_thousands_of_neighbours_does_not_fill_the_journal() -> None:
    rows = [NeighbourRow("sfp1", f"n{number}") for number in range(5000)]
    _, event = hear(Heard(), poll(*rows))
    assert event is not None
    assert len(event.heard) == MOST_NEIGHBOURS


def test_a_row_without_a_port_is_left_out() -> None:
    _, event = hear(Heard(), poll(NeighbourRow(None, "rtr-b")))
    assert event is not None
    assert event.heard == ()
