"""A county of real daemons: network namespaces with net-snmp, lldpd and FRR in them, wired as a ring with villages.

    noc – core1, core2;  ring core1 – d1 – d2 – d3 – d4 – core2 – core1;  a village v1 … v4 behind each of d1 … d4

Each host is one process tree in network, mount, name and process namespaces of its own. Its first process waits at a
pipe: when that closes, because the county is closed or because the tests died however they died, the kernel ends
every process of the host and takes its interfaces and files away. Nothing has a name on the machine. Needs root.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from netmon.probes.sockets import KernelSockets, bind_udp, open_icmp
from tests.requires import require, require_program

T = TypeVar("T")

LINKS = (
    "noc-core1", "noc-core2", "core1-core2", "core1-d1", "d1-d2", "d2-d3", "d3-d4", "d4-core2",
    "d1-v1", "d2-v2", "d3-v3", "d4-v4",
)  # fmt: skip
COMMUNITY = "umum"
USER, AUTH_PASSWORD, PRIV_PASSWORD = "netmon", "sandi-rahasia", "kunci-rahasia"
SPARE = "sfp9"
"""A port that no cable is in at first; routing is configured on it all the same."""
PATIENCE = 60.0
"""Seconds that daemons may take to find one another on a busy machine."""
_CLONE_NEWNET = 0x4000_0000
_UNSHARE = ("unshare", "--net", "--mount", "--uts", "--pid", "--fork")
_FRR = ("usr/lib/frr/zebra", "usr/lib/frr/ospfd")
_FRR_SNMP = ("usr/lib/*/frr/modules/ospfd_snmp.so",)
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Plug:
    """One end of a link: the host, its port, the address there (a /30) and the host at the other end."""

    host: str
    port: str
    address: str
    far: str


@dataclass
class Host:
    """A running host. `pid` is that of its first process, as this process sees it."""

    name: str
    address: str
    process: subprocess.Popen[bytes]
    pid: int
    plugs: list[Plug] = field(default_factory=list)

    def run(self, *command: str, text: str | None = None) -> str:
        """Run a command in the host; it must succeed. Return what it printed."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.pid), "-m", "-u", "-n", *command],
            input=text,
            stdin=None if text is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{self.name}: {' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    @property
    def files(self) -> Path:
        """The top of its file system, as procfs(5) shows it."""
        return Path("/proc", str(self.pid), "root")

    def log(self) -> str:
        """Return the last lines of every daemon's log."""
        folder = self.files / "run" / "log"
        return "\n".join(
            f"== {self.name} {file.name}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-5:])
            for file in sorted(folder.glob("*"))
        )


class RealCounty:
    """The hosts, and what can be done to their cables."""

    def __init__(self) -> None:
        """Build everything and start the daemons; `settle` waits until routing is done."""
        names = dict.fromkeys(name for link in LINKS for name in link.split("-"))
        self.hosts: dict[str, Host] = {}
        self.plugs: dict[str, tuple[Plug, Plug]] = {}
        try:
            for number, name in enumerate(names, 1):
                self.hosts[name] = _boot(name, f"10.255.0.{number}")
            for number, link in enumerate(LINKS):
                self._wire(number, link)
            for host in self.hosts.values():
                self._start(host)
        except BaseException:
            self.close()
            raise

    def _wire(self, number: int, link: str) -> None:
        a, b = (self.hosts[name] for name in link.split("-"))
        ends = [
            Plug(here.name, f"sfp{len(here.plugs) + 1}", f"10.200.{number}.{position}", there.name)
            for position, (here, there) in enumerate(((a, b), (b, a)), 1)
        ]
        for host, plug in zip((a, b), ends, strict=True):
            host.plugs.append(plug)
        self.plugs[link] = (ends[0], ends[1])
        self.plug(*ends)

    def plug(self, one: Plug, other: Plug) -> None:
        """Put a cable between two ports that have none."""
        ends = [(plug, self.hosts[plug.host]) for plug in (one, other)]
        (a, host_a), (b, host_b) = ends
        _machine(
            "ip", "link", "add", a.port, "netns", str(host_a.pid), "type", "veth",
            "peer", "name", b.port, "netns", str(host_b.pid),
        )  # fmt: skip
        for plug, host in ends:
            host.run(
                "ip", "-batch", "-",
                text=f"addr add {plug.address}/30 dev {plug.port}\n"
                f"link set {plug.port} alias \"ke {plug.far}\"\nlink set {plug.port} up\n",
            )  # fmt: skip

    def unplug(self, plug: Plug) -> None:
        """Take a cable out, and both its ports away with it."""
        self.hosts[plug.host].run("ip", "link", "del", plug.port)

    def cut(self, link: str) -> None:
        """Let a line lose carrier: one end is switched off, the other sees it."""
        plug = self.plugs[link][1]
        self.hosts[plug.host].run("ip", "link", "set", plug.port, "down")

    def heal(self, link: str) -> None:
        """Switch it on again."""
        plug = self.plugs[link][1]
        self.hosts[plug.host].run("ip", "link", "set", plug.port, "up")

    def _start(self, host: Host) -> None:
        trap_to = self.hosts["noc"].address
        files = {
            "snmpd.conf": _snmpd(host, trap_to),
            "zebra.conf": f"hostname {host.name}\nip forwarding\n",
            "ospfd.conf": _ospfd(host),
            "lldpd.conf": "configure lldp tx-interval 1\n",
            "frr.conf": "agentXSocket unix:/run/agentx.sock\n",
            "hosts": f"127.0.0.1 localhost\n{host.address} {host.name}\n",
            "resolv.conf": "nameserver 127.0.0.9\noptions timeout:1 attempts:1\n",
        }
        assert host.process.stdin is not None
        lines = [f"write {name} {len(text.encode())}\n{text}" for name, text in files.items()]
        host.process.stdin.write(("".join(lines) + "start\n").encode())
        host.process.stdin.flush()

    def settle(self) -> None:
        """Wait until the vantage has a route to every host and every agent is there.

        Raises:
            AssertionError: it did not come to that; the message has the daemons' last words.
        """
        noc = self.hosts["noc"]
        wanted = {host.address for host in self.hosts.values() if host is not noc}

        def routed() -> bool:
            found = noc.run("ip", "-4", "route", "show", "proto", "ospf")
            return wanted <= {line.split()[0].removesuffix("/32") for line in found.splitlines() if line}

        self.wait(routed, "routes to every host")
        for host in self.hosts.values():
            self.wait((host.files / "run" / "lldpd.socket").exists, f"lldpd of {host.name}")

    def can_reach(self, host: str) -> bool:
        """Say whether the vantage can ping a host now."""
        noc = self.hosts["noc"]
        command = ["nsenter", "-t", str(noc.pid), "-n", "ping", "-c1", "-W1", self.hosts[host].address]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something holds; fail with the daemons' last words when it does not for long."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"no {what}\n" + "\n".join(map(Host.log, self.hosts.values()))
            time.sleep(0.1)

    def close(self) -> None:
        """End every host: the kernel ends its processes with its first."""
        for host in self.hosts.values():
            for pipe in (host.process.stdin, host.process.stdout):
                if pipe is not None:
                    pipe.close()
        for host in self.hosts.values():
            try:
                host.process.wait(10)
            except subprocess.TimeoutExpired:
                host.process.kill()
                host.process.wait()


def _boot(name: str, address: str) -> Host:
    """Start the first process of a host; it waits for files and then for the word to start its daemons."""
    process = subprocess.Popen(
        [*_UNSHARE, "/bin/sh", "-eu", "-c", _FIRST, name, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/frr", "MIBS": "", "SNMP_PERSISTENT_DIR": "/run/snmp"},
    )
    assert process.stdout is not None
    ready = process.stdout.readline()
    assert ready == b"ready\n", f"{name} did not come up: {ready!r}"
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    return Host(name, address, process, int(children[0]))


_FIRST = r"""
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /var/tmp
mkdir -p /run/log /run/lldpd /run/frr /run/snmp
chown frr:frrvty /run/frr
hostname "$0"
ip link set lo up
ip addr add "$1/32" dev lo
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.igmp_max_memberships=1000 net.ipv4.icmp_ratelimit=0
echo ready
while read -r word name size && [ "$word" = write ]; do
    dd bs=1 count="$size" of="/run/$name" 2>/dev/null
done
mount --bind /run/hosts /etc/hosts
[ ! -e /etc/resolv.conf ] || mount --bind /run/resolv.conf /etc/resolv.conf
daemon() {
    "$@" </dev/null >>"/run/log/$(basename "$1")" 2>&1 &
}
frr="-u frr -g frr -z /run/frr/zserv.api --vty_socket /run/frr"
daemon zebra $frr -f /run/zebra.conf -i /run/frr/zebra.pid -P 0
while [ ! -S /run/frr/zserv.api ]; do sleep 0.05; done
daemon snmpd -f -Lo -C -c /run/snmpd.conf -p /run/snmpd.pid -I -smux
while [ ! -S /run/agentx.sock ]; do sleep 0.05; done
SNMPCONFPATH=/run daemon ospfd $frr -f /run/ospfd.conf -i /run/frr/ospfd.pid -P 0 -M snmp
daemon lldpd -d -x -X /run/agentx.sock -u /run/lldpd.socket -I 'sfp*' -C lo -m "$1" -O /run/lldpd.conf
cat >/dev/null
"""


def _snmpd(host: Host, trap_to: str) -> str:
    """Return a configuration of net-snmp that answers versions 2c and 3 and sends linkDown and linkUp."""
    entry = ".1.3.6.1.2.1.2.2.1"
    told = f"{entry}.1 {entry}.7 {entry}.8"
    return f"""\
agentaddress udp:161
[snmp] clientaddr {host.address}
rocommunity {COMMUNITY}
createUser {USER} SHA-256 {AUTH_PASSWORD} AES {PRIV_PASSWORD}
rouser {USER} priv
sysLocation {host.name}
sysServices 72
interface_fadeout 0
dontLogTCPWrappersConnects yes
master agentx
agentXSocket unix:/run/agentx.sock
agentXPerms 0777 0777
trap2sink {trap_to}:162 {COMMUNITY}
createUser internal SHA {AUTH_PASSWORD}
iquerySecName internal
rouser internal
notificationEvent linkUpTrap .1.3.6.1.6.3.1.1.5.4 {told}
notificationEvent linkDownTrap .1.3.6.1.6.3.1.1.5.3 {told}
monitor -r 1 -e linkUpTrap "linkUp" {entry}.8 != 2
monitor -r 1 -e linkDownTrap "linkDown" {entry}.8 == 2
"""


def _ospfd(host: Host) -> str:
    """Return a configuration of FRR's ospfd that notices silence after four seconds and waits for nothing else."""
    ports = [plug.port for plug in host.plugs] + [SPARE]
    interfaces = "".join(
        f"interface {port}\n ip ospf network point-to-point\n ip ospf hello-interval 1\n ip ospf dead-interval 4\n"
        for port in ports
    )
    return f"""\
hostname {host.name}
agentx
{interfaces}router ospf
 ospf router-id {host.address}
 timers throttle spf 10 50 500
 timers throttle lsa all 0
 timers lsa min-arrival 0
 network 10.0.0.0/8 area 0
"""


def _machine(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"


def in_namespace(pid: int, act: Callable[[], T]) -> T:
    """Do something in the network namespace of a process, in a thread of its own; what it opens stays there."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_visit, pid, act).result()


def _visit(pid: int, act: Callable[[], T]) -> T:
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        if _libc.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "setns")
    return act()


class HostSockets(KernelSockets):
    """Probe sockets of a host: netmon itself runs outside, as with the lab."""

    network = "lab"

    def __init__(self, host: Host) -> None:
        self._pid = host.pid

    def icmp(self, family: socket.AddressFamily) -> socket.socket:
        """Open an ICMP socket in the host."""
        return in_namespace(self._pid, lambda: open_icmp(family))

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        """Open a UDP socket in the host."""
        return in_namespace(self._pid, lambda: KernelSockets.udp(self, family))

    def tcp(self, family: socket.AddressFamily) -> socket.socket:
        """Open a TCP socket in the host."""
        return in_namespace(self._pid, lambda: KernelSockets.tcp(self, family))

    def traps(self, host: str, port: int) -> socket.socket:
        """Bind a UDP socket in the host."""
        return in_namespace(self._pid, lambda: bind_udp(host, port))


@contextmanager
def real_county() -> Iterator[RealCounty]:
    """Run the county; skip where this machine cannot."""
    if os.geteuid() != 0:
        pytest.skip("real daemons drop to users of their own, which takes root")
    for program in ("unshare", "nsenter", "ip", "ping", "snmpd", "lldpd"):
        require_program(program)
    for daemon in (*_FRR, *_FRR_SNMP):
        require(any(Path("/").glob(daemon)), f"/{daemon} is not there: install frr and frr-snmp")
    tried = subprocess.run([*_UNSHARE, "true"], capture_output=True, text=True, check=False)
    require(tried.returncode == 0, f"root may not make namespaces here: {tried.stderr.strip()}")
    county = RealCounty()
    try:
        county.settle()
        yield county
    finally:
        county.close()
