"""Power, ONUs, routing and light: on change only, bounded, and nothing from a poll that failed."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from netmon.events import Event, EvidenceSeen, LightHealth, OnuState, RoutingState
from netmon.model import EvidenceKind
from netmon.probes.evidence.conditions import Conditions, conditions_after
from netmon.probes.evidence.onus import MOST_AT_ONCE
from netmon.probes.evidence.sessions import MOST_NEIGHBOURS
from netmon.probes.optics.health import MOST_LINES, examined
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import HealthRow, OnuCause, OnuRow, OpticRow, Quantity, RoutingRow, UpsRow
from netmon.probes.vendors.tables import Part
from tests.unit.probes.polls import AT, TAKES, poll, silence


def told(*polls: DevicePoll) -> list[list[Event]]:
    """Return what each of these polls has made known."""
    known = Conditions()
    said = []
    for one in polls:
        known, events = conditions_after(known, one)
        said.append(list(events))
    return said


def power(said: Iterable[Event]) -> list[tuple[EvidenceKind, float]]:
    return [(event.what, event.since - AT) for event in said if isinstance(event, EvidenceSeen)]


def ups(*, on_battery: bool, seconds: float = 0.0, battery: str = "normal") -> UpsRow:
    return UpsRow(on_battery=on_battery, on_battery_seconds=seconds, remaining_seconds=600.0, battery_status=battery)


def test_a_ups_on_its_battery_and_back() -> None:
    on, off = ups(on_battery=True, seconds=20.0), ups(on_battery=False)
    first, battery, same, back, well = told(
        poll(ups=[off]), poll(60, ups=[on]), poll(120, ups=[on]), poll(180, ups=[off]), poll(240, ups=[off])
    )
    assert power(first) == [(EvidenceKind.MAINS_BACK, TAKES)], "the journal may still think otherwise"
    assert power(battery) == [(EvidenceKind.ON_BATTERY, 60 + TAKES - 20)]
    assert isinstance(battery[0], EvidenceSeen)
    assert battery[0].detail == "ups lives on its battery, 10 min left"
    assert (same, well) == ([], [])
    assert power(back) == [(EvidenceKind.MAINS_BACK, 180 + TAKES)]


def test_a_battery_that_runs_low_is_a_failing_supply() -> None:
    low = ups(on_battery=True, battery="low")
    _, said, empty, back = told(
        poll(ups=[ups(on_battery=True)]),
        poll(60, ups=[low]),
        poll(120, ups=[ups(on_battery=True, battery="depleted")]),
        poll(180, ups=[ups(on_battery=False)]),
    )
    assert power(said) == [(EvidenceKind.POWER_FAILING, 60 + TAKES)]
    assert empty == []
    assert [kind for kind, _ in power(back)] == [EvidenceKind.MAINS_BACK]


def volts(value: float) -> list[HealthRow]:
    return [HealthRow(Quantity.SUPPLY, "supply", value)]


def test_a_supply_that_sags() -> None:
    readings = [24.0, 23.8, 24.1, 21.0, 20.5, 22.5, 23.5, 21.9, 21.0]
    said = told(*(poll(60.0 * i, health=volts(value)) for i, value in enumerate(readings)))
    kinds = [[kind for kind, _ in power(events)] for events in said]
    assert kinds == [
        [],
        [],
        [],
        [EvidenceKind.POWER_FAILING],
        [],
        [],  # not yet: what sags ends above where it starts
        [EvidenceKind.MAINS_BACK],
        [],
        [EvidenceKind.POWER_FAILING],
    ]


def test_a_supply_by_sun_and_battery_swings_by_day() -> None:
    """26 V at noon, 24 V at night: slowly, and by little."""
    hours = [26.0 - 2.0 * abs(12 - hour % 24) / 12 for hour in range(96)]
    assert not any(told(*(poll(3600.0 * i, health=volts(value)) for i, value in enumerate(hours))))


def test_a_supply_out_of_order() -> None:
    def psu(ok: bool | None) -> list[HealthRow]:
        return [
            HealthRow(Quantity.POWER_SUPPLY, "psu2", is_ok=ok),
            HealthRow(Quantity.POWER_SUPPLY, "psu1", is_ok=True),
        ]

    first, unknown, bad, unread, gone = told(
        poll(health=psu(ok=True)),
        poll(30, health=psu(None)),
        poll(60, health=psu(ok=False)),
        poll(90, failed=Part.HEALTH),
        poll(120),
    )
    assert (first, unknown, unread) == ([], [], [])
    assert [kind for kind, _ in power(bad)] == [EvidenceKind.POWER_FAILING]
    assert [kind for kind, _ in power(gone)] == [EvidenceKind.MAINS_BACK]


def onu(number: int, online: bool | None, **more: object) -> OnuRow:
    return OnuRow("gpon 0/1", number, online=online, **more)  # type: ignore[arg-type]


def test_an_onu_goes_off_with_its_cause_and_comes_back() -> None:
    first, off, same, back = told(
        poll(onus=[onu(1, online=True, distance_meters=4321.0), onu(2, online=False)]),
        poll(60, onus=[onu(1, online=False, last_down_cause=OnuCause.POWER, name="rtr-a"), onu(2, online=False)]),
        poll(120, onus=[onu(1, online=None), onu(2, online=False)]),
        poll(180, onus=[onu(1, online=True, last_down_cause=OnuCause.POWER), onu(2, online=False)]),
    )
    assert first == [], "what was off before is no news"
    assert off == [
        OnuState(
            AT + 60 + TAKES, "n", "gpon 0/1", 1, online=False, cause="power", name="rtr-a", distance_meters=4321.0
        ),
    ], "with the last good length, to find the cut by"
    assert same == []
    assert [(event.online, event.cause) for event in back if isinstance(event, OnuState)] == [(True, None)]


def test_onus_missing_from_a_failed_table_are_no_news_and_nor_are_those_taken_off_the_list() -> None:
    listed = [onu(1, online=True), onu(2, online=True)]
    said = told(
        poll(onus=listed),
        poll(60, failed=Part.ONUS, onus=listed[:1]),
        silence(120),
        poll(180, onus=[onu(1, online=True), onu(2, online=False)]),
        poll(240, onus=listed[:1]),
        poll(300, onus=[onu(1, online=True), onu(2, online=True)]),
    )
    assert [len(events) for events in said] == [0, 0, 0, 1, 0, 0]


def test_many_onus_are_said_bit_by_bit() -> None:
    count = MOST_AT_ONCE + 10
    off = [onu(i, online=False) for i in range(count)]
    first, second, third, fourth = told(
        poll(onus=[onu(i, online=True) for i in range(count)]),
        poll(60, onus=off),
        poll(120, onus=off),
        poll(180, onus=off),
    )
    assert (len(first), len(second), len(third), len(fourth)) == (0, MOST_AT_ONCE, 10, 0)


def peer(up: bool | None, state: str = "full", neighbour: str = "198.18.0.1") -> RoutingRow:
    return RoutingRow("ospf", neighbour, state=state, is_up=up)


def test_a_routing_neighbour_is_lost_and_back() -> None:
    first, lost, undecided, back, gone, still, again = told(
        poll(routing=[peer(up=True)]),
        poll(60, routing=[peer(up=False, state="init")]),
        poll(120, routing=[peer(None, "twoWay")]),
        poll(180, routing=[peer(up=True)]),
        poll(240),
        poll(270),
        poll(300, routing=[peer(up=True)]),
    )
    assert (first, undecided, still) == ([], [], [])
    assert lost == [RoutingState(AT + 60 + TAKES, "n", "ospf", "198.18.0.1", up=False, state="init")]
    assert back == [RoutingState(AT + 180 + TAKES, "n", "ospf", "198.18.0.1", up=True, state="full")]
    assert gone == [RoutingState(AT + 240 + TAKES, "n", "ospf", "198.18.0.1", up=False, state="gone")]
    assert [event.up for event in again if isinstance(event, RoutingState)] == [True]


def test_a_neighbour_missing_from_a_failed_table_is_not_lost() -> None:
    assert told(poll(routing=[peer(up=True)]), poll(60, failed=Part.ROUTING)) == [[], []]


def test_a_liar_with_ever_new_neighbours_is_bounded() -> None:
    known = Conditions()
    for turn in range(20):
        rows = [peer(up=True, neighbour=f"{turn}.{i}") for i in range(MOST_NEIGHBOURS)]
        known, _ = conditions_after(known, poll(60.0 * turn, routing=rows))
        assert len(known.sessions) <= MOST_NEIGHBOURS


def lines(*levels: float | None, every: float = 60.0) -> list[Event]:
    said = told(*(poll(every * i, optics=[OpticRow("sfp1", v)]) for i, v in enumerate(levels)))
    return [event for events in said for event in events]


def test_a_line_that_steps_is_said_once_and_so_is_that_it_is_well() -> None:
    stepped, well = lines(*[-7.0] * 15, *[-10.0] * 10, None, *[-10.0] * 10, *[-7.1] * 10)
    assert isinstance(stepped, LightHealth)
    assert isinstance(well, LightHealth)
    assert (stepped.line, stepped.condition, stepped.power_dbm, stepped.usual_dbm) == ("sfp1", "stepped", -10.0, -7.0)
    assert (well.condition, well.power_dbm) == ("well", -7.1)


def test_a_line_that_fades_is_said_once_with_its_days() -> None:
    said = lines(*[-7.0 - 0.1 * hour / 24 for hour in range(24 * 12)], every=3600.0)
    assert [event.condition for event in said if isinstance(event, LightHealth)] == ["drifting"]
    assert isinstance(said[0], LightHealth)
    assert said[0].days_to_margin == pytest.approx((19.0 - 7.6) / 0.1, rel=0.1)


def test_the_light_of_an_onu_is_a_sample_when_it_is_read_and_not_while_it_stands() -> None:
    """It is read once an hour, and shown by every poll in between."""
    row = onu(4, online=True, receive_power_dbm=-21.0, olt_receive_power_dbm=-23.0)
    known, _ = examined({}, poll(onus=[row]))
    for minute in range(1, 50):
        known, _ = examined(known, poll(60.0 * minute, onus=[row]))
    assert set(known) == {"gpon 0/1:4", "gpon 0/1:4 up"}
    assert known["gpon 0/1:4"].line.recent == (-21.0,)
    known, _ = examined(known, poll(3600.0, onus=[row]))
    assert known["gpon 0/1:4"].line.recent == (-21.0, -21.0)
    moved = onu(4, online=True, receive_power_dbm=-21.4)
    known, _ = examined(known, poll(5400.0, onus=[moved]))
    assert known["gpon 0/1:4"].line.recent == (-21.0, -21.0, -21.4)
    assert known["gpon 0/1:4"].limit_dbm == -27.0
    assert known["gpon 0/1:4"].margin_db == pytest.approx(6.0)


def test_lines_are_bounded_and_forgotten() -> None:
    many = [OpticRow(f"p{i}", -7.0) for i in range(MOST_LINES + 10)]
    known, _ = examined({}, poll(optics=many))
    assert len(known) == MOST_LINES
    known, _ = examined(known, poll(29 * 86400.0, optics=[OpticRow("new", -7.0)]))
    assert set(known) == {"new"}
