"""What is the same object has the same samples, and nothing outlives what it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from netmon.exporter.samples.collect import Collector
from netmon.exporter.samples.columns import Sample, alone
from netmon.exporter.samples.kept import Facts, Kept
from netmon.exporter.samples.packing import joined
from netmon.exporter.samples.writer import Column, Row, Writer
from netmon.exporter.view import View
from netmon.model import Finding, Reach, ShareKind, Verdict
from netmon.picture.state import NodeState, Pending, ServiceFault, ServiceState
from netmon.probes.optics.health import LineHealth
from netmon.probes.optics.line import Line
from netmon.probes.snmp.poller import SnmpMeasurements
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.snmp.transport import Counts
from netmon.probes.vendors.rows import (
    HealthRow,
    InterfaceRow,
    OnuCause,
    OnuRow,
    OpticRow,
    PoeRow,
    Quantity,
    RadioRow,
    RoutingRow,
    StationRow,
    UpsRow,
)
from tests.unit.exporter.county import NOW, calm, inventory, view

LIT = LineHealth(Line(recent=(-9.0,) * 3, hours=(-9.0,), days=((1, -8.5), (2, -9.5))))


def poll(node: str, count: int, *ports: str) -> DevicePoll:
    """Return a poll that found ports of these names, and what they counted."""
    found = tuple(InterfaceRow(name, 1, alias=name, oper_up=True, receive_bytes=count) for name in ports)
    return DevicePoll(node, NOW, 0.0, 0.1, ok=True, complete=True, interfaces=found)


def plants() -> Iterator[dict[str, Any]]:
    """Yield what else a device says; in each a little is other, and then nothing is left of it."""
    fan, part = HealthRow(Quantity.FAN, "1", 4_000.0), HealthRow(Quantity.POWER_SUPPLY, "2", None, is_ok=True)
    yield {"health": (fan, part)}
    yield {"health": (replace(fan, quantity=Quantity.CPU, value=0.5), replace(part, is_ok=False))}
    yield {"poe": (PoeRow("e1", watts=2.0),), "optics": (OpticRow("sfp1", -7.0),)}
    yield {"poe": (PoeRow("e1"),), "optics": (OpticRow("sfp1"),)}
    onu = OnuRow("p", 7, serial="S", online=True)
    yield {"onus": (onu,), "ups": (UpsRow(charge_ratio=0.9),), "routing": (RoutingRow("bgp", "n", is_up=True),)}
    yield {"onus": (replace(onu, serial=None, online=False, last_down_cause=OnuCause.POWER),)}
    station, radio = StationRow("wlan1", "02:00:00:00:00:01", -60.0), RadioRow("wlan1", signal_dbm=-50.0)
    yield {"radios": (radio,), "stations": (station, replace(station, signal_dbm=-70.0))}
    yield {"radios": (replace(radio, stations=5),), "stations": (station,)}
    yield {"radios": (replace(radio, signal_dbm=None),), "stations": (replace(station, signal_dbm=None),)}
    yield {}


def polled(*polls: DevicePoll) -> SnmpMeasurements:
    return SnmpMeasurements({one.node: one for one in polls}, 1, {}, 0, 0, Counts())


def moments() -> Iterator[View]:
    """Yield views in which, one after the other, everything that is kept becomes something else."""
    a, b = poll("rtr-a", 5, "sfp1", "sfp2"), poll('rtr"b', 7, "sfp1")
    shown = replace(view(calm()), snmp=polled(a, b))
    yield shown
    yield shown
    yield replace(shown, snmp=polled(poll("rtr-a", 6, "sfp1", "sfp2"), b))
    yield replace(
        shown, snmp=polled(replace(a, interfaces=(a.interfaces[0], replace(a.interfaces[1], oper_up=False))), b)
    )
    yield replace(shown, snmp=polled(replace(a, ok=False, interfaces=()), b))
    yield replace(shown, snmp=polled(b))
    yield replace(shown, snmp=polled(a, poll('rtr"b', 8, "sfp2")))
    yield replace(shown, snmp=polled(b, a))
    yield replace(shown, snmp=polled(replace(a, interfaces=(replace(a.interfaces[0], alias="other"),)), b))
    for plant in plants():
        yield replace(shown, snmp=polled(replace(a, **plant), b))
    for lines in ({"sfp1": LIT}, {"sfp1": replace(LIT, limit_dbm=-19.0)}, {"sfp1": LineHealth(Line())}, {}):
        yield replace(shown, snmp=replace(polled(a, b), lines={"rtr-a": lines}))
    picture = shown.picture
    for other in (
        replace(picture, nodes={**picture.nodes, "rtr-a": NodeState(Reach.DOWN, NOW, NOW)}),
        replace(picture, node_findings={**picture.node_findings, "rtr-a": Finding(Verdict.UNREACHABLE)}),
        replace(picture, site_findings={**picture.site_findings, "v1": Finding(Verdict.DOWN)}),
        replace(picture, topology=replace(picture.topology, bridges=frozenset(picture.inventory.links))),
        replace(picture, topology=replace(picture.topology, articulation_points=frozenset(picture.inventory.nodes))),
        replace(picture, open_incidents=()),
        replace(picture, pending=(Pending(("rtr-c",), {"rtr-b": NOW}, NOW),)),
        replace(picture, services={"web-a": ServiceState(up=False, since=NOW)}),
        replace(picture, service_findings={"web-a": Finding(Verdict.UNREACHABLE, "F1")}),
        replace(
            picture, service_faults=(ServiceFault("S1", ShareKind.NODE, "rtr-noc", NOW, ("web-a",), ("web-a",)),)
        ),
    ):
        yield replace(shown, picture=other)
    before = inventory()
    sites = {name: site for name, site in before.sites.items() if name != "far"}
    yield replace(shown, picture=calm(replace(before, sites=sites, digest="two")))
    yield shown


@pytest.fixture(scope="module")
def anew() -> list[tuple[View, list[Sample]]]:
    """Return the moments, each with what is collected of it by who has seen no other."""
    return [(moment, list(Collector().collect(moment))) for moment in moments()]


@pytest.mark.parametrize("openmetrics", [False, True])
def test_what_was_kept_is_never_seen_in_another_moment(
    anew: list[tuple[View, list[Sample]]], openmetrics: bool
) -> None:
    collector, writer = Collector(), Writer()
    texts = set()
    for number, (moment, columns) in enumerate(anew):
        text = writer.write(collector.collect(moment), openmetrics=openmetrics)
        assert text == Writer().write(columns, openmetrics=openmetrics), number
        texts.add(text)
    assert len(texts) > 24, "the moments differ"


def test_of_what_is_the_same_nothing_is_looked_at_written_or_packed() -> None:
    collector, writer, shown = Collector(), Writer(), view(calm())
    shown = replace(shown, snmp=polled(poll("rtr-a", 5, "sfp1"), poll("rtr-b", 7, "sfp1")))
    again = replace(shown, snmp=polled(poll("rtr-a", 6, "sfp1"), poll("rtr-b", 7, "sfp1")))
    before = {one.metric.name: one for one in collector.collect(shown)}
    after = {one.metric.name: one for one in collector.collect(again)}
    same = {name for name in before if before[name] is after[name]}
    assert {"netmon_site_verdict", "netmon_node_info", "netmon_link_up", "netmon_interface_up"} <= same
    assert "netmon_interface_receive_bytes_total" not in same
    texts = {name: list(writer.pieces([before[name]])) for name in same}
    assert joined(writer.pieces([after["netmon_interface_up"]])) == joined(texts["netmon_interface_up"])


def test_who_stops_in_the_middle_has_lost_only_time() -> None:
    asked: list[str] = []

    def told(one: str) -> float:
        asked.append(one)
        return float(len(one))

    wanted: Facts[str] = {"netmon_interface_up": told, "netmon_interface_admin_up": told}
    kept = Kept()

    def find(said: Iterable[tuple[str, str]]) -> Iterator[tuple[Row, str]]:
        return (((node, str(place)), one) for node, words in said for place, one in enumerate(words.split()))

    def facts(*words: str) -> list[list[float]]:
        said = {f"n{number}": word for number, word in enumerate(words)}
        return [np.asarray(column.values).tolist() for column in kept.facts(wanted, said, find)]

    assert facts("x", "xx") == [[1.0, 2.0]] * 2
    asked.clear()
    assert facts("x", "xxxx") == [[1.0, 4.0]] * 2
    assert asked == ["xxxx", "xxxx"], "what is the same is asked nothing"
    next(kept.facts(wanted, {"n0": "x", "n1": "xxx"}, find))
    assert facts("x", "xxxx") == [[1.0, 4.0]] * 2
    next(kept.facts(wanted, {"n0": "x"}, find))
    assert facts() == [[]] * 2
    assert facts("x", "xxxx") == [[1.0, 4.0]] * 2
    assert facts("x", "xxxx xx") == [[1.0, 4.0, 2.0]] * 2
    assert facts("x xx", "xxxx") == [[1.0, 2.0, 4.0]] * 2
    assert facts("x") == [[1.0]] * 2
    assert [len(column.rows) for column in kept.facts(wanted, {"n7": ""}, find)] == [0, 0], "n0 has made way for it"
    assert facts() == [[]] * 2


def test_of_two_ports_of_one_name_the_first_counts_whichever_of_them_changes() -> None:
    collector = Collector()

    def counted(*counts: int) -> list[float]:
        ports = tuple(InterfaceRow("sfp1", number, receive_bytes=count) for number, count in enumerate(counts))
        found = replace(poll("rtr-a", 0), interfaces=ports)
        samples = collector.collect(replace(view(calm()), snmp=polled(found, poll("rtr-b", 7, "sfp1"))))
        (of_bytes,) = (one for one in samples if one.metric.name == "netmon_interface_receive_bytes_total")
        assert isinstance(of_bytes, Column)
        return [float(value) for value in np.asarray(of_bytes.values)]

    assert [counted(1, 2), counted(1, 3), counted(4, 3), counted(5)] == [[1, 7], [1, 7], [4, 7], [5, 7]]


def test_what_is_made_from_the_same_objects_is_made_once() -> None:
    kept, one, other = Kept(), object(), object()
    made = [kept.same("lag", sources, lambda: [alone("netmon_ready", 1.0)]) for sources in ((one,), (one,), (other,))]
    assert made[0] is made[1]
    assert made[1] is not made[2]
