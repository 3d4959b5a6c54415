"""Traps and informs of net-snmp's own senders, over real sockets: all versions, right and wrong credentials."""

from __future__ import annotations

import asyncio
import random
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.errors import CannotError, PortInUseError
from netmon.events import Event, TrapSeen
from netmon.inventory.load import load_inventory
from netmon.lab.network import WantedMode
from netmon.lab.story import faults as f
from netmon.model import (
    Element,
    ElementKind,
    Inventory,
    Node,
    SecretRef,
    Site,
    SiteKind,
    SnmpAuth,
    SnmpProbe,
    TrapKind,
    Vantage,
)
from netmon.probes.snmp.users import AUTHENTICATION, PRIVACY
from netmon.probes.sockets import KernelSockets
from netmon.probes.traps import usm
from netmon.probes.traps.receiver import Drop, TrapReceiver
from netmon.trial.stage import open_stage
from tests.lab.kernel_lab import playing
from tests.lab.secure_names import NAMES_AT_NET_SNMP
from tests.requires import require_program
from tests.small_counties import RING
from tests.unit.probes.traps.datagrams import LINK_DOWN, of_port, v1, v2c

pytestmark = pytest.mark.lab

HOST = "127.0.0.1"
PATIENCE = 20.0
SECRETS = {"C": "umum", "A": "sandi-panjang", "P": "kunci-panjang"}
LINE = [LINK_DOWN, "1.3.6.1.2.1.2.2.1.1.3", "i", "3", "1.3.6.1.2.1.31.1.1.1.1.3", "s", "sfp3"]


def secured(auth: str | None, priv: str | None) -> SnmpAuth:
    return SnmpAuth(
        "secure",
        "3",
        user="netmon",
        auth_protocol=auth,
        auth_password=SecretRef(env="A") if auth else None,
        priv_protocol=priv,
        priv_password=SecretRef(env="P") if priv else None,
    )


def county(auth: SnmpAuth) -> Inventory:
    return Inventory(
        region="kecil",
        vantage=Vantage("noc", ()),
        sites={"s": Site("s", "S", SiteKind.VILLAGE)},
        nodes={
            "noc": Node("noc", "s", "127.0.0.9", monitor=()),
            "r1": Node("r1", "s", HOST, snmp=SnmpProbe(auth=auth.name)),
        },
        links={},
        auth={auth.name: auth},
    )


class Hearing:
    """A receiver on a port of loopback, and what it heard while a sender ran."""

    def __init__(self, auth: SnmpAuth) -> None:
        self.events: list[Event] = []
        self.receiver = TrapReceiver(
            KernelSockets(), SystemClock(), lambda ref: SECRETS[str(ref.env)], lambda _node: ()
        )
        self.address = self.receiver.open(HOST, 0)
        self.receiver.set_inventory(county(auth))

    def hear(self, send: Callable[[], None], until: Callable[[], bool]) -> None:
        """Let somebody send until something holds."""

        async def listen() -> None:
            running = asyncio.create_task(self.receiver.run(self.events.extend, lambda _look: None))
            try:
                await asyncio.to_thread(send)
                async with asyncio.timeout(PATIENCE):
                    while not until():
                        await asyncio.sleep(0.01)
            finally:
                await end_all(running)

        asyncio.run(listen())

    @property
    def heard(self) -> int:
        return sum(self.receiver.measurements().received.values())

    def dropped(self, reason: Drop) -> int:
        return self.receiver.measurements().dropped.get(reason, 0)


def sender(program: str, *arguments: str) -> Callable[[], None]:
    """Return a call that runs one of net-snmp's senders; an inform that is not answered fails there."""
    path = require_program(program)

    def send() -> None:
        command = [path, "-On", "-r", "2", "-t", "5", *arguments]
        with tempfile.TemporaryDirectory() as own:  # one of others would have its engine id, perhaps half written
            environment = {"MIBS": "", "SNMP_PERSISTENT_DIR": own, "PATH": "/usr/bin:/bin"}
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE
            )
        assert done.returncode == 0, done.stderr

    return send


