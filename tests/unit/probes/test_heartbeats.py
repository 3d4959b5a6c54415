"""Heartbeats: three may be missing; silence is dated from the first that did not come, and sleep is no silence."""

from __future__ import annotations

from netmon.clock import FakeClock
from netmon.errors import ConfigError
from netmon.events import Event, ServiceConfirmed, ServiceDown, ServiceUp
from netmon.model import Inventory, Reach, SecretRef, Service, ServiceFailure, Vantage
from netmon.probes.belief.heartbeat import HeartbeatBelief, heard, waited
from netmon.probes.services.heartbeats import Heartbeats

TOKEN = "0123456789abcdef"  # noqa: S105 (of these tests alone)


def drawing(*names: str) -> Inventory:
    kiosks = {name: Service(name, "s", "kiosk", heartbeat=SecretRef(env=name)) for name in names}
    return Inventory("t", Vantage("noc"), {}, {}, {}, services=kiosks)


def reveal(reference: SecretRef) -> str:
    if reference.env == "lost":
        raise ConfigError("environment variable lost is not set")
    return f"{TOKEN}-{reference.env}"


def test_silence_is_told_once_after_three_and_since_the_first_that_is_missing() -> None:
    belief, said = heard(HeartbeatBelief(0.0, 0.0), "k", 100.0, 10.0, is_asked=False)
    assert said == (ServiceUp(100.0, "k", 100.0),)
    events: list[Event] = []
    for second in range(1, 400):
        belief, more = waited(belief, "k", 60.0, 100.0 + second, 10.0 + second)
        events += more
    assert events == [ServiceDown(311.0, "k", 160.0, ServiceFailure.SILENT)]
    belief, said = heard(belief, "k", 600.0, 510.0, is_asked=True)
    assert (belief.reach, said) == (Reach.UP, (ServiceUp(600.0, "k", 600.0),))


def test_each_of_them_is_no_event_but_one_that_is_waited_for() -> None:
    belief, _ = heard(HeartbeatBelief(0.0, 0.0), "k", 100.0, 10.0, is_asked=False)
    belief, said = heard(belief, "k", 160.0, 70.0, is_asked=False)
    assert said == ()
    belief, said = heard(belief, "k", 220.0, 130.0, is_asked=True)
    assert said == (ServiceConfirmed(220.0, "k", 220.0),)


def test_while_this_machine_slept_nobody_could_be_heard() -> None:
    belief, _ = heard(HeartbeatBelief(0.0, 0.0), "k", 100.0, 10.0, is_asked=False)
    assert waited(belief, "k", 60.0, 100_000.0, 20.0)[1] == ()


def test_a_token_opens_its_own_service_alone() -> None:
    receiver = Heartbeats(FakeClock(), reveal)
    receiver.set_inventory(drawing("a", "b"))
    assert receiver.hear("a", f"{TOKEN}-a".encode())
    assert not receiver.hear("a", f"{TOKEN}-b".encode())
    assert not receiver.hear("b", b"")
    assert not receiver.hear("nobody", f"{TOKEN}-a".encode())
    measured = receiver.measurements()
    assert (measured.taken, measured.refused, set(measured.heard)) == (1, 3, {"a"})


def test_a_service_whose_token_is_not_there_is_never_heard(logged: list[str]) -> None:
    receiver = Heartbeats(FakeClock(), reveal)
    receiver.set_inventory(drawing("lost"))
    assert not receiver.hear("lost", b"")
    assert "heartbeat of lost cannot be accepted" in "\n".join(logged)
