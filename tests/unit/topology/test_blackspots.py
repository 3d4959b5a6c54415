"""Black spots in their three senses, and distances between cities that are known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from netmon.model import Finding, Site, SiteKind, Verdict
from netmon.report.speed import Tested as Speeds
from netmon.topology.blackspots import Return, Sense, blackspots, flapping
from netmon.topology.geo import Position, distance
from tests.unit.topology.drawn import draw


def test_each_sense_has_its_reason() -> None:
    places = {"site-a": (-7.0, 112.0), "site-b": (-7.0, 112.1), "far": (-7.0, 112.12), "unplaced": (None, None)}
    inventory = draw("noc-a-b-c")
    sites = {
        name: Site(name, name, SiteKind.VILLAGE, lat=lat, lon=lon, served=name in inventory.sites)
        for name, (lat, lon) in {**dict.fromkeys(inventory.sites, (None, None)), **places}.items()
    }
    inventory = replace(inventory, sites=sites)
    assert [(one.site, one.nearest) for one in blackspots(inventory, {}, {})] == [
        ("far", "site-b"),
        ("unplaced", None),
    ]
    findings = {
        "site-a": Finding(Verdict.UP),
        "site-b": Finding(Verdict.DOWN, "F1"),
        "site-c": Finding(Verdict.DEGRADED),
        "site-noc": Finding(Verdict.MAINTENANCE),
    }
    found = {one.site: one for one in blackspots(inventory, findings, {"site-c": ("c: loss",)})}
    assert {site: one.sense for site, one in found.items()} == {
        "far": Sense.NEVER_CONNECTED,
        "unplaced": Sense.NEVER_CONNECTED,
        "site-b": Sense.DARK,
        "site-c": Sense.UNUSABLE,
    }
    assert found["site-b"].fault == "F1"
    assert found["site-c"].reasons == ("c: loss",)
    assert found["far"].nearest == "site-a"  # the nearer one is dark
    assert found["far"].distance == pytest.approx(13_245, rel=5e-3)


def test_a_line_that_delivers_less_than_was_bought_makes_a_black_spot_of_a_site_that_is_up_not_of_a_dark_one() -> (
    None
):
    inventory = draw("noc-a-b-c")
    findings = {
        "site-a": Finding(Verdict.UP),
        "site-b": Finding(Verdict.DOWN, "F1"),
        "site-c": Finding(Verdict.DEGRADED),
    }
    short = dict.fromkeys(findings, ("l: 3 of 20",))
    found = {one.site: one for one in blackspots(inventory, findings, {"site-c": ("loss",)}, short)}
    assert {site: (one.sense, one.reasons) for site, one in found.items()} == {
        "site-a": (Sense.UNUSABLE, ("l: 3 of 20",)),
        "site-b": (Sense.DARK, ()),
        "site-c": (Sense.UNUSABLE, ("loss", "l: 3 of 20")),
    }


def test_a_fault_that_came_and_went_three_times_lately_makes_a_black_spot_of_what_is_up() -> None:
    day = 86_400.0
    returns = [
        Return("F1", 3, 0.0, ("site-a", "site-b")),
        Return("F2", 2, day, ("site-c",)),
        Return("F3", 9, -1.0, ("site-c",)),
        Return("F4", 4, day, ("site-a",)),
    ]
    often = flapping(returns, day)
    assert often == {
        "site-a": ("F1: dark 3 times, again and again", "F4: dark 4 times, again and again"),
        "site-b": ("F1: dark 3 times, again and again",),
    }
    findings = {"site-a": Finding(Verdict.UP), "site-b": Finding(Verdict.UNREACHABLE, "F1")}
    found = blackspots(draw("noc-a-b-c"), findings, {}, often)
    assert [(one.site, one.sense) for one in found] == [("site-a", Sense.UNUSABLE), ("site-b", Sense.DARK)]


def test_a_contract_is_held_against_the_slower_direction() -> None:
    assert Speeds(19e6, 18.1e6).least_short_of(20.0) is None
    assert Speeds(19e6, 17.9e6).least_short_of(20.0) == 17.9e6
    assert Speeds(None, 5e6).least_short_of(20.0) == 5e6
    assert Speeds().least_short_of(20.0) is None


def on_the_ellipsoid(a: Position, b: Position) -> float:
    """Return the length of the geodesic on WGS 84 in metres (Vincenty, Survey Review 23(176), 1975)."""
    axis, flat = 6_378_137.0, 1 / 298.257223563
    minor = axis * (1 - flat)
    u, v = (math.atan((1 - flat) * math.tan(math.radians(place.lat))) for place in (a, b))
    turn = far = math.radians(b.lon - a.lon)
    for _ in range(100):
        sine = math.hypot(
            math.cos(v) * math.sin(far), math.cos(u) * math.sin(v) - math.sin(u) * math.cos(v) * math.cos(far)
        )
        cosine = math.sin(u) * math.sin(v) + math.cos(u) * math.cos(v) * math.cos(far)
        arc = math.atan2(sine, cosine)
        alpha = math.cos(u) * math.cos(v) * math.sin(far) / sine
        square = 1 - alpha**2
        middle = cosine - 2 * math.sin(u) * math.sin(v) / square
        c = flat / 16 * square * (4 + flat * (4 - 3 * square))
        far = turn + (1 - c) * flat * alpha * (arc + c * sine * (middle + c * cosine * (2 * middle**2 - 1)))
    k = square * (axis**2 - minor**2) / minor**2
    large = 1 + k / 16384 * (4096 + k * (-768 + k * (320 - 175 * k)))
    small = k / 1024 * (256 + k * (-128 + k * (74 - 47 * k)))
    last = small / 6 * middle * (4 * sine**2 - 3) * (4 * middle**2 - 3)
    return minor * large * (arc - small * sine * (middle + small / 4 * (cosine * (2 * middle**2 - 1) - last)))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Position(-6.2088, 106.8456), Position(-7.2575, 112.7521)),  # Jakarta – Surabaya
        (Position(52.5200, 13.4050), Position(48.8566, 2.3522)),  # Berlin – Paris
        (Position(40.7128, -74.0060), Position(51.5074, -0.1278)),  # New York – London
        (Position(-33.8688, 151.2093), Position(-37.8136, 144.9631)),  # Sydney – Melbourne
        (Position(-6.8986, 112.0497), Position(-6.7989, 111.9028)),  # Tuban – Jenu
    ],
)
def test_cities_are_as_far_apart_as_on_the_ellipsoid(a: Position, b: Position) -> None:
    assert distance(a, b) == pytest.approx(on_the_ellipsoid(a, b), rel=5e-3)


def test_the_ellipsoid_is_the_right_one() -> None:
    """A known line: Flinders Peak to Buninyong, 54,972.271 m (Geocentric Datum of Australia technical manual)."""
    flinders = Position(-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
    buninyong = Position(-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)
    assert on_the_ellipsoid(flinders, buninyong) == pytest.approx(54_972.271, abs=0.01)
