"""Who uses the lab's public wifi: by the hour, through its agents, and what netmon makes of four weeks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from netmon.events import ClientsSeen
from netmon.lab.county import County, Network
from netmon.lab.routers.router_mib import router_mib
from netmon.lab.routers.views import view_of
from netmon.lab.services.clients import access_points, clients_at
from netmon.lab.story.faults import FailService, RestoreService
from netmon.lab.wires.wiring import wire
from netmon.model import Service, ServiceFailure
from netmon.picture.presence import observe_presence, wifi_states
from netmon.picture.state import Presence, ServiceState
from netmon.probes.evidence.clients import Usage, clients_of, tallied, together
from netmon.probes.snmp import ber
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors import mikrotik_radio
from netmon.probes.vendors.tables import Found
from tests.lab.counties import draw

WIB = "Asia/Jakarta"
MONDAY = datetime(2026, 10, 5, tzinfo=ZoneInfo(WIB)).timestamp()
HOUR, DAY = 3_600.0, 86_400.0


def hour(number: int, day: int = 0) -> float:
    return MONDAY + timedelta(days=day, hours=number).total_seconds()


def test_nobody_is_there_at_night_and_most_in_the_evening() -> None:
    for point in ("ap-1", "ap-2", "rtr-socorejo"):
        counts = [clients_at(point, hour(number) + 60.0, WIB) for number in range(24)]
        assert counts[:5] == [0] * 5
        assert all(counts[5:])
        assert max(counts) == max(counts[18:21]) > 2 * counts[8]
        assert counts == [clients_at(point, hour(number) + 60.0, WIB) for number in range(24)]
    assert len({clients_at("ap-1", hour(19) + 600.0 * turn, WIB) for turn in range(6)}) > 1, "people come and go"
    assert len({clients_at(f"ap-{number}", hour(19), WIB) for number in range(20)}) > 5


class Still:
    """A network that nobody is on."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


DRAWN = replace(
    draw([("noc", "jenu"), ("jenu", "ap")]),
    services={"wifi": Service("wifi", "jenu", "wifi", depends_on=("ap",))},
    timezone=WIB,
)


class Village:
    """Weeks of a wifi: what its agent says is read with the product's decoders, tallied and folded."""

    def __init__(self) -> None:
        self.at = 0.0
        self.wiring = wire(DRAWN)
        self.county = County(
            DRAWN,
            cast("Network", Still()),
            convergence=0.0,
            later=lambda _, call: call(),
            monotonic=lambda: self.at,
            epoch=MONDAY,
        )
        self.usage = Usage()
        self.said: list[ClientsSeen] = []
        self.presences: Mapping[str, Presence] = {}
        self.state = ServiceState()

    def live(self, until: float) -> None:
        mib, index = router_mib(view_of(self.county, self.wiring, "ap")), (3,)
        name = ber.arcs(mikrotik_radio.AP_CLIENTS + b"\x03")
        while self.at < until:
            self.at += 900.0
            now = MONDAY + self.at
            place = mib.position(name)
            assert place is not None
            value = int.from_bytes(mib.varbind(place, self.at)[1][2:], "big")
            found = Found({mikrotik_radio.AP_CLIENTS: {index: value}}, ports={3: "wlan1"})
            poll = DevicePoll("ap", now, now, now, True, True, radios=mikrotik_radio.decode_radios(found))  # noqa: FBT003
            self.usage, events = tallied(self.usage, "wifi", now, together([clients_of(poll)]))
            self.said += [event for event in events if isinstance(event, ClientsSeen)]
            before, self.presences = self.presences, observe_presence(self.presences, events, DRAWN, None)
            self.state = wifi_states({"wifi": self.state}, before, self.presences, now)["wifi"]


def test_a_wifi_that_serves_nobody_any_more_is_found_after_a_day_and_nights_are_not() -> None:
    village = Village()
    village.live(28 * DAY)
    assert len(village.said) == 2 * 28, "somebody comes each morning, and nobody is there each night"
    assert village.state.up is True
    village.county.apply([FailService("wifi")])
    broke = village.at
    village.live(broke + DAY - HOUR)
    assert village.state.up is True
    village.live(broke + 2 * DAY)
    assert (village.state.up, village.state.reason) == (False, ServiceFailure.NO_CLIENTS)
    assert abs(village.state.since - (MONDAY + broke)) < 6 * HOUR, "since the last of them went"
    village.county.apply([RestoreService("wifi")])
    village.live(broke + 3 * DAY)
    assert village.state.up is True


def test_only_access_points_of_a_wifi_have_a_radio() -> None:
    village = Village()
    assert access_points(DRAWN) == {"ap": ("wifi",)}
    for node, has_one in (("jenu", False), ("ap", True)):
        mib = router_mib(view_of(village.county, village.wiring, node))
        assert (mib.position(ber.arcs(mikrotik_radio.AP_CLIENTS + b"\x03")) is not None) == has_one
        interfaces = mib.position(ber.arcs(ber.oid("1.3.6.1.2.1.2.1.0")))
        assert interfaces is not None
        assert mib.varbind(interfaces, 0.0)[1] == ber.encode_integer(2)
