"""NetBox's export templates write what `netmon inventory import` reads, whatever names hold.

The objects have the attributes of NetBox 4's models (`dcim.models`: Site, Device, Cable) that the templates ask for.
"""

from __future__ import annotations

from ipaddress import ip_interface
from types import SimpleNamespace as Row
from typing import Any

import pytest
import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from tests.e2e.terminal import Terminal
from tests.markdown import TOP

pytestmark = pytest.mark.e2e
TEMPLATES = TOP / "deploy" / "netbox"


def rendered(name: str, queryset: list[Any]) -> str:
    """Return what NetBox would: it renders in a sandbox."""
    environment = SandboxedEnvironment(undefined=StrictUndefined)
    return environment.from_string((TEMPLATES / name).read_text(encoding="utf-8")).render(queryset=queryset)


def site(slug: str, name: str, group: str | None, region: str | None = None, status: str = "active") -> Row:
    return Row(
        slug=slug,
        name=name,
        group=Row(slug=group) if group else None,
        region=Row(slug=region) if region else None,
        status=status,
        latitude=None if group == "opd" else "-6.813200",
        longitude=None if group == "opd" else "111.959700",
    )


SITES = [
    site("noc", "Kantor NOC", "noc", "jenu"),
    site("jenu", "Jenu", "district", "jenu"),
    site("socorejo", 'Desa "Socorejo", utara', "village", "jenu"),
    site("suwalan", "=HYPERLINK(1)", "village", "jenu", status="planned"),
    site("dinas", "Dinas <b>Kominfo</b>", "opd"),
    site("gudang", "Gudang", None, status="retired"),
]


def device(name: str | None, place: Row, address: str | None, status: str = "active") -> Row:
    ip = Row(address=ip_interface_of(address)) if address else None
    return Row(name=name, site=place, primary_ip=ip, role=Row(slug="router"), status=status)


def ip_interface_of(address: str) -> Row:
    """Return an address as netaddr's IPNetwork has it, which NetBox stores."""
    return Row(ip=str(ip_interface(address).ip))


NOC = device("noc", SITES[0], None)
GATEWAY = device("gw", SITES[0], "198.18.0.2/24")
JENU = device("rtr jenu", SITES[1], "198.18.12.254/24")
SOCOREJO = device("rtr-socorejo", SITES[2], "2001:db8::2/64")
DEVICES = [
    NOC,
    GATEWAY,
    JENU,
    SOCOREJO,
    device("sw-dinas", SITES[4], "198.18.12.3/24"),
    device(None, SITES[5], None),
    device("later", SITES[3], "198.18.12.9/24", status="planned"),
]


def cable(
    pk: int, a: Row, b: Row | None, kind: str | None, length: str | None = None, unit: str | None = None
) -> Row:
    ends = [[Row(device=one, name=port)] for one, port in ((a, f"to-{pk}"), (b, f"sfp{pk}"))]
    return Row(
        pk=pk,
        a_terminations=ends[0],
        b_terminations=ends[1],
        type=kind,
        status="connected",
        length=length,
        length_unit=unit,
    )


CABLES = [
    cable(1, NOC, GATEWAY, "cat6"),
    cable(7, GATEWAY, JENU, "smf-os2", "12500.00", "m"),
    cable(8, JENU, SOCOREJO, None, "7.20", "km"),
    cable(11, JENU, Row(name="sw-dinas"), "mmf-om4", "30", "ft"),
    cable(9, JENU, None, "smf"),  # its other end is a circuit
    cable(10, JENU, JENU, "mmf"),  # a patch cord within a rack
]


def test_what_netbox_writes_becomes_a_good_inventory(desk: Terminal) -> None:
    folder = desk.folder / "netbox"
    folder.mkdir()
    for name, rows in (("sites", SITES), ("nodes", DEVICES), ("links", CABLES)):
        (folder / f"{name}.csv").write_text(rendered(f"{name}.csv.j2", rows), encoding="utf-8")
    words = ("--region", "tuban", "--vantage", "noc", "--sentinel", "gw", "-o", "county.yaml")
    made = desk.type("inventory", "import", "netbox", *words)
    assert made.returncode == 0, made.stderr
    checked = desk.type("check", "county.yaml")
    assert "6 sites, 5 nodes, 4 links" in checked.stderr, checked.stderr
    drawing = yaml.safe_load((desk.folder / "county.yaml").read_text(encoding="utf-8"))
    sites = {one["id"]: one for one in drawing["sites"]}
    assert sites["socorejo"]["name"] == 'Desa "Socorejo", utara'
    assert (sites["socorejo"]["kind"], sites["socorejo"]["district"]) == ("village", "jenu")
    assert (sites["suwalan"]["served"], sites["suwalan"]["name"]) == (False, "=HYPERLINK(1)")
    assert (sites["gudang"]["kind"], "lat" in sites["dinas"]) == ("other", False)
    nodes = {one["id"]: one for one in drawing["nodes"]}
    assert nodes["noc"]["monitor"] == []
    assert (nodes["rtr-jenu"]["address"], nodes["rtr-socorejo"]["address"]) == ("198.18.12.254", "2001:db8::2")
    links = {one["id"]: one for one in drawing["links"]}
    assert links.keys() == {"link-1", "link-7", "link-8", "link-11"}
    assert (links["link-7"]["a"], links["link-7"]["b"]) == ("gw:to-7", "rtr-jenu:sfp7")
    assert (links["link-1"]["kind"], links["link-7"]["kind"], links["link-8"]["kind"]) == ("copper", "fibre", "fibre")
    assert (links["link-7"]["length_km"], links["link-8"]["length_km"]) == (12.5, 7.2)
    assert links["link-11"]["length_km"] == 0.009
