"""From counts of clients to events: an hour without anybody is one, a failed poll is none."""

from __future__ import annotations

from netmon.events import ClientsSeen
from netmon.probes.evidence.clients import LOST, QUIET, Usage, clients_of, tallied, together
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import RadioRow, StationRow
from netmon.probes.vendors.tables import Part


def poll(
    *radios: RadioRow, stations: tuple[StationRow, ...] = (), failed: bool = False, ok: bool = True
) -> DevicePoll:
    gone = {Part.RADIOS: Failure.TIMEOUT} if failed else {}
    return DevicePoll("ap", 0.0, 0.0, 0.1, ok, not failed, radios=radios, stations=stations, failed=gone)


def counted(*counts: tuple[float, int | None]) -> list[ClientsSeen]:
    usage, said = Usage(), []
    for at, count in counts:
        usage, events = tallied(usage, "w", at, count)
        said += [event for event in events if isinstance(event, ClientsSeen)]
    return said


def test_clients_of_all_radios_are_counted_and_listed_ones_where_a_radio_does_not_count() -> None:
    listed = (StationRow("wlan2", "02:00:00:00:00:01"), StationRow("wlan1", "02:00:00:00:00:02"))
    assert clients_of(poll(RadioRow("wlan1", stations=3), RadioRow("wlan2"), stations=listed)) == 4
    assert clients_of(poll(RadioRow("wlan1", stations=0))) == 0


def test_a_device_that_counts_nobody_because_it_cannot_says_nothing() -> None:
    assert clients_of(poll(RadioRow("link"))) is None
    assert clients_of(poll()) is None
    assert clients_of(poll(RadioRow("wlan1", stations=0), failed=True)) is None
    assert clients_of(poll(RadioRow("wlan1", stations=5), ok=False)) is None


def test_nobody_is_there_only_when_every_access_point_says_so() -> None:
    assert together([0, 0]) == 0
    assert together([0, None]) is None
    assert together([2, None]) == 2
    assert together([]) is None


def test_somebody_is_told_at_once_and_nobody_after_an_hour() -> None:
    quiet = [(240.0 + 600.0 * turn, 0) for turn in range(12)]
    said = counted((0, 2), (60, 5), (120, 0), (180, 1), *quiet)
    assert said == [
        ClientsSeen(0, "w", some=True, since=0),
        ClientsSeen(240 + QUIET, "w", some=False, since=240),
    ]


def test_a_failed_poll_is_no_word_and_a_quarter_of_an_hour_of_them_is_not_known() -> None:
    said = counted((0, 2), (60, None), (LOST, None), (LOST + 60, None), (LOST + 120, None), (LOST + 180, 3))
    assert said == [
        ClientsSeen(0, "w", some=True, since=0),
        ClientsSeen(LOST + 60, "w", some=None, since=0),
        ClientsSeen(LOST + 180, "w", some=True, since=LOST + 180),
    ]


def test_nobody_is_counted_anew_after_a_time_of_which_nothing_is_known() -> None:
    late = LOST + 100
    said = counted((0, 0), (late, 0), (late + QUIET - 1, None), (late + QUIET, 0))
    assert said == []  # the count of an hour began at `late`, and broke off
    steady = [(late + 300.0 * turn, 0) for turn in range(13)]
    assert counted((0, 0), *steady) == [ClientsSeen(late + QUIET, "w", some=False, since=late)]
