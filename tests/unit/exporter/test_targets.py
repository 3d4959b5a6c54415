"""The inventory as targets for others, and who may have netmon probe what."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from netmon.errors import PrivilegeError
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.catalogue import PROBE
from netmon.exporter.prometheus.probe_route import LONGEST, time_to_answer
from netmon.exporter.prometheus.targets import target_groups
from netmon.exporter.view import View
from netmon.model import Inventory, SnmpProbe
from netmon.picture.state import Picture
from netmon.probes.icmp.ping import Pinged
from netmon.probes.once import Module, Once, Target, find_target
from tests.characters import UNICODE
from tests.in_process import AppClient
from tests.rows import every_row
from tests.unit.exporter.county import HOSTILE, calm, inventory, view


def polled() -> Inventory:
    """Return the county with two routers that are polled, one on a port of its own."""
    drawing = inventory()
    a, v1 = drawing.nodes["rtr-a"], drawing.nodes["rtr-v1"]
    polled_ones = {
        "rtr-a": replace(a, snmp=SnmpProbe(auth="field")),
        "rtr-v1": replace(v1, snmp=SnmpProbe(auth="field", port=1161)),
    }
    return replace(drawing, nodes={**drawing.nodes, **polled_ones})


FINE = Once(ok=True, duration=0.25)


class Probed:
    """A prober that only writes down what it was told to probe."""

    def __init__(self, found: Once | Exception = FINE) -> None:
        self.asked: list[tuple[Target, float]] = []
        self.found = found

    async def __call__(self, target: Target, seconds: float) -> Once:
        self.asked.append((target, seconds))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def shown() -> View:
    picture: Picture = calm(polled())
    return view(picture)


def client(prober: Probed) -> AppClient:
    return AppClient(create_app(shown, ChangeFeed(), prober=prober))


def test_targets_say_what_they_are_and_no_secret() -> None:
    groups = target_groups(polled(), Module.SNMP)
    assert [group["targets"] for group in groups] == [["198.18.0.3"], ["198.18.0.6:1161"]]
    assert groups[1]["labels"] == {
        "__meta_netmon_auth": "field",
        "__meta_netmon_district": "d1",
        "__meta_netmon_node": "rtr-v1",
        "__meta_netmon_region": "tuban",
        "__meta_netmon_role": "router",
        "__meta_netmon_site": "v1",
        "__meta_netmon_site_kind": "village",
        "__meta_netmon_site_name": HOSTILE,
    }
    assert "COUNTY_COMMUNITY" not in json.dumps(groups)
    (website,) = target_groups(polled(), Module.HTTP)
    assert website["targets"] == ["https://a.desa.test/"]
    assert len(target_groups(polled(), Module.ICMP)) == 7


def test_discovery_serves_the_whole_list_as_json_and_an_empty_one_as_such() -> None:
    asking = client(Probed())
    answer = asking.get("/sd/snmp")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == target_groups(polled(), Module.SNMP)
    assert AppClient(create_app(lambda: view(calm()), ChangeFeed())).get("/sd/snmp").json() == []
    assert asking.get("/sd/ftp").status_code == 404


@every_row(
    ("query", "node", "service"),
    [
        ("target=rtr-a", "rtr-a", None),
        ("target=198.18.0.3&module=icmp", "rtr-a", None),
        ("target=rtr-v1&module=snmp", "rtr-v1", None),
        ("target=web-a&module=http", None, "web-a"),
        ("target=https://a.desa.test/&module=http", None, "web-a"),
    ],
)
def test_what_the_inventory_names_is_probed(query: str, node: str | None, service: str | None) -> None:
    prober = Probed()
    answer = client(prober).get(f"/probe?{query}")
    assert answer.status_code == 200
    assert "probe_success 1.0\n" in answer.text
    ((target, seconds),) = prober.asked
    assert (target.node and target.node.id, target.service and target.service.id) == (node, service)
    assert seconds == LONGEST


@every_row(
    ("query", "said"),
    [
        ("", "target is missing"),
        ("target=127.0.0.1", "'127.0.0.1' is not in the inventory"),
        ("target=169.254.169.254&module=http", "is not in the inventory"),
        ("target=http://169.254.169.254/&module=http", "is not in the inventory"),
        ("target=https://a.desa.test/../admin&module=http", "is not in the inventory"),
        ("target=https://a.desa.test@evil.test/&module=http", "is not in the inventory"),
        ("target=rtr-b&module=snmp", "or snmp is not in force there"),
        ("target=split", "is not in the inventory, or icmp"),
        ("target=rtr-a&module=shell", "one of icmp, snmp, http"),
        ("target=rtr-a&target=127.0.0.1", "target is given twice"),
        ("target=rtr-a&url=http://evil.test", "unknown parameter 'url'"),
        ("target=rtr-a&debug=1", "true or false"),
    ],
)
def test_everything_else_is_refused_before_a_packet_leaves(query: str, said: str) -> None:
    prober = Probed()
    answer = client(prober).get(f"/probe?{query}")
    assert (answer.status_code, said in answer.text) == (400, True), answer.text
    assert prober.asked == []


@given(st.text(UNICODE), st.sampled_from(Module))
def test_no_text_gets_netmon_to_knock_elsewhere(text: str, module: Module) -> None:
    drawing = polled()
    target = find_target(drawing, module, text)
    assert target is None or text in {*drawing.nodes, *drawing.services}


def test_the_scrapers_patience_bounds_the_probe() -> None:
    assert time_to_answer(None) == 10.0
    assert time_to_answer("5") == 4.5
    assert time_to_answer("0.4") == 0.1
    assert time_to_answer("0.1") == 0.05
    assert time_to_answer("120") == 10.0
    for odd in ("", "soon", "nan", "-1", "0", "inf"):
        with pytest.raises(HTTPException) as refused:
            time_to_answer(odd)
        assert refused.value.status_code == 400
    prober = Probed()
    assert client(prober).get("/probe?target=rtr-a", headers={"X-Prometheus-Scrape-Timeout-Seconds": "3"}).is_success
    assert prober.asked[0][1] == 2.5


def test_a_failure_is_an_answer_and_in_words_where_they_are_wanted() -> None:
    lost = Pinged("198.18.0.3", 3, 0, 3, None, None, None, None, None, 0)
    prober = Probed(Once(ok=False, duration=1.5, detail="no answer", pinged=lost))
    answer = client(prober).get("/probe?target=rtr-a").text
    assert "probe_success 0.0\n" in answer
    assert "probe_icmp_packets_sent 3.0\n" in answer
    assert 'phase="' not in answer
    assert "why: no answer" in client(prober).get("/probe?target=rtr-a&debug=true").text


def test_a_missing_privilege_is_no_verdict() -> None:
    answer = client(Probed(PrivilegeError("ICMP echo sockets may not be opened", "sysctl"))).get(
        "/probe?target=rtr-a"
    )
    assert (answer.status_code, answer.text) == (503, "ICMP echo sockets may not be opened\n")
    assert AppClient(create_app(shown, ChangeFeed())).get("/probe?target=rtr-a").status_code == 503


def test_names_are_those_of_blackbox_exporter() -> None:
    names = {metric.name for metric in PROBE.metrics}
    assert {"probe_success", "probe_duration_seconds", "probe_http_status_code"} <= names
