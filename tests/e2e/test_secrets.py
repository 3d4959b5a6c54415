"""Secrets are planted wherever netmon takes one, and then everything that it says, serves and keeps is searched."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import httpx2
import pytest

from netmon.exporter.api.openapi import operations
from tests.e2e.certificates import Authority
from tests.e2e.terminal import Terminal, wait_for
from tests.small_counties import LOOPBACK

pytestmark = pytest.mark.e2e

COMMUNITY, AUTH, PRIV, PASSWORD = "planted-kom-7Q", "planted-auth-8R", "planted-priv-9S", "planted-door-1T"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
WEB = f"basic_auth_users: {{noc: {HASH}}}\ntls_server_config: {{cert_file: web.pem, key_file: web.key}}\n"
AUTHS = """\
auth:
  field: {version: 2c, community: {file: community}}
  core: {version: 3, user: netmon, auth_protocol: sha1, auth_password: {env: PLANTED_AUTH}, priv_protocol: aes128,
    priv_password: {env: PLANTED_PRIV}}
defaults: {probe: {icmp: {interval: 1s}, snmp: {interval: 1s, auth: field}}}
"""
INVENTORY = (
    LOOPBACK.replace("vantage:", f"{AUTHS}vantage:", 1)
    .replace("address: 127.0.7.2", "address: 127.0.7.2, monitor: [icmp, snmp]")
    .replace("address: 127.0.7.3", "address: 127.0.7.3, monitor: [icmp, snmp], probe: {snmp: {auth: core}}")
)
PATIENCE = {"X-Prometheus-Scrape-Timeout-Seconds": "0.8"}  # no agent answers here
PAGES = ("/", "/sites", "/sites/desa", "/sites?verdict=up", "/?lang=id", "/static/live.js", "/static/page.css")
ASKED = ("/probe?target=r1&module=snmp&debug=true", "/probe?target=r2&module=snmp&debug=true", "/sd/snmp",
         "/api/v1/nodes/r1", "/api/v1/sites/desa", "/api/v1/why/desa", "/api/v1/nodes?role=%00")  # fmt: skip
TYPED = (
    "check net.yaml",
    "inventory show r2 -i net.yaml --resolved",
    "inventory export -i net.yaml --format json -o out.json",
    "inventory export -i net.yaml -o sheets",
    "inventory export-sd --module snmp -i net.yaml",
    "probe snmp -i net.yaml r1 --timeout 0.2 --retries 0",
    "--debug probe snmp -i net.yaml r2 --timeout 0.2 --retries 0",
    "--debug status --url {url}",
    "why desa --url {url}",
    "topology spof -i net.yaml",
)
REFUSED = (
    "check inline.yaml",
    "run -i inline.yaml",
    f"run -i net.yaml --alertmanager.url http://noc:{PASSWORD}@127.0.0.1:9/",
    "run -i half.yaml",
)


@pytest.fixture
def desk(loop: Terminal) -> Terminal:
    """Return a terminal beside whose inventory every kind of secret lies."""
    folder, loop.forks_all = loop.folder, True
    (folder / "net.yaml").write_text(INVENTORY, encoding="utf-8")
    inline = INVENTORY.replace("{file: community}", COMMUNITY).replace("{env: PLANTED_AUTH}", AUTH)
    (folder / "inline.yaml").write_text(inline, encoding="utf-8")
    half = INVENTORY.replace("{env: PLANTED_PRIV}", "{env: NOT_PLANTED}")
    (folder / "half.yaml").write_text(half, encoding="utf-8")
    (folder / "community").write_text(COMMUNITY + "\n", encoding="utf-8")
    (folder / "door").write_text(PASSWORD + "\n", encoding="utf-8")
    (folder / "web.yaml").write_text(WEB, encoding="utf-8")
    for name in ("community", "door", "web.yaml"):
        (folder / name).chmod(0o600)
    Authority(folder).issue("web")
    loop.environment |= {
        "PLANTED_AUTH": AUTH, "PLANTED_PRIV": PRIV, "NETMON_USER": "noc",
        "NETMON_PASSWORD_FILE": str(folder / "door"), "NETMON_CA_FILE": str(folder / "ca.pem"),
    }  # fmt: skip
    return loop


def forms(folder: Path) -> Iterator[bytes]:
    """Yield every planted secret in the forms in which it might slip out."""
    key = (folder / "web.key").read_bytes().splitlines()[1]
    yield from (HASH.encode(), key)
    for secret in (COMMUNITY, AUTH, PRIV, PASSWORD):
        yield from (secret.encode(), secret.encode().hex().encode(), base64.b64encode(secret.encode()).rstrip(b"="))
    yield base64.b64encode(f"noc:{PASSWORD}".encode())


def test_nothing_that_is_said_served_or_kept_holds_a_secret(desk: Terminal, tmp_path: Path) -> None:
    folder, state = desk.folder, tmp_path / "state"
    said: dict[str, bytes] = {}
    asked = (*PAGES, *ASKED, *(one.path for one in operations() if "{" not in one.path and one.path != "/events"))
    trusting = ssl.create_default_context(cafile=folder / "ca.pem")
    words = ("-i", "net.yaml", "--state", state, "--web.config.file", "web.yaml", "--log.level", "debug",
             "--alertmanager.url", "http://127.0.0.1:9/", "--web.enable-lifecycle")  # fmt: skip
    with desk.daemon(*words) as daemon:
        url = daemon.until(r"netmon serves (https://\S+)")[1].rstrip("/")
        with httpx2.Client(verify=trusting, trust_env=False, timeout=60.0) as client:
            door = ("noc", PASSWORD)
            wait_for(
                lambda: client.get(f"{url}/-/ready", auth=door).status_code == 200, "ready", said=lambda: daemon.said
            )
            for path in asked:
                for method in ("GET", "DELETE", "POST"):
                    answer = client.request(method, url + path, auth=door, headers=PATIENCE)
                    said[f"{method} {path}"] = answer.content + repr(answer.headers.raw).encode()
            assert client.get(f"{url}/metrics", auth=("noc", "wrong")).status_code == 401
            said["refused"] = client.get(f"{url}/metrics", auth=("noc", "wrong")).content
        for line in (*TYPED, *REFUSED):
            done = desk.type(*line.format(url=url).split())
            said[line] = (done.stdout + done.stderr).encode()
            assert (done.returncode in (2, 3)) == (line in REFUSED), said[line]
        assert daemon.end() == 0
        said["log"] = (daemon.said + daemon.output).encode()
    kept = [*state.rglob("*"), *(folder / "sheets").iterdir(), folder / "out.json"]
    said |= {str(path): path.read_bytes() for path in kept if path.is_file()}

    assert b"netmon_snmp_up" in said["GET /metrics"], "what is searched is there"
    assert any(b"noc" in text for path, text in said.items() if path.startswith(str(state)))
    planted = list(forms(folder))
    found = [(where, form) for where, text in said.items() for form in planted if form in text]
    assert found == []
