"""What polls prove: ports, light and reboots, on change only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.events import LightLevel, PortState, Rebooted, RunningSince
from netmon.probes.evidence.polls import Known, is_step, restarted, weigh
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import InterfaceRow, OpticRow, SystemRow
from netmon.probes.vendors.system import WRAP_SECONDS
from netmon.probes.vendors.tables import Part
from tests.rows import every_row

AT = 1_700_000_000.0
DAY = 86400.0


def poll(
    seconds: float = 0.0,
    *,
    ports: dict[str, bool | None] | None = None,
    light: dict[str, float | None] | None = None,
    uptime: float | None = None,
    complete: bool = True,
) -> DevicePoll:
    """Return a poll `seconds` after the first; light None is "no light"."""
    return DevicePoll(
        node="gw",
        at=AT + seconds,
        monotonic=50.0 + seconds,
        duration=0.25,
        ok=True,
        complete=complete,
        failed={} if complete else {Part.INTERFACES: Failure.TIMEOUT},
        system=SystemRow(agent_seconds=uptime),
        interfaces=tuple(InterfaceRow(name, i, oper_up=up) for i, (name, up) in enumerate((ports or {}).items())),
        optics=tuple(
            OpticRow(port, receive_power_dbm=power, receive_lost=power is None)
            for port, power in (light or {}).items()
        ),
    )


def test_the_first_poll_says_everything() -> None:
    _, events = weigh(None, poll(ports={"sfp1": True, "sfp2": False, "lo": None}, light={"sfp1": -7.1, "sfp2": None}))
    assert events == (
        PortState(AT + 0.25, "gw", "sfp1", up=True, asked=AT),
        PortState(AT + 0.25, "gw", "sfp2", up=False, asked=AT),
        LightLevel(AT + 0.25, "gw", "sfp1", -7.1, asked=AT),
        LightLevel(AT + 0.25, "gw", "sfp2", None, asked=AT),
    )


def test_a_second_poll_without_change_says_nothing() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True}, light={"sfp1": -7.1}, uptime=100))
    again, events = weigh(known, poll(30, ports={"sfp1": True}, light={"sfp1": -7.1}, uptime=130))
    assert events == ()
    assert (again.ports, again.light) == (known.ports, known.light)


def test_a_port_goes_down_and_comes_back() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True, "sfp2": True}))
    known, down = weigh(known, poll(30, ports={"sfp1": False, "sfp2": True}))
    known, up = weigh(known, poll(60, ports={"sfp1": True, "sfp2": True}))
    assert down == (PortState(AT + 30.25, "gw", "sfp1", up=False, asked=AT + 30),)
    assert up == (PortState(AT + 60.25, "gw", "sfp1", up=True, asked=AT + 60),)


@pytest.mark.quirk("all", "ifIndex may change at a restart: ports are known by name")
def test_a_changed_index_is_no_change() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True, "sfp2": False}))
    _, events = weigh(known, poll(30, ports={"sfp2": False, "sfp1": True}))
    assert events == ()


def test_a_failed_poll_proves_nothing() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True}, light={"sfp1": -7.0}, uptime=5))
    failed = replace(poll(30, complete=False), ok=False, failure=Failure.TIMEOUT, system=None)
    assert weigh(known, failed) == (replace(known, is_asked=True), ())
    assert weigh(None, failed) == (Known(), ())


def test_after_a_failed_poll_a_device_says_since_when_it_runs() -> None:
    known, first = weigh(None, poll(uptime=5000))
    assert first == (RunningSince(AT + 0.25, "gw", AT - 5000, asked=AT),)
    known, _ = weigh(known, replace(poll(30), ok=False, failure=Failure.TIMEOUT, system=None))
    known, second = weigh(known, poll(60, uptime=5060))
    assert second == (RunningSince(AT + 60.25, "gw", AT - 5000, asked=AT + 60),)
    assert weigh(known, poll(90, uptime=5090))[1] == ()


def test_an_uptime_that_wrapped_does_not_look_like_a_start() -> None:
    known, _ = weigh(None, poll(uptime=WRAP_SECONDS - 10))
    _, events = weigh(replace(known, is_asked=True), poll(30, uptime=20))
    assert events == (RunningSince(AT + 30.25, "gw", AT - WRAP_SECONDS + 10, asked=AT + 30),)


def test_a_port_missing_from_a_partial_poll_is_no_evidence() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True, "sfp2": True}))
    known, events = weigh(known, poll(30, ports={"sfp1": True}, complete=False))
    assert events == ()
    assert known.ports == {"sfp1": True, "sfp2": True}


def test_what_goes_wrong_elsewhere_does_not_hide_a_port_that_is_gone() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True, "sfp2": True}))
    half = replace(poll(30, ports={"sfp1": True}, complete=False), failed={Part.OPTICS: Failure.ERROR_STATUS})
    _, events = weigh(known, half)
    assert events == (PortState(AT + 30.25, "gw", "sfp2", up=False, asked=AT + 30),)


def test_a_port_missing_from_a_complete_poll_is_down_once() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True, "sfp2": True}))
    known, events = weigh(known, poll(30, ports={"sfp1": True}))
    assert events == (PortState(AT + 30.25, "gw", "sfp2", up=False, asked=AT + 30),)
    known, events = weigh(known, poll(60, ports={"sfp1": True}))
    assert events == ()
    _, events = weigh(known, poll(90, ports={"sfp1": True, "sfp2": True}))
    assert events == (PortState(AT + 90.25, "gw", "sfp2", up=True, asked=AT + 90),)


def test_ports_that_come_and_go_are_forgotten() -> None:
    """Dialled sessions have a new name each day."""
    known: Known | None = None
    for day in range(100):
        known, events = weigh(known, poll(30.0 * day, ports={"sfp1": True, f"<ppp-{day}>": True}))
    assert known is not None
    assert set(known.ports) == {"sfp1", "<ppp-99>"}
    assert len(events) == 2


def test_a_liar_with_thousands_of_ports_does_not_fill_the_journal() -> None:
    _, events = weigh(None, poll(ports={f"p{i}": True for i in range(4000)}))
    assert len(events) == 1024


def test_a_state_that_proves_nothing_keeps_the_last_word() -> None:
    known, _ = weigh(None, poll(ports={"sfp1": True}))
    known, events = weigh(known, poll(30, ports={"sfp1": None}))
    assert events == ()
    assert known.ports == {"sfp1": True}


@every_row(
    ("before", "after", "step"),
    [
        (-7.0, -7.9, False),
        (-7.0, -8.0, True),
        (-7.0, -6.0, True),
        (None, -7.0, True),
        (-7.0, None, True),
        (None, None, False),
    ],
)
def test_steps_of_light(before: float | None, after: float | None, step: bool) -> None:
    assert is_step(before, after) is step


def test_slow_fading_is_measured_from_the_last_word() -> None:
    """Ten steps of 0.3 dB are three events, not none."""
    known: Known | None = None
    said = []
    for step in range(11):
        known, events = weigh(known, poll(30.0 * step, light={"sfp1": -7.0 - 0.3 * step}))
        said += [event.power_dbm for event in events if isinstance(event, LightLevel)]
    assert said == pytest.approx([-7.0, -8.2, -9.4])


def test_light_vanishes_and_returns() -> None:
    known, _ = weigh(None, poll(light={"sfp1": -7.0}))
    known, gone = weigh(known, poll(30, light={"sfp1": None}))
    _, back = weigh(known, poll(60, light={"sfp1": -7.0}))
    assert gone == (LightLevel(AT + 30.25, "gw", "sfp1", None, asked=AT + 30),)
    assert back == (LightLevel(AT + 60.25, "gw", "sfp1", -7.0, asked=AT + 60),)


def test_a_module_without_a_sample_is_no_loss_of_light() -> None:
    known, _ = weigh(None, poll(light={"sfp1": -7.0}))
    silent = replace(poll(30), optics=(OpticRow("sfp1", receive_power_dbm=None, receive_lost=False),))
    assert weigh(known, silent)[1] == ()
    assert weigh(known, poll(30))[1] == ()


def test_two_modules_that_claim_one_port_do_not_flap() -> None:
    known: Known | None = None
    twice = (OpticRow("sfp1", -7.0, receive_lost=False), OpticRow("sfp1", None, receive_lost=True))
    said = 0
    for turn in range(3):
        known, events = weigh(known, replace(poll(30.0 * turn), optics=twice))
        said += len(events)
    assert said == 1


def clocks(agent: float | None = None, host: float | None = None) -> SystemRow:
    return SystemRow(agent_seconds=agent, host_seconds=host)


@pytest.mark.quirk(
    "all", "sysUpTime that starts anew is a restart, of the agent alone where hrSystemUptime goes on; a wrap is none"
)
@pytest.mark.parametrize(
    ("before", "after", "elapsed", "expected"),
    [
        (clocks(1000), clocks(1030), 30, False),
        (clocks(1000), clocks(5), 30, True),
        (clocks(1000), clocks(1025), 30, False),  # the agent caches its clock
        (clocks(10), clocks(3600), 7200, True),  # a long silence: greater than before, and yet restarted
        (clocks(WRAP_SECONDS - 10), clocks(20), 30, False),  # 497 days
        (clocks(WRAP_SECONDS - 10), clocks(20), 3600, True),  # an hour later it must show an hour
        (clocks(400 * DAY), clocks(20), 30, True),
        (clocks(WRAP_SECONDS / 10 - 10), clocks(20), 30, False),  # hosts that count milliseconds in 32 bits
        (clocks(1000, 90_000), clocks(5, 90_030), 30, False),  # the agent alone was restarted
        (clocks(1000, 90_000), clocks(5, 40), 30, True),
        (clocks(1000, 90_000), clocks(5), 30, True),  # the host's clock is not there any more: the agent's decides
        (clocks(), clocks(5), 30, False),
        (clocks(1000), clocks(), 30, False),
        (clocks(1000), clocks(1000 + DAY - 60), DAY, False),  # a bad oscillator
    ],
)
def test_restarts(before: SystemRow, after: SystemRow, elapsed: float, expected: bool) -> None:
    assert restarted(before, after, elapsed) is expected


def test_a_reboot_is_dated_by_the_uptime() -> None:
    known, first = weigh(None, poll(uptime=5000))
    assert [type(event) for event in first] == [RunningSince]
    _, events = weigh(known, poll(300, uptime=40))
    assert events == (Rebooted(AT + 300.25, "gw", AT + 260, asked=AT + 300),)


def test_a_reboot_is_seen_across_failed_polls() -> None:
    known, _ = weigh(None, poll(uptime=5000))
    known, _ = weigh(known, replace(poll(30), ok=False, system=None))
    _, events = weigh(known, poll(60, uptime=12))
    assert [event.kind for event in events] == ["rebooted"]


def test_a_stepped_wall_clock_is_no_reboot() -> None:
    known, _ = weigh(None, poll(uptime=5000))
    stepped = replace(poll(30, uptime=5030), at=AT + 90 * DAY)
    assert weigh(known, stepped)[1] == ()