@pytest.mark.parametrize("program", ["snmptrap", "snmpinform"])
def test_version_2c(program: str) -> None:
    hearing = Hearing(SnmpAuth("field", "2c", community=SecretRef(env="C")))
    hearing.hear(sender(program, "-v2c", "-c", "umum", hearing.address, "", *LINE), lambda: hearing.heard == 1)
    (event,) = hearing.events
    assert isinstance(event, TrapSeen)
    assert (event.node, event.what, event.port) == ("r1", TrapKind.LINK_DOWN, "sfp3")
    assert hearing.receiver.measurements().informs == (program == "snmpinform")


def test_version_1_of_net_snmp() -> None:
    hearing = Hearing(SnmpAuth("field", "2c", community=SecretRef(env="C")))
    words = ["1.3.6.1.4.1.14988.1", HOST, "2", "0", "", *LINE[1:]]
    hearing.hear(sender("snmptrap", "-v1", "-c", "umum", hearing.address, *words), lambda: hearing.heard == 1)
    (event,) = hearing.events
    assert isinstance(event, TrapSeen)
    assert (event.what, event.port) == (TrapKind.LINK_DOWN, "sfp3")


def user(auth: str | None, priv: str | None, first: str = "A") -> list[str]:
    level = "noAuthNoPriv" if auth is None else "authNoPriv" if priv is None else "authPriv"
    words = ["-v3", "-u", "netmon", "-l", level]
    if auth is not None:
        words += ["-a", NAMES_AT_NET_SNMP[auth], "-A", SECRETS.get(first, first)]
    if priv is not None:
        words += ["-x", NAMES_AT_NET_SNMP[priv], "-X", SECRETS["P"]]
    return words


@pytest.mark.parametrize(
    ("auth", "priv"),
    [(None, None), *((auth, None) for auth in AUTHENTICATION), *(("sha256", priv) for priv in PRIVACY)],
)
def test_version_3_in_all_its_forms(auth: str | None, priv: str | None) -> None:
    """Traps, whose sender is the authority, and informs, for which this receiver is and which it answers."""
    hearing = Hearing(secured(auth, priv))

    def send() -> None:
        who = user(auth, priv)
        sender("snmptrap", *who, "-e", "0x8000000001020304", hearing.address, "", *LINE)()
        sender("snmpinform", *who, hearing.address, "", *LINE)()

    hearing.hear(send, lambda: hearing.heard == 2)
    assert hearing.receiver.measurements().informs == 1
    assert hearing.receiver.measurements().dropped == {}


@pytest.mark.parametrize(
    "who",
    [
        user("sha256", "aes128", "kata-yang-salah"),
        user("sha1", "aes128"),
        user("sha256", None),
        user(None, None),
        ["-v2c", "-c", "umum"],
    ],
)
def test_whoever_has_not_the_credentials_of_the_node_is_not_believed(who: list[str]) -> None:
    hearing = Hearing(secured("sha256", "aes128"))
    engine = ["-e", "0x8000000001020304"] if who[0] == "-v3" else []
    hearing.hear(
        sender("snmptrap", *who, *engine, hearing.address, "", *LINE), lambda: hearing.dropped(Drop.CREDENTIALS) == 1
    )
    assert hearing.heard == 0
    assert hearing.events == []


def test_a_message_of_version_3_that_is_sent_again_later_is_old() -> None:
    """What was recorded before a restart of its sender is not believed after it (RFC 3414, replay)."""
    require_program("snmptrap")
    hearing = Hearing(secured("sha256", "aes128"))
    recorded: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tap:
        tap.bind((HOST, 0))
        tap.settimeout(PATIENCE)
        where = f"{HOST}:{tap.getsockname()[1]}"
        for boots in ("7,100", "8,5"):
            words = [*user("sha256", "aes128"), "-e", "0x8000000001020304", "-Z", boots]
            sender("snmptrap", *words, where, "", *LINE)()
            recorded.append(tap.recv(65_535))
    old, new = recorded
    heard = []
    for datagram in (old, new, old):
        hearing.receiver.take(datagram, HOST, hearing.events.extend, lambda _look: None)
        heard.append(hearing.heard)
    assert heard == [1, 2, 2]
    assert hearing.dropped(Drop.CREDENTIALS) == 1
    hearing.hear(lambda: None, lambda: True)


