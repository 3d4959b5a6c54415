"""What the poller says when a network really breaks: the lab cuts, darkens and restarts its routers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from netmon.events import Event, LightLevel, PortState, Rebooted
from netmon.lab.network import Lab, start_lab
from netmon.lab.story.faults import CutLink, HealLink, MuteManagement, PowerOff, PowerOn
from netmon.model import Inventory, SecretRef, SnmpAuth, SnmpProbe
from netmon.probes.snmp.failure import Failure
from tests.lab.counties import draw
from tests.lab.snmp_watch import Watch, watch

pytestmark = pytest.mark.lab


def county() -> Inventory:
    """Return noc, a ring of three, and a village behind it, with SNMP credentials."""
    drawn = draw([("noc", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "village")])
    probe = SnmpProbe(interval=1.0, auth="field", timeout=3.0, retries=0)
    return replace(
        drawn,
        nodes={id_: replace(node, snmp=probe) for id_, node in drawn.nodes.items()},
        auth={"field": SnmpAuth("field", "2c", community=SecretRef(env="COMMUNITY"))},
    )


@pytest.fixture(autouse=True)
def _community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMUNITY", "public")


def play(scenario: Callable[[Watch, Lab], Awaitable[None]]) -> None:
    drawn = county()
    with start_lab(drawn) as lab:

        async def inside(watching: Watch) -> None:
            await watching.polled(*drawn.nodes)
            watching.events.clear()
            await scenario(watching, lab)

        watch(drawn, inside, lab.sockets)


def ports(events: list[Event]) -> dict[str, bool]:
    return {f"{event.node}:{event.port}": event.up for event in events if isinstance(event, PortState)}


def light(events: list[Event]) -> dict[str, float | None]:
    return {f"{event.node}:{event.port}": event.power_dbm for event in events if isinstance(event, LightLevel)}


def test_a_cut_is_seen_from_both_ends_of_a_ring_and_mended() -> None:
    async def scenario(watching: Watch, lab: Lab) -> None:
        await lab.apply(CutLink("a-b"))
        await watching.until(lambda: len(ports(watching.events)) == 2 and len(light(watching.events)) == 2)
        cut = ports(watching.events)
        assert {name.split(":")[0] for name in cut} == {"a", "b"}
        assert set(cut.values()) == {False}
        assert light(watching.events) == dict.fromkeys(cut)
        watching.events.clear()
        await lab.apply(HealLink("a-b"))
        await watching.until(lambda: len(ports(watching.events)) == 2 and len(light(watching.events)) == 2)
        assert ports(watching.events) == dict.fromkeys(cut, True)
        assert all(power is not None and -30 < power < 0 for power in light(watching.events).values())

    play(scenario)


def test_a_power_cut_is_a_port_down_at_the_neighbour_and_a_reboot_after_it() -> None:
    async def scenario(watching: Watch, lab: Lab) -> None:
        await lab.apply(PowerOff("village"))
        await watching.until(lambda: bool(ports(watching.events)))
        (port,) = ports(watching.events)
        assert port.startswith("c:")
        watching.events.clear()
        await lab.apply(PowerOn("village"))
        await watching.until(lambda: bool(watching.kinds(Rebooted)) and port in ports(watching.events))
        assert [event.node for event in watching.kinds(Rebooted) if isinstance(event, Rebooted)] == ["village"]

    play(scenario)


def test_a_router_that_hangs_is_seen_as_such_and_proves_nothing() -> None:
    async def scenario(watching: Watch, lab: Lab) -> None:
        await lab.apply(MuteManagement("b"))
        await watching.until(lambda: watching.poller.measurements().polls["b"].failure is Failure.TIMEOUT)
        others = ("noc", "a", "c", "village")
        await watching.polled(*others)
        await watching.until(lambda: all(watching.poller.measurements().polls[node].ok for node in others))
        assert watching.events == []

    play(scenario)
