"""Events as text: what goes in comes out."""

from __future__ import annotations

from netmon.events import Event, LightHealth, OnuState, RoutingState
from netmon.journal.codec import decode, encode


def test_conditions_come_back_as_they_went() -> None:
    events: tuple[Event, ...] = (
        LightHealth(1.5, "olt", "gpon 0/1:7", "drifting", -21.5, -21.0, 110.0),
        LightHealth(1.5, "rtr", "sfp1", "well"),
        OnuState(2.0, "olt", "gpon 0/1", 7, online=False, cause="fibre", name="rtr-a", distance_meters=4321.0),
        RoutingState(3.0, "rtr", "ospf", "198.18.0.1", up=False, state="gone"),
    )
    assert decode(encode(events), 1) == events