def test_an_engine_that_is_made_anew_hears_the_next_trap_and_inform(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even in the middle of an inform: its sender is told the new boots, and sends again."""
    monkeypatch.setattr(usm, "_MOST_MESSAGES", 2)
    hearing = Hearing(secured("sha256", "aes128"))

    def send() -> None:
        who = user("sha256", "aes128")
        for _ in range(2):
            sender("snmptrap", *who, "-e", "0x8000000001020304", hearing.address, "", *LINE)()
            sender("snmpinform", *who, hearing.address, "", *LINE)()

    hearing.hear(send, lambda: hearing.heard == 4)
    assert hearing.receiver.measurements().informs == 2


def test_tampered_messages_are_counted_and_nothing_else() -> None:
    require_program("snmptrap")
    hearing = Hearing(secured("sha256", "aes128"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tap:
        tap.bind((HOST, 0))
        tap.settimeout(PATIENCE)
        words = [*user("sha256", "aes128"), "-e", "0x8000000001020304"]
        sender("snmptrap", *words, f"{HOST}:{tap.getsockname()[1]}", "", *LINE)()
        good = [tap.recv(65_535), v2c(LINK_DOWN, of_port(1)), v1("1.3.6.1.4.1.9", 2)]
    chance = random.Random(3)
    for _ in range(400):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        hearing.receiver._limits.keep(frozenset())  # every one of them is to be looked at
        hearing.receiver.take(bytes(data), HOST, hearing.events.extend, lambda _look: None)
    assert hearing.dropped(Drop.MALFORMED) + hearing.dropped(Drop.CREDENTIALS) + hearing.heard == 400
    assert hearing.dropped(Drop.RATE) == 0
    assert hearing.heard < 40
    hearing.hear(lambda: None, lambda: True)


def test_a_taken_port_and_a_foreign_address_are_said_in_one_line() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HOST, 0))
        port = other.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"UDP {HOST}:{port} is in use"):
            KernelSockets().traps(HOST, port)
    with pytest.raises(CannotError, match="cannot be opened"):
        KernelSockets().traps("203.0.113.1", 0)


@pytest.fixture
def ring(tmp_path: Path) -> Inventory:
    path = tmp_path / "ring.yaml"
    path.write_text(RING.replace("interval: 2s", "interval: 600s"), encoding="utf-8")
    return load_inventory(path, with_secrets=False).inventory


@pytest.mark.parametrize("mode", ["namespaces", "simulated"])
def test_a_ring_cut_that_darkens_nothing_is_named_long_before_the_next_poll(
    ring: Inventory, mode: WantedMode
) -> None:
    """Polls are ten minutes apart here: what is named and what is seen mended can only be so by traps."""
    if mode == "namespaces":
        with playing(ring):  # skips, with the reason, where the machine does not allow it
            pass
    cut = Element(ElementKind.LINK, "r1-r2")

    async def scene() -> None:
        async with open_stage(ring, mode=mode) as stage, asyncio.timeout(60.0):
            await stage.all_heard(PATIENCE)
            stage.daemon.instruments.snmp.poll_now(list(ring.nodes))
            await stage.all_polled(PATIENCE)
            await stage.do("cut", f.CutLink("r1-r2"))
            named = await stage.until(
                lambda picture: any(cut == incident.fault.element for incident in picture.open_incidents), PATIENCE
            )
            assert named, stage.daemon.instruments.traps.measurements()
            await stage.do("heal", f.HealLink("r1-r2"))
            assert await stage.until(lambda picture: not picture.open_incidents, PATIENCE)
            await stage.do("off", f.PowerOff("w1"))
            assert await stage.until(lambda picture: bool(picture.open_incidents), PATIENCE)
            await stage.do("on", f.PowerOn("w1"))
            assert await stage.until(lambda picture: not picture.open_incidents, PATIENCE)
            assert await stage.until(
                lambda picture: any(trap.what is TrapKind.COLD_START for trap in picture.traps.get("w1", ())),
                PATIENCE,
            )
            assert stage.daemon.instruments.traps.measurements().dropped == {}

    asyncio.run(scene())
